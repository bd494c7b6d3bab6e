"""Days, the calendar window, and the ids of activities."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.agent.act import calendar
from clients.agent.act.calendar import Window
from clients.agent.act.records import BadRecord, Row, plain_id
from tests.clients.act.office import SERIES, activity, letter, ruled

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
YEARLY = {"recurType": "Yearly", "frequency": 1, "isEndless": True}
DAILY = {"recurType": "Daily", "frequency": 1, "isEndless": True}


def occurrence(original: str | None, start: str | None = None, **members: object) -> Row:
    row = activity(start or original or "", recurSpec=DAILY, isRecurring=True)
    return row | {"originalTime": original} | members


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_single_activity_has_its_series_for_an_id_whatever_day_it_lies_on() -> None:
    row = activity("2026-05-20T08:00:00Z", isRecurring=False, recurSpec={"recurType": "None"})
    moved = row | {"id": f"{SERIES}06012026", "startTime": "2026-06-01T08:00:00Z"}
    assert calendar.record_id(row, BERLIN) == calendar.record_id(moved, BERLIN) == SERIES


def test_the_day_is_taken_off_a_tasks_id_where_the_series_is_not_named() -> None:
    assert calendar.record_id(activity("x", seriesID=None), BERLIN) == SERIES
    assert calendar.record_id({"id": SERIES}, BERLIN) == SERIES


def test_a_moved_occurrence_keeps_the_id_of_its_original_day() -> None:
    planned = occurrence("2026-05-20T08:00:00Z")
    moved = occurrence("2026-05-20T08:00:00Z", "2026-06-03T15:00:00Z")
    assert calendar.record_id(planned, BERLIN) == f"{SERIES}.20260520"
    assert calendar.record_id(moved, BERLIN) == calendar.record_id(planned, BERLIN)
    assert letter("activity", moved) != letter("activity", planned)


def test_an_occurrence_without_an_original_day_has_that_of_its_start() -> None:
    for nothing in (None, "", "0001-01-01T00:00:00"):
        row = occurrence(nothing, "2026-05-20T08:00:00Z")
        assert calendar.record_id(row, BERLIN) == f"{SERIES}.20260520"


@pytest.mark.parametrize("recurrence", [{"isRecurring": True}, {"recurSpec": DAILY}])
def test_one_sign_of_a_series_is_enough(recurrence: Row) -> None:
    row = activity("2026-05-20T08:00:00Z") | recurrence
    assert calendar.record_id(row, BERLIN).endswith(".20260520")


@pytest.mark.parametrize(
    ("zone", "first", "hour"),
    [
        (BERLIN, "2026-03-25", 0),
        (BERLIN, "2026-10-21", 23),
        (NEW_YORK, "2026-03-04", 19),
        (NEW_YORK, "2026-03-04", 20),
        (NEW_YORK, "2026-10-28", 19),
        (NEW_YORK, "2026-10-28", 20),
    ],
)
@pytest.mark.parametrize("in_utc", [True, False])
def test_dst_change_gives_every_day_of_a_series_an_id_of_its_own(
    zone: ZoneInfo, first: str, hour: int, in_utc: bool
) -> None:
    start = datetime.fromisoformat(first).replace(hour=hour, minute=0)
    days = [start + timedelta(days=n) for n in range(10)]
    told = [day.replace(tzinfo=zone) for day in days]
    rows = [occurrence((time.astimezone(UTC) if in_utc else time).isoformat()) for time in told]
    ids = [calendar.record_id(row, zone) for row in rows]
    assert ids == [f"{SERIES}.{day:%Y%m%d}" for day in days]


def test_dst_change_keeps_the_window_at_whole_days_of_the_office() -> None:
    window, now = Window(1, 1), utc("2026-03-29T10:00:00")
    assert window.contains(activity("2026-03-27T23:00:00Z"), now, BERLIN)
    assert not window.contains(activity("2026-03-27T22:59:00Z"), now, BERLIN)
    # The clocks were put forward meanwhile: the last day ends an hour earlier in UTC.
    assert window.contains(activity("2026-03-30T21:59:00Z"), now, BERLIN)
    assert not window.contains(activity("2026-03-30T22:00:00Z"), now, BERLIN)


def test_the_window_rolls_at_the_offices_midnight() -> None:
    window, row = Window(0, 0), activity("2026-05-20T21:30:00Z")
    assert window.contains(row, utc("2026-05-20T21:59:00"), BERLIN)
    assert not window.contains(row, utc("2026-05-20T22:00:00"), BERLIN)
    assert window.contains(row, utc("2026-05-20T22:00:00"), NEW_YORK)


def test_an_activity_over_several_days_is_in_with_one_of_them() -> None:
    row = activity("2026-01-02T08:00:00Z", endTime="2026-06-30T16:00:00Z")
    assert Window(0, 0).contains(row, utc("2026-05-20T10:00:00"), BERLIN)
    ended = row | {"endTime": "2026-05-19T16:00:00Z"}
    assert not Window(0, 0).contains(ended, utc("2026-05-20T10:00:00"), BERLIN)


def test_an_end_before_the_start_or_none_counts_as_the_start() -> None:
    now = utc("2026-05-20T10:00:00")
    for end in (None, "2020-01-01T00:00:00Z"):
        assert Window(0, 0).contains(activity("2026-05-20T08:00:00Z", endTime=end), now, BERLIN)


@pytest.mark.parametrize("flag", ["isTimeless", "isAllDay"])
@pytest.mark.parametrize(
    "written", ["2026-03-29T00:00:00+00:00", "2026-03-28T23:00:00Z", "2026-03-29T00:00:00+01:00"]
)
def test_timeless_and_all_day_activities_lie_on_the_offices_day(flag: str, written: str) -> None:
    row = activity(written, originalTime=written, isRecurring=True) | {flag: True}
    assert calendar.record_id(row, BERLIN) == f"{SERIES}.20260329"
    assert Window(0, 0).contains(row, utc("2026-03-29T10:00:00"), BERLIN)
    told = letter("activity", row)
    assert told["startTime"] == told["endTime"] == told["originalTime"] == "2026-03-29"


def test_timeless_activities_west_of_greenwich_keep_their_day_too() -> None:
    for written in ("2026-03-29T04:00:00Z", "2026-03-29T00:00:00Z", "2026-03-29T00:00:00"):
        told = letter("activity", activity(written, isTimeless=True), ruled("", "America/New_York"))
        assert told["startTime"] == "2026-03-29"


def test_an_appointment_at_midnight_utc_is_no_day_but_an_hour() -> None:
    row = activity("2026-03-29T00:00:00Z")
    assert letter("activity", row)["startTime"] == "2026-03-29T00:00:00Z"
    assert Window(0, 0).contains(row, utc("2026-03-28T20:00:00"), NEW_YORK)


def test_endless_series_travel_as_the_occurrences_of_the_window_alone() -> None:
    start = utc("2010-01-01T08:00:00")
    rows = [occurrence((start + timedelta(days=n)).isoformat()) for n in range(12_000)]
    now = utc("2026-05-20T10:00:00")
    kept = [row for row in rows if Window().contains(row, now, BERLIN)]
    ids = {calendar.record_id(row, BERLIN) for row in kept}
    assert len(kept) == len(ids) == 90 + 1 + 365
    assert letter("activity", kept[0])["recurSpec"]["isEndless"] is True


def test_endless_series_may_end_at_the_greatest_time_there_is() -> None:
    for end in ("9999-12-31T23:59:59.9999999-05:00", "9999-12-31T23:59:59Z"):
        row = occurrence("2026-05-20T08:00:00Z", recurSpec=DAILY | {"seriesEnd": end})
        assert letter("activity", row)["recurSpec"]["seriesEnd"].startswith("9999-12-31T23:59:59")


def test_29_february_is_a_day_as_any_other() -> None:
    row = occurrence("2024-02-29T08:00:00Z", recurSpec=YEARLY)
    assert calendar.record_id(row, BERLIN) == f"{SERIES}.20240229"
    today = utc("2024-02-29T10:00:00")
    assert Window(0, 0).contains(row, today, BERLIN)
    first, after = Window(365, 365).bounds(today, BERLIN)
    assert first < utc("2023-03-01T00:00:00")
    assert after > utc("2025-02-28T23:00:00")
    with pytest.raises(BadRecord, match="its startTime is no time"):
        Window().contains(activity("2023-02-29T08:00:00Z"), today, BERLIN)
    assert letter("contact", {"id": "1", "birthday": "1996-02-29T00:00:00"}) == {
        "id": "1",
        "birthday": "1996-02-29",
    }


@given(
    st.integers(1_577_836_800, 1_893_456_000).map(lambda at: datetime.fromtimestamp(at, UTC)),
    st.integers(-500, 500),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Kiritimati"]),
)
def test_act_is_asked_for_no_less_than_the_window(now: datetime, ahead: int, name: str) -> None:
    zone, window = ZoneInfo(name), Window(90, 365)
    start = now + timedelta(days=ahead)
    first, after = window.bounds(now, zone)
    if window.contains(activity(start.isoformat()), now, zone):
        assert first <= start < after


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({}, "A contact was left out, for Act! sent it without an id"),
        ({"id": None}, "sent it without an id"),
        ({"id": ""}, "sent it without an id"),
        ({"id": 7}, "sent it without an id"),
        ({"id": "x" * 65}, f"The contact {'x' * 64} was left out, for its id is longer than 64"),
        ({"id": "a b"}, "holds signs that no id has"),
        ({"id": "a\n\x1b[2J"}, r"The contact a\n\x1b[2J was left out"),
        ({"id": "ü"}, r"The contact \xfc was left out"),
    ],
)
def test_ids_that_the_mailbox_cannot_take_are_refused_with_their_place(row: Row, told: str) -> None:
    with pytest.raises(BadRecord) as caught:
        plain_id("contact", row)
    assert told in caught.value.sentence
    assert caught.value.sentence.isascii()
    assert plain_id("contact", {"id": "x" * 64}) == "x" * 64


@pytest.mark.parametrize("row", [{}, {"id": ""}, {"seriesID": ""}])
def test_an_activity_without_an_id_is_refused(row: Row) -> None:
    with pytest.raises(BadRecord, match="without an id"):
        calendar.record_id(row, BERLIN)
    with pytest.raises(BadRecord, match="longer than 64"):
        calendar.record_id(
            {"seriesID": "x" * 60} | occurrence("2026-05-20") | {"seriesID": "x" * 60}, BERLIN
        )
