"""Syncing again and again: when, for which reason, and how soon after a failure."""

from __future__ import annotations

import argparse
import re
import threading
import time
from collections.abc import Callable

from clients.terminal import warn
from clients.trouble import Exit, Trouble

_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_FIRST_RETRY = 5.0
_FIRST_RETRY_BESIDE = 60.0
_LONGEST_RETRY = 300.0


def duration(text: str) -> float:
    """Seconds in `text`, such as `30s`, `15m`, `2h`; for the command line."""
    match = re.fullmatch(r"(\d{1,6})([smhd]?)", text.strip().lower())
    if not match or int(match[1]) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no span of time: write 30s, 15m or 2h")
    return float(int(match[1]) * _SECONDS[match[2]])


Rest = Callable[[float, threading.Event], str]
Tell = Callable[[Trouble, float], None]


def repeat(
    sync: Callable[[str], float],
    *,
    every: float | None,
    default: float,
    stop: threading.Event | None = None,
    rest: Rest | None = None,
    tell: Tell | None = None,
) -> None:
    """Call `sync(reason)` until `stop` is set; it returns the account's interval in seconds.

    `every` outranks the account's interval, `default` serves until the account named one. `rest`
    rests after a sync that went well and returns the reason for the next. Trouble is told, with the
    seconds until the next try, and tried again; it ends the loop only where no later try can mend
    it.
    """
    rest, tell = rest or _rest, tell or _tell
    stop = stop or threading.Event()
    interval, failures, reason = default, 0, "start"
    while not stop.is_set():
        try:
            interval = sync(reason)
            failures = 0
        except Trouble as trouble:
            if trouble.is_final:
                raise
            failures, reason = failures + 1, "retry"
            pause = _pause_after(trouble, failures, every or interval)
            tell(trouble, pause)
            sleep(pause, stop)
        else:
            reason = rest(every or interval, stop)


def _pause_after(trouble: Trouble, failures: int, interval: float) -> float:
    """A mailbox out of reach is asked again soon; what needs a person waits for its turn.

    What passes by itself stands in between: such a try is a session that the mailbox keeps.
    """
    if trouble.retry_after is not None:
        return trouble.retry_after
    if trouble.exit_code is Exit.UNREACHABLE:
        first = _FIRST_RETRY
    elif trouble.passes_by_itself:
        first = _FIRST_RETRY_BESIDE
    else:
        return interval
    return min(interval, _LONGEST_RETRY, first * 2.0 ** min(failures - 1, 10))


def _tell(trouble: Trouble, pause: float) -> None:
    warn(trouble.sentence)


def _rest(seconds: float, stop: threading.Event) -> str:
    sleep(seconds, stop)
    return "scheduled"


def sleep(
    seconds: float, stop: threading.Event, woken: Callable[[float], bool] | None = None
) -> bool:
    """Sleep by the wall clock as well: a monotonic clock may stand still while the PC sleeps.

    `woken(step)` waits for at most `step` seconds and says whether to sleep no longer; True then.
    """
    wall, steady = time.time() + seconds, time.monotonic() + seconds
    while (left := min(wall - time.time(), steady - time.monotonic())) > 0 and not stop.is_set():
        if woken is None:
            stop.wait(min(left, 1.0))
        elif woken(min(left, 1.0)):
            return True
    return False
