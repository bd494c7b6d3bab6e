"""Keeps the children alive: starts again what died or makes no progress, and ends them all."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from hhcportal.run.processes import Child, stop
from hhcportal.run.progress import TickWatch, WebWatch
from hhcportal.run.steps import say
from hhcportal.run.stopping import Stopping

ROUND = 0.25
# A round that lasted longer than this was a pause of the supervisor itself.
OWN_PAUSE = 5.0
SILENT_AFTER = 60.0
FAILURES = 3
FIRST_DELAY, LONGEST_DELAY = 0.5, 10.0
# Together below the ten seconds within which everything has to be gone.
PATIENCE, SERVICES_PATIENCE = 5.0, 3.0


@dataclass
class Kept:
    """A child that is kept alive. `due` is when to start it again, in monotonic seconds.

    With an exit code of `leaves_on` it has left of its own will, and `left` then says so.
    """

    start: Callable[[], Child]
    child: Child
    service: bool = False
    leaves_on: frozenset[int] = frozenset()
    left: bool = False
    delay: float = FIRST_DELAY
    due: float | None = field(default=None)

    def fell(self, now: float) -> None:
        """Plan the next start: soon after a long life, later and later after short ones."""
        self.child.sweep()
        if now - self.child.began > SILENT_AFTER:
            self.delay = FIRST_DELAY
        self.due = now + self.delay
        self.delay = min(self.delay * 2, LONGEST_DELAY)

    def leave(self) -> None:
        self.child.sweep()
        self.left = True
        say(f"  · {self.child.name} has left and stays away until the next start")

    def rise(self) -> None:
        self.due = None
        self.child = self.start()


class Supervisor:
    """Watches what it is given until it is asked to stop."""

    def __init__(self, stopping: Stopping) -> None:
        self._stopping = stopping
        self._kept: dict[str, Kept] = {}
        self._resumed = time.monotonic()
        self._webs: Mapping[str, WebWatch] = {}
        self._ticks: TickWatch | None = None

    def keep(
        self,
        start: Callable[[], Child],
        *,
        service: bool = False,
        leaves_on: frozenset[int] = frozenset(),
    ) -> Child:
        """Start a child and keep it; services (databases) end after all the others.

        One that ends with a code of `leaves_on` is not started again.
        """
        child = start()
        self._kept[child.name] = Kept(start, child, service, leaves_on)
        return child

    def watch(self, webs: Mapping[str, WebWatch], ticks: TickWatch) -> None:
        """From here on, children that live but do nothing are started again as well.

        `webs`: those that answer over HTTP, by name.
        """
        self._webs, self._ticks = webs, ticks
        for watch in (*webs.values(), ticks):
            watch.start()

    def run(self, every_round: Callable[[], None]) -> None:
        """Return once the end was asked for."""
        last = time.time()
        while not self._stopping.asked:
            time.sleep(ROUND)
            # The wall clock, for the monotonic one stands still while the machine sleeps.
            if abs(time.time() - last) > OWN_PAUSE:
                self._resume()
            last = time.time()
            self._revive(time.monotonic())
            every_round()

    def end(self) -> None:
        """Stop all, the services last."""
        everyone = self._kept.values()
        stop([kept.child for kept in everyone if not kept.service], PATIENCE)
        stop([kept.child for kept in everyone if kept.service], SERVICES_PATIENCE)

    def _resume(self) -> None:
        self._resumed = time.monotonic()
        for web in self._webs.values():
            web.failures = 0

    def _revive(self, now: float) -> None:
        for name, kept in self._kept.items():
            if kept.left:
                continue
            if kept.due is not None:
                if now >= kept.due:
                    kept.rise()
                    say(f"  ✓ {name} started again")
            elif kept.child.code in kept.leaves_on:
                kept.leave()
            elif kept.child.code is not None:
                self._fell(name, kept, f"ended by itself (code {kept.child.code})", now)
            elif self._stuck(name, kept.child, now):
                self._fell(name, kept, "makes no progress", now)

    def _fell(self, name: str, kept: Kept, why: str, now: float) -> None:
        kept.fell(now)
        if name in self._webs:
            self._webs[name].failures = 0
        say(f"  ✗ {name} {why}; starting it again in {(kept.due or now) - now:.1f} s")

    def _stuck(self, name: str, child: Child, now: float) -> bool:
        """Silence counts only from when everybody could speak and be heard."""
        if self._ticks is None or now - child.began < SILENT_AFTER:
            return False
        if name in self._webs:
            return self._webs[name].failures >= FAILURES
        ages = self._ticks.ages
        since = max(child.began, self._resumed, self._ticks.unbroken_since)
        if name not in ("worker", "beat") or ages is None or now - since < SILENT_AFTER:
            return False
        return ages.get(name, SILENT_AFTER + 1) > SILENT_AFTER
