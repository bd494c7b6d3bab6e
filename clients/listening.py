"""Resting between two syncs with an ear at the mailbox: news ends the rest early.

A thread of its own waits there (`GET /mailbox?wait=`), so that the rest itself stays what it was:
short steps by two clocks, which notice a machine that slept, and end at once when asked to.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import closing

from clients.answers import Mailbox
from clients.problems import Problem, WireError
from clients.schedule import sleep
from clients.wire import Api

WAIT = 55
# An answer this much before the end of its wait came early, and one so soon came at once. A
# mailbox that answers at once without news, some times in a row, cannot wait: it is asked no more
# before the next sync, and from then on once after each sync, for it may have learned to.
_EARLY = 1.0
_AT_ONCE = 0.5
_IN_VAIN = 3
_AWAY = 5.0
_FIRST_PAUSE = 1.0


class Ear:
    """Rests for a program. `connect` opens a connection to its mailbox.

    `has_own`: whether own changes could go out; one that comes ends a rest as well.
    `expects`: whether a sync would learn something that no waiting change tells of.
    """

    def __init__(
        self,
        connect: Callable[[], Api],
        *,
        has_own: Callable[[], bool] = lambda: False,
        expects: Callable[[], bool] = lambda: False,
    ) -> None:
        self._connect = connect
        self._has_own = has_own
        self._expects = expects
        self._pause = 0.0
        self._deaf = False

    def rest(self, seconds: float, stop: threading.Event) -> str:
        """Rest that long, or until there is news; the reason for the sync that follows.

        News that a sync did not clear away is there at once again: each time it is left alone for
        longer, up to the whole rest.
        """
        if self._pause:
            sleep(min(self._pause, seconds), stop)
            seconds -= self._pause
        if seconds <= 0:
            self._pause /= 2
            return "scheduled"
        began = time.monotonic()
        line = _Line(self._connect, self._expects(), self._deaf)
        line.start()
        woken = sleep(seconds, stop, lambda step: line.news.wait(step) or self._has_own())
        line.done.set()
        in_vain = woken and time.monotonic() - began < _AT_ONCE
        self._pause = max(_FIRST_PAUSE, self._pause * 2) if in_vain else 0.0
        self._deaf = line.deaf or self._pause >= 4 * _FIRST_PAUSE
        return "wake-up" if woken else "scheduled"


class _Line(threading.Thread):
    """Waits at the mailbox until there is news, or `done` is set.

    A daemon, for nobody waits for its end: a wait that is left behind is answered at once when
    this program waits again.
    """

    def __init__(self, connect: Callable[[], Api], expects: bool, deaf: bool) -> None:
        super().__init__(name="listening", daemon=True)
        self._connect = connect
        self._expects = expects
        self.deaf = deaf  # whether the mailbox is known to answer at once
        self.news = threading.Event()
        self.done = threading.Event()

    def run(self) -> None:
        in_vain = 0
        with closing(self._connect()) as api:
            while not self.done.is_set():
                began = time.monotonic()
                try:
                    answer = api.mailbox(wait=WAIT)
                except WireError as error:
                    self._fail(error)
                    continue
                took = time.monotonic() - began
                if self._is_news(answer, took):
                    self.news.set()
                    return
                if took > _AT_ONCE:
                    in_vain, self.deaf = 0, False
                    continue
                in_vain += 1
                if self.deaf or in_vain >= _IN_VAIN:
                    self.deaf = True
                    return
                self._breathe(in_vain)

    def _breathe(self, seconds: float) -> None:
        self.done.wait(seconds)

    def _is_news(self, answer: Mailbox, took: float) -> bool:
        """What waits is news at any time; the rest only where the answer came before its time."""
        if answer.waiting or answer.resync:
            return True
        at_once = took < _AT_ONCE and self.deaf
        return took < WAIT - _EARLY and not at_once and (bool(answer.commands) or self._expects)

    def _fail(self, error: WireError) -> None:
        """Out of reach: come again. What a person has to mend, the next sync tells."""
        if isinstance(error, Problem) and error.status < 500 and error.status != 429:
            self.news.set()
            self.done.set()
        else:
            self._breathe(_AWAY)
