"""Writing once, though the answer may be lost: whoever does not know looks before repeating."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import stamina

from clients.agent.act.line import Line
from clients.agent.act.refusals import Broken, TimedOut, Unreachable, Unreadable

_TRIES = 3
_UNKNOWN = (Broken, Unreachable, Unreadable)
"""What leaves open whether Act! has taken the write."""

_Written = TypeVar("_Written")


class GaveUp(Exception):
    """Act! failed at the same write again and again, and is well otherwise."""


class _Unsure(Exception):
    pass


def surely(
    line: Line, write: Callable[[], _Written], look: Callable[[], _Written | None]
) -> _Written:
    """What `write` gave, or `look` found of it after the answer was lost.

    Where no answer came in time, Act! may write it yet, so that to look at once tells nothing: that
    is raised, and whoever comes in a later run looks. `look` reads, and gives None where nothing of
    the write is to be seen. Raises GaveUp, whatever `look` raises, and the refusals of `write` that
    say that it was not taken.
    """
    try:
        for attempt in stamina.retry_context(
            on=_Unsure, attempts=_TRIES, timeout=None, wait_initial=1.0, wait_max=4.0
        ):
            with attempt:
                found = look() if attempt.num > 1 else None
                return _once(write) if found is None else found
    except _Unsure:
        found = look()
        if found is not None:
            return found
        locked = line.locked()
    raise locked or GaveUp


def _once(write: Callable[[], _Written]) -> _Written:
    try:
        return write()
    except TimedOut:
        raise
    except _UNKNOWN as refusal:
        raise _Unsure from refusal
