"""How fast Act! may be asked: its own word in the rate headers, and the waits that follow."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from clients.clocks import ahead

MINUTE = 60.0
# The limit is one of a minute. What lies further off is no reset but a clock that is wrong.
_BELIEVED = 15 * MINUTE
_SCARCE = 0.1
# Smaller numbers are seconds to go, larger ones moments: 10^8 seconds are three years, and the
# epoch passed 10^9 seconds in 2001, 10^12 milliseconds too.
_EPOCH = 1e8
_MILLISECONDS = 1e11


@dataclass(frozen=True)
class Clock:
    """The time, in seconds since the epoch, and how to let it pass."""

    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep


class Pace:
    """Remembers what the last answers said of the rate, for all threads of one line.

    Act!'s cloud counts the requests of a minute (`X-RateLimit-Limit`, `-Remaining`, `-Reset`);
    what `Reset` holds is not documented, so seconds, epoch and date are told apart.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._not_before = 0.0
        self._pause = 0.0
        self.ahead: float | None = None
        """By how many seconds Act!'s clock ran before this machine's at its last answer."""

    def take_turn(self) -> None:
        """Return when the next request may go."""
        with self._lock:
            wait = max(self._not_before - self._clock.now(), 0.0) + self._pause
        if wait > 0:
            self._clock.sleep(wait)

    def heard(self, response: httpx.Response) -> None:
        """Take in what an answer says of the rate."""
        now = self._clock.now()
        self.ahead = ahead(response.headers.get("Date"), now)
        limit = _number(response.headers.get("X-RateLimit-Limit"))
        remaining = _number(response.headers.get("X-RateLimit-Remaining"))
        refused = response.status_code == 429
        until = reset_in(response, now)
        with self._lock:
            if refused or (remaining is not None and remaining <= 0):
                self._not_before = now + until
                self._pause = 0.0
            elif remaining is not None:
                scarce = limit is not None and remaining < _SCARCE * limit
                # What is left is spread over what is left of the minute.
                self._pause = until / (remaining + 1) if scarce else 0.0


def reset_in(response: httpx.Response, now: float) -> float:
    """Seconds until the count begins anew: as the answer says, else a minute.

    A moment is measured against the server's own `Date`, so that its clock may be wrong.
    """
    said = response.headers.get("X-RateLimit-Reset") or response.headers.get("Retry-After") or ""
    seconds = _number(said)
    if seconds is None or seconds >= _EPOCH:
        there = moment(response.headers.get("Date", ""))
        reset = moment(said) if seconds is None else _of_epoch(seconds)
        seconds = None if reset is None else reset - (now if there is None else there)
    if seconds is None or not 0 <= seconds <= _BELIEVED:
        return MINUTE
    return max(seconds, 1.0)


def _of_epoch(number: float) -> float:
    return number / 1000 if number >= _MILLISECONDS else number


def moment(text: str) -> float | None:
    """An ISO 8601 or an HTTP date as seconds since the epoch; without a zone it is UTC."""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(text)
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
        except (ValueError, OverflowError):
            continue
    return None


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None
