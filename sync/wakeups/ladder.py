"""When a silent device is woken. Facts and times in, a time out; nothing else is known here."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

# While a device may still be on its way by itself.
FIRST = timedelta(seconds=60)
LATER = (
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
    *(timedelta(days=day) for day in range(1, 8)),
)
APART = timedelta(minutes=20)
# The last step is taken this late at most, after an outage of ours for example.
LAST_WITHIN = timedelta(hours=1)


class Reason(NamedTuple):
    """Why a device should call: since `began` it has something to fetch.

    `steps`: after how long without a contact it is woken.
    """

    began: datetime
    steps: tuple[timedelta, ...]


def reasons(
    *, waiting: datetime | None, asked: datetime | None, wished: datetime | None
) -> tuple[Reason, ...]:
    """Since when changes wait, a command (`erase`, `sync-now`) stands, one wake-up was wished for.

    Behind the latter two is a person, so they are answered at once.
    """
    steps = (
        (waiting, (FIRST, *LATER)),
        (asked, (timedelta(), *LATER)),
        (wished, (timedelta(),)),
    )
    return tuple(Reason(began, after) for began, after in steps if began is not None)


def next_step(
    reasons: Iterable[Reason],
    *,
    heard: datetime | None,
    sent: datetime | None,
    paused: datetime | None,
    now: datetime,
) -> datetime | None:
    """When the next wake-up is due, which may be past; None: none is, or the ladder has ended.

    `heard`: the device's last contact; what it left lying then, it is woken for as if it had
    begun with that contact, but for the first step. `sent`: the last wake-up; `paused`: until when
    its push service wants none.
    """
    steps = (_step(reason, heard, sent, now) for reason in reasons)
    step = min(filter(None, steps), default=None)
    return max(step, paused) if step and paused else step


def _step(
    reason: Reason, heard: datetime | None, sent: datetime | None, now: datetime
) -> datetime | None:
    began, steps = reason
    if heard is not None and heard >= began:
        began, steps = heard, steps[1:]
    if not steps or now > began + steps[-1] + LAST_WITHIN:
        return None
    if sent is None:
        return began + steps[0]
    ahead = (began + after for after in steps if began + after > sent)
    step = next(ahead, None)
    return max(step, sent + APART) if step else None
