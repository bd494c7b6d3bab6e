"""Activities: series, moved occurrences, changes of the clock, the two routes."""

from datetime import date

import pytest

from tests.act.occurrences import occurrences, utc
from tests.act.office import Caller, Office
from tests.act.sizes import sizes
from tests.act.world import World

WEEK = date(2026, 11, 30)
RANGE = "startTime ge 2026-10-01T00:00:00Z and startTime lt 2027-10-01T00:00:00Z"


@pytest.fixture(scope="module")
def diary() -> World:
    return World(7, sizes(100, activities=60, series=10), WEEK)


def starts(diary: World, number: int, first: date, last: date) -> list[str]:
    row = diary.row("activity", number)
    return [f"{utc(row, each.start):%Y-%m-%dT%H:%MZ}" for each in occurrences(row, first, last)]


def dateless(diary: World, number: int) -> bool:
    row = diary.row("activity", number)
    return bool(row["isAllDay"] or row["isTimeless"])


def test_a_series_keeps_its_local_time_when_the_clock_changes(diary: World) -> None:
    number = next(n for n in (0, 1, 5) if not dateless(diary, n))
    before = starts(diary, number, date(2026, 12, 1), date(2026, 12, 31))
    after = starts(diary, number, date(2027, 5, 1), date(2027, 5, 31))
    assert {text[11:] for text in before} != {text[11:] for text in after}


def test_the_29th_of_february_comes_every_four_years(diary: World) -> None:
    found = starts(diary, 2, date(2024, 1, 1), date(2034, 1, 1))
    assert [text[:10] for text in found] == ["2024-02-29", "2028-02-29", "2032-02-29"]


def test_the_31st_comes_in_seven_months(diary: World) -> None:
    assert len(starts(diary, 3, date(2027, 1, 1), date(2027, 12, 31))) == 7


def test_a_moved_occurrence_is_told_by_its_original_day(busy: Office, visitor: Caller) -> None:
    rows = visitor.rows("tasks", filter=RANGE, orderby="startTime")
    # Of a daily series two would then lie on one day, with the same id.
    one = next(r for r in rows if r["isRecurring"] and r["recurSpec"]["recurType"] == "Weekly")
    other = "2026-12-22T12:30:00Z"
    moved = busy.do("move", id=one["id"], start=other)["id"]
    assert moved != one["id"]
    assert moved[:36] == one["seriesID"]
    assert visitor.get(f"tasks/{one['id']}").status_code == 404
    row = visitor.get(f"tasks/{moved}").json()
    assert row["startTime"][:10] == other[:10]
    assert row["originalTime"] == one["originalTime"] == one["startTime"]
    edited = f"edited ge {one['edited']}"
    again = {r["id"]: r for r in visitor.rows("tasks", filter=f"{edited} and {RANGE}")}
    assert again[moved]["edited"] > one["edited"]
    siblings = [r for r in again.values() if r["seriesID"] == one["seriesID"] and r != row]
    assert {r["edited"] for r in siblings} <= {one["edited"]}


def test_a_moved_single_activity_gets_another_id(busy: Office, visitor: Caller) -> None:
    one = next(r for r in visitor.rows("tasks", filter=RANGE) if not r["isRecurring"])
    moved = busy.do("move", id=one["id"], start="2026-12-24T09:00:00Z")["id"]
    row = visitor.get(f"tasks/{moved}").json()
    assert (row["seriesID"], row["startTime"][:10]) == (one["seriesID"], "2026-12-24")
    assert visitor.get(f"tasks/{one['id']}").status_code == 404


def test_cleared_and_cancelled_occurrences(busy: Office, visitor: Caller) -> None:
    one, two, *_ = [r for r in visitor.rows("tasks", filter=RANGE) if r["isRecurring"]]
    busy.do("cancel", id=one["id"])
    busy.do("clear", id=two["id"])
    assert visitor.get(f"tasks/{one['id']}").status_code == 404
    assert visitor.get(f"tasks/{two['id']}").json()["isCleared"] is True


def test_recurring_tasks_by_restriction_and_range(act: Office, caller: Caller) -> None:
    everything = caller.rows("recurring-tasks", filter=RANGE, restriction="All")
    first = caller.rows("recurring-tasks", filter=RANGE)
    ids = [row["id"] for row in first]
    assert len(ids) == len(set(ids)) < len(everything)
    assert {len(id) for id in ids} == {36}
    assert {row["id"] for row in everything} == set(ids)
    assert all("2026-10-01" <= row["startTime"][:10] < "2027-10-01" for row in everything)
    whole = caller.rows(
        "recurring-tasks", filter=RANGE, restriction="All", filterBy="InSeries", top=5000
    )
    assert len(whole) >= len(everything)
    assert caller.get("recurring-tasks", filterBy="InSeries").status_code == 400
    assert caller.get("recurring-tasks", restriction="Some").status_code == 400
    assert act.forgive() == ["request: GET /api/recurring-tasks: restriction has no value 'Some'"]
    one = caller.get(f"recurring-tasks/{ids[0]}").json()
    assert one["recurSpec"]["recurType"] in {"Daily", "Weekly", "Monthly", "Yearly"}


def test_the_older_routes_tell_the_same(caller: Caller) -> None:
    assert caller.rows("activities", filter=RANGE) == caller.rows("tasks", filter=RANGE)
    rows = caller.rows("tasks", filter=RANGE)
    contact = next(row for row in rows if row["contacts"])["contacts"][0]["id"]
    rows = caller.rows(f"contacts/{contact}/associated-tasks")
    assert rows == caller.rows(f"contacts/{contact}/activities")
    assert rows
