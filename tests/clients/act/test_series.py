"""A phone's series stand in Act!: planned, changed as a whole or one by one, and deleted."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.clients.act.desk import ZONE, Desk
from tests.clients.act.planned import Data, Planned, at, number, ops, person_of, said, times

WEEKLY = {"recurType": "Weekly", "frequency": 1, "isEndless": True}


@pytest.fixture
def desk(planned: Planned) -> Desk:
    planned.desk.office.do("reset")
    return planned.desk


def plan(desk: Desk, days: int = 2, **more: object) -> str:
    """A new series of meetings at nine in UTC, weekly from in two days on; its first one."""
    new = {"subject": f"Series {number()}", "contacts": [{"id": person_of(desk)}], **times(days)}
    outcome = desk.edit("activity", **{**new, "recurSpec": WEEKLY, **more})
    assert said(outcome) == ("applied", "")
    id: str = outcome["id"]
    return id


def held(desk: Desk, id: str) -> dict[str, Data]:
    """What the phone holds of a series, by original day."""
    series = id.partition(".")[0]
    return {
        of.partition(".")[2]: data
        for (kind, of), data in sorted(desk.phone.items())
        if kind == "activity" and of.startswith(f"{series}.")
    }


def books(desk: Desk, id: str) -> dict[str, str]:
    """The starts of a series as the office has it, by original day, as far as the phone sees."""
    far = desk.now().astimezone(ZONE).date() + timedelta(days=60)
    told = desk.office.ask("record", kind="activity", id=id.partition(".")[0])["records"]
    days = {one["original"]: one["row"]["startTime"] for one in told}
    return {day.replace("-", ""): start for day, start in days.items() if day <= far.isoformat()}


def assert_same(desk: Desk, id: str) -> None:
    on_phone = {day: data["startTime"] for day, data in held(desk, id).items()}
    assert on_phone == books(desk, id)


def local_hours(desk: Desk, id: str) -> set[int]:
    starts = (datetime.fromisoformat(data["startTime"]) for data in held(desk, id).values())
    return {start.astimezone(ZONE).hour for start in starts}


@pytest.mark.parametrize("lost", [False, True])
def test_a_new_series_is_made_once_and_all_of_it_goes_out(desk: Desk, lost: bool) -> None:
    if lost:
        desk.office.plan("cut-connection", "POST /api/recurring-tasks")
    first = plan(desk)
    assert ops(desk) == [("activity", "create")]
    assert len(held(desk, first)) == 9
    assert_same(desk, first)


def test_the_series_is_changed_as_a_whole(desk: Desk) -> None:
    first = plan(desk)
    second = f"{first.partition('.')[0]}.{sorted(held(desk, first))[1]}"
    later: Data = {"startTime": at(9, 12), "endTime": at(9, 14)}
    desk.office.plan("cut-connection", "PATCH /api/recurring-tasks/*")
    outcome = desk.edit("activity", second, scope="series", location="Bern", **later)
    assert said(outcome) == ("applied", "")
    assert {data["location"] for data in held(desk, first).values()} == {"Bern"}
    # At the same hour in the office on each of its days, also where the clocks are changed.
    assert local_hours(desk, first) == {datetime.fromisoformat(at(9, 12)).astimezone(ZONE).hour}
    assert_same(desk, first)
    assert ops(desk) == [("activity", "create"), ("activity", "change")]
    assert not any("scope" in data for data in held(desk, first).values())


def test_another_pattern_brings_other_days_and_takes_the_old_ones(desk: Desk) -> None:
    first = plan(desk)
    old = set(held(desk, first))
    spec = {**desk.phone["activity", first]["recurSpec"], "frequency": 2}
    assert said(desk.edit("activity", first, scope="series", recurSpec=spec)) == ("applied", "")
    assert set(held(desk, first)) < old
    assert_same(desk, first)


def test_one_of_a_series_is_changed_moved_cleared_and_deleted_alone(desk: Desk) -> None:
    first = plan(desk)
    series, days = first.partition(".")[0], sorted(held(desk, first))
    one, two, three, four = (f"{series}.{day}" for day in days[:4])
    assert said(desk.edit("activity", one, location="Bern")) == ("applied", "")
    assert said(desk.edit("activity", two, **times(10, 15))) == ("applied", "")
    assert said(desk.edit("activity", three, isCleared=True, result={"id": 6})) == ("applied", "")
    assert said(desk.edit("activity", four, op="delete")) == ("applied", "")
    desk.read_well()
    now = held(desk, first)
    assert [day for day, data in now.items() if data.get("location")] == [days[0]]
    assert now[days[1]]["startTime"] == at(10, 15)
    assert [day for day, data in now.items() if data["isCleared"]] == [days[2]]
    assert days[3] not in now
    assert_same(desk, first)

    # Moved once more, from where it is known by another day than its own.
    assert said(desk.edit("activity", two, **times(11, 15))) == ("applied", "")
    assert held(desk, first)[days[1]]["startTime"] == at(11, 15)


def test_a_deleted_series_is_gone_but_for_what_was_moved(desk: Desk) -> None:
    first = plan(desk)
    series, days = first.partition(".")[0], sorted(held(desk, first))
    moved = f"{series}.{days[3]}"
    desk.edit("activity", moved, **times(24, 15))
    desk.office.plan("cut-connection", "DELETE /api/recurring-tasks/*")
    state, detail = said(desk.edit("activity", first, scope="series", isDeleted=True))
    assert (state, "moved to another day: 1" in detail) == ("applied", True)
    desk.read_well()
    assert [id for id in desk.ids("activity") if id.startswith(series)] == [moved]


def test_what_cannot_be_done_to_a_series_is_said(desk: Desk) -> None:
    first = plan(desk)
    second = sorted(held(desk, first))[1]
    name = desk.office.user
    for asked, why in (
        ({"scope": "series", **times(3)}, "recurSpec"),
        ({"scope": "series", "isCleared": True}, "one by one"),
        (times(9, 15), "one day"),
    ):
        state, detail = said(desk.edit("activity", first, **asked))
        assert (state, why in detail) == ("rejected", True), (asked, detail)
    new = {"subject": "New", "contacts": [{"id": person_of(desk)}], "recurSpec": WEEKLY}
    for asked, why in (
        ({"on_behalf_of": name}, "on_behalf_of"),
        ({"isCleared": True}, "isCleared"),
        ({"recurSpec": {"recurType": "Hourly"}}, "recurType"),
    ):
        state, detail = said(desk.edit("activity", **{**new, **times(2), **asked}))
        assert (state, why in detail) == ("rejected", True), (asked, detail)
    assert second in held(desk, first)
    assert ops(desk) == [("activity", "create")]
