"""Clocks that jump, days without an hour, and series in every season."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.clients.act.desk import WHOLE, YEAR, ZONE, Desk, assert_equal
from tests.clients.act.test_reaching import contact_ids


def appointment(desk: Desk, **values: Any) -> str:
    """A new activity with somebody who travels; `values` come behind the start."""
    return desk.office.create("activity", contacts=[contact_ids(desk)[0]], **values)


def series(kind: str, start: date, **values: Any) -> dict[str, Any]:
    rule = {"frequency": 1, "days": None, "month": None, "day": None, "end": None, "endless": True}
    return {"type": kind, "start": start.isoformat(), **rule, **values}


def days(desk: Desk, activity: str) -> list[str]:
    """The original days of a series' occurrences on the phone."""
    return sorted(
        id.partition(".")[2]
        for kind, id in desk.phone
        if kind == "activity" and id.startswith(f"{activity}.")
    )


@pytest.fixture
def read(desk: Desk) -> Desk:
    """An agent that has read a year ahead."""
    desk.rules.write_text(YEAR, encoding="utf-8")
    desk.read_well()
    return desk


def test_a_clock_that_was_ahead_hides_no_later_edit(read: Desk) -> None:
    first, second, *_ = contact_ids(read)
    read.office.change("contact", first, edited="2090-01-01T00:00:00Z", jobTitle="Ahead")
    read.read_well()
    read.office.change("contact", second, jobTitle="Later")
    read.read_well()
    assert read.phone["contact", first]["jobTitle"] == "Ahead"
    assert read.phone["contact", second]["jobTitle"] == "Later"


def test_an_agents_clock_that_jumps_back_sweeps(read: Desk) -> None:
    contact = contact_ids(read)[0]
    read.office.delete("contact", contact)
    read.passed = timedelta(days=-30)
    read.read()
    assert ("contact", contact) not in read.phone


def test_a_daily_series_over_both_changes_of_the_clock_has_every_day_once(read: Desk) -> None:
    start = read.now().date() - timedelta(days=60)
    rule = series("Daily", start)
    half_past_two = f"{start}T01:30:00Z"
    activity = appointment(read, startTime=half_past_two, _recur=rule)
    read.pass_time(hours=7)
    read.read_well()
    found = days(read, activity)
    ends = read.now().astimezone(ZONE).date() + timedelta(days=365)
    assert len(found) == len(set(found)) == (ends - start).days + 1
    assert_equal(read, days=WHOLE)


@pytest.mark.parametrize("which", ["isTimeless", "isAllDay"])
def test_an_activity_without_an_hour_keeps_its_day(read: Desk, which: str) -> None:
    day = read.now().date() + timedelta(days=3)
    values = {"startTime": f"{day}T09:00:00Z", which: True, "_start": f"{day}T00:00:00"}
    activity = appointment(read, **values)
    read.read_well()
    assert read.phone["activity", activity]["startTime"] == day.isoformat()
    assert_equal(read, days=WHOLE)


def test_an_endless_series_ends_with_the_window_and_goes_on_with_it(read: Desk) -> None:
    start = read.now().date() - timedelta(days=700)
    activity = appointment(
        read, startTime=f"{start}T09:00:00Z", _recur=series("Weekly", start, days=[0])
    )
    read.read_well()
    before = days(read, activity)
    assert len(before) in (65, 66)
    read.pass_time(days=14)
    read.read_well()
    after = days(read, activity)
    assert (before[2:], len(after)) == (after[:-2], len(before))
    assert_equal(read, days=WHOLE)


def test_a_birthday_on_the_29_of_february_comes_in_leap_years(read: Desk) -> None:
    start = date(2024, 2, 29)
    rule = series("Yearly", start, month=2, day=29)
    activity = appointment(read, startTime=f"{start}T09:00:00Z", _recur=rule)
    read.pass_time(days=(date(2028, 1, 10) - read.now().date()).days)
    assert read.read(allow_mass_delete=True).troubles == []
    assert days(read, activity) == ["20280229"]


def test_what_another_connector_had_sent_is_gone_with_the_first_sweep(desk: Desk) -> None:
    with desk.store.db.transaction() as sql:
        sql.execute("INSERT INTO record VALUES ('contact', 'ALFKI', 'hash', 1)")
    desk.read_well()
    rows = desk.store.db.connection.execute("SELECT op FROM outbox WHERE id = 'ALFKI'")
    assert rows.fetchall() == [("delete",)]
    assert_equal(desk)
