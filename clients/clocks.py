"""How far another machine's clock is from this one's, by the `Date` of its answers."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def ahead(date: str | None, now: float) -> float | None:
    """By how many seconds the clock that wrote this HTTP date runs before `now`; None without one.

    An HTTP date names whole seconds, and the answer was on its way: half a minute says nothing.
    """
    try:
        said = parsedate_to_datetime(date or "")
    except ValueError:
        return None
    return (said if said.tzinfo else said.replace(tzinfo=UTC)).timestamp() - now


def is_off(seconds: float) -> bool:
    """Whether the two clocks differ by more than the way of an answer explains."""
    return abs(seconds) > _TOLERATED


def told(seconds: float) -> str:
    """The difference for a person: `3 min`, `2 h`."""
    minutes = abs(seconds) / 60
    return f"{minutes:.0f} min" if minutes < _HOURS * 60 else f"{minutes / 60:.0f} h"


_TOLERATED = 60.0
_HOURS = 3


def shown(moment: datetime) -> str:
    """A moment for a person who reads a log beside it."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
