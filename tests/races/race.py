"""Sides that start together, a little apart, over and over."""

import os
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, NamedTuple

from django.db import connections

from accounts import clock
from mailbox import apply
from tests.office import Program

REPETITIONS = 200 if "LONG_FIGURES" in os.environ else 3
APART = 0.005  # seconds: how far apart the sides start, at most
SEED = int(os.environ.get("SEED") or random.SystemRandom().randrange(10**9))

Side = Callable[[], Any]


class _Ran(NamedTuple):
    answer: Any
    began: float
    ended: float


class Race:
    """Iterate over it for the repetitions; it tells at the end how often the sides overlapped.

    Repetitions in which no two sides were at work at one moment proved nothing, so some must be.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._chance = random.Random(f"{SEED} {name}")
        self._ran = self._overlapped = 0

    def __iter__(self) -> Iterator[random.Random]:
        _tell(f"{self.name}: SEED={SEED}")
        for _ in range(REPETITIONS):
            yield self._chance
        _tell(f"{self.name}: {self._ran} races, {self._overlapped} overlapped")
        assert self._overlapped, f"in {self._ran} races the sides never overlapped"

    def at_once(self, *sides: Side) -> list[Any]:
        """What each side answers, in their order. Each runs on a connection of its own."""
        delays = [self._chance.uniform(0, APART) for _ in sides]
        start = Barrier(len(sides))

        def run(side: Side, delay: float) -> _Ran:
            try:
                start.wait(60)
                time.sleep(delay)
                began = time.monotonic()
                return _Ran(side(), began, time.monotonic())
            finally:
                connections.close_all()

        with ThreadPoolExecutor(len(sides)) as pool:
            ran = list(pool.map(run, sides, delays))
        self._ran += 1
        self._overlapped += max(r.began for r in ran) < min(r.ended for r in ran)
        return [r.answer for r in ran]


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def in_background(pool: ThreadPoolExecutor, side: Side) -> Side:
    """Begin a side on a connection of its own; the call returned waits for its answer."""
    return pool.submit(on_its_own_connection, side).result


def on_its_own_connection(side: Side) -> Any:
    """What the side answers; for a thread, which lets go of its connection with it."""
    try:
        return side()
    finally:
        connections.close_all()


def apply_due(mailbox_id: int) -> int:
    """What a worker does with a nudge, and with those it gives itself; how many batches."""
    batches, more = 0, True
    while more:
        done = apply.run(mailbox_id, now=clock.now())
        batches += done.batches
        more = done.more
    return batches


def twin(program: Program) -> Program:
    """The same peer with a connection of its own, for a second request at the same time."""
    paired = {"peer": program.id, "token": program.token}
    return Program(program.role, paired, program.install_id)


def statuses(answers: Sequence[Any]) -> list[int]:
    """The status codes of answers, sorted."""
    return sorted(answer.status_code for answer in answers)
