"""Noticing that the machine slept: a tick every half minute is stored, and its absence tells.

A program that is stopped or was killed, or whose machine sleeps or lost its power, makes no ticks;
the next one comes late and says since when. One that ended by itself leaves no tick behind.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from clients import files

EVERY = 30.0
LATE = 120.0
KEPT = 100
_FILE = "ticks.json"
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
# Counts on while the machine sleeps: Linux has it by this name, macOS by the other. Elsewhere, as
# on Windows, Python's own does.
_STEADY: int | None = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))


class Clocks(NamedTuple):
    """Seconds of the wall clock and of one that nobody sets, which began at `boot`."""

    wall: float
    steady: float
    boot: str


class Gap(NamedTuple):
    """A time, by the wall clock, in which the program could not run."""

    since: float
    until: float

    def as_sent(self) -> dict[str, str]:
        """As a session reports it."""
        return {"from": _moment(self.since), "until": _moment(self.until)}


class _Kept(NamedTuple):
    last: Clocks | None
    slept: list[Gap]


def read_clocks() -> Clocks:
    """The clocks of this machine, now."""
    steady = time.monotonic() if _STEADY is None else time.clock_gettime(_STEADY)
    boot = ""
    with suppress(OSError):
        boot = _BOOT_ID.read_text().strip()
    return Clocks(time.time(), steady, boot)


class Ticks:
    """The ticks of one data folder, which one program uses at a time."""

    def __init__(self, data_dir: Path, clocks: Callable[[], Clocks] = read_clocks) -> None:
        self._file = data_dir / _FILE
        self._clocks = clocks
        self._lock = threading.Lock()
        self._kept = _read(self._file)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Tick while the program runs on.

        However it ends by itself, the time until its next start is no sleep.
        """
        stop = threading.Event()
        ticker = threading.Thread(target=self._until, args=(stop,), name="ticks", daemon=True)
        self.tick()
        ticker.start()
        try:
            yield
        finally:
            stop.set()
            ticker.join()
            self._keep(_Kept(None, self._kept.slept))

    def tick(self) -> None:
        """Note that the program runs, and a gap where it did not until now."""
        with self._lock:
            now = self._clocks()
            slept = self._kept.slept
            if gap := _gap(self._kept.last, now):
                slept = [*slept, gap][-KEPT:]
            self._keep(_Kept(now, slept))

    def slept(self) -> list[Gap]:
        """What was noticed and not reported yet, up to this moment."""
        self.tick()
        return list(self._kept.slept)

    def reported(self, gaps: list[Gap]) -> None:
        """Forget what the mailbox knows now."""
        with self._lock:
            left = [gap for gap in self._kept.slept if gap not in gaps]
            self._keep(_Kept(self._kept.last, left))

    def _until(self, stop: threading.Event) -> None:
        while not stop.wait(EVERY):
            self.tick()

    def _keep(self, kept: _Kept) -> None:
        self._kept = kept
        with suppress(OSError):  # a full disk ends no sync; the next tick tries again
            files.replace(self._file, json.dumps(kept).encode())


def _gap(last: Clocks | None, now: Clocks) -> Gap | None:
    """The time without a tick, where one was to come.

    A jump of the wall clock that the steady one does not confirm is a clock that was set, and no
    sleep. After a start of the machine there is nothing to confirm it by.
    """
    if last is None:
        return None
    length = now.wall - last.wall
    if now.boot == last.boot and now.steady >= last.steady:
        length = min(length, now.steady - last.steady)
    return Gap(now.wall - length, now.wall) if length > EVERY + LATE else None


def _read(file: Path) -> _Kept:
    try:
        last, slept = json.loads(file.read_bytes())
        return _Kept(Clocks(*last) if last else None, [Gap(*gap) for gap in slept])
    except (OSError, ValueError, TypeError):  # none yet, or cut short by a power failure
        return _Kept(None, [])


def _moment(at: float) -> str:
    whole = datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
    return whole.replace("+00:00", "Z")
