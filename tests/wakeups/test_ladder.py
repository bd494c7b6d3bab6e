"""When a device is woken, by time as an argument: no step too early, none too often, an end."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.wakeups import ladder

T0 = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
WEEK = timedelta(days=7)
LADDER = [
    timedelta(seconds=60), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=12),
    *(timedelta(days=day) for day in range(1, 8)),
]  # fmt: skip

spans = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=9))


def step(
    *,
    waiting: datetime | None = None,
    asked: datetime | None = None,
    wished: datetime | None = None,
    heard: datetime | None = None,
    sent: datetime | None = None,
    paused: datetime | None = None,
    now: datetime = T0,
) -> datetime | None:
    reasons = ladder.reasons(waiting=waiting, asked=asked, wished=wished)
    return ladder.next_step(reasons, heard=heard, sent=sent, paused=paused, now=now)


def climbed(**facts: datetime | None) -> list[datetime]:
    """Every wake-up of somebody who looks each moment that a step is due."""
    sent: list[datetime] = []
    while True:
        last = sent[-1] if sent else facts.get("sent")
        now = last or T0
        due = step(**{**facts, "sent": last}, now=now)
        if due is None:
            return sent
        sent.append(max(due, now))


def test_the_whole_ladder() -> None:
    assert climbed(waiting=T0) == [T0 + after for after in LADDER]


def test_nothing_waits_nothing_is_due() -> None:
    assert step(heard=T0, sent=T0) is None


def test_a_command_is_told_at_once_and_then_by_the_same_ladder() -> None:
    assert climbed(asked=T0) == [T0, *(T0 + after for after in LADDER[1:])]


def test_a_wish_is_fulfilled_once() -> None:
    assert climbed(wished=T0) == [T0]
    assert step(wished=T0, heard=T0 + timedelta(seconds=1)) is None


def test_a_wish_shortens_a_long_pause_but_not_the_least() -> None:
    began = T0 - timedelta(days=2)
    assert step(waiting=began, wished=T0, sent=T0 - timedelta(hours=3)) == T0
    recent = T0 - timedelta(minutes=5)
    assert step(waiting=began, wished=T0, sent=recent) == recent + timedelta(minutes=20)


def test_whoever_called_and_left_something_has_half_an_hour() -> None:
    heard = T0 + timedelta(minutes=10)
    assert climbed(waiting=T0, heard=heard) == [heard + after for after in LADDER[1:]]


def test_what_began_to_wait_soon_after_a_wake_up_is_told_twenty_minutes_after_it() -> None:
    sent = T0 - timedelta(minutes=2)
    assert step(waiting=T0, sent=sent) == sent + timedelta(minutes=20)


def test_an_outage_of_ours_costs_steps_and_brings_no_storm() -> None:
    late = T0 + timedelta(hours=5)
    assert step(waiting=T0, now=late) == T0 + timedelta(seconds=60)
    assert step(waiting=T0, sent=late, now=late) == T0 + timedelta(hours=12)


def test_a_push_service_that_wants_a_pause_has_it() -> None:
    pause = T0 + timedelta(hours=1)
    assert step(waiting=T0, paused=pause) == pause
    assert step(waiting=T0, paused=T0) == T0 + timedelta(seconds=60)


@pytest.mark.parametrize("after", [WEEK + timedelta(hours=2), timedelta(days=30)])
def test_after_a_week_nobody_is_woken_for_it_any_more(after: timedelta) -> None:
    assert step(waiting=T0, now=T0 + after) is None
    assert step(waiting=T0, sent=T0 + timedelta(days=1), now=T0 + after) is None


@given(waited=spans, sent=st.none() | spans, heard=st.none() | spans)
def test_the_first_is_due_within_twenty_minutes_and_never_two_within_them(
    waited: timedelta, sent: timedelta | None, heard: timedelta | None
) -> None:
    now = T0 + timedelta(days=10)
    began = now - waited
    last = now - sent if sent is not None else None
    call = began - heard if heard else None  # before what waits came
    due = step(waiting=began, heard=call, sent=last, now=now)
    if waited > WEEK + ladder.LAST_WITHIN:
        assert due is None
        return
    if last is None or last < began:
        assert due is not None
        assert due <= began + timedelta(minutes=20)
    if due is not None and last is not None:
        assert due >= last + timedelta(minutes=20)
    if due is not None:
        assert due <= max(began + WEEK, (last or began) + timedelta(minutes=20))
