"""A round: everybody works, faults come, everything heals, and then the books are compared."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from hhcportal.run.processes import wait_until
from tests.faults.office import Office
from tests.faults.phone import Phone
from tests.faults.rig import PHONES, Account, Rig
from tests.faults.told import Told

VISIBLE_WITHIN = 60.0
BATCHES_WITHIN = 180.0
PAUSE = 0.05

Script = Callable[["Round"], None]


@dataclass
class Round:
    """What a script works with: the rig at work, chance by a seed, and what is told of it."""

    rig: Rig
    chance: random.Random
    batches: int
    told: Told = field(default_factory=Told)

    def done(self) -> int:
        """How many batches were taken so far."""
        return sum(account.book.counted.batches for account in self.rig.accounts)

    def wait_for_batches(self) -> None:
        enough = wait_until(lambda: self.done() >= self.batches, BATCHES_WITHIN)
        assert enough, f"only {self.done()} batches were taken in {BATCHES_WITHIN:g} s"


class Crew:
    """Every program of every account at work, each in a thread of its own."""

    def __init__(self, rig: Rig, seed: int, *, joins: bool) -> None:
        self._accounts = rig.accounts
        self._seed = seed
        self._over = threading.Event()
        self._joins = joins
        self._late: dict[str, Phone] = {}
        self._pool = ThreadPoolExecutor(len(rig.accounts) * (PHONES + 2))
        self._working: list[Future[None]] = []
        for account in rig.accounts:
            for actor in account.actors:
                actor.quiet = False
                self._working.append(self._pool.submit(self._work, actor))
            if joins:
                self._working.append(self._pool.submit(self._join, account))

    def phones(self, account: Account) -> list[Phone]:
        late = self._late.get(account.number)
        return [*account.phones, late] if late else account.phones

    def calm(self) -> None:
        """Nobody changes anything of their own any more."""
        for account in self._accounts:
            account.office.quiet = True
            for phone in self.phones(account):
                phone.quiet = True

    def settled(self) -> bool:
        """Whether everything accepted is with everybody; or nobody is left to bring it there."""
        return self.missing() == 0 or self._broken() != []

    def missing(self) -> int:
        return sum(self._missing(account) for account in self._accounts)

    def end(self) -> list[str]:
        """Everybody stops; what ended somebody before."""
        self._over.set()
        self._pool.shutdown()
        return [repr(error) for error in self._broken()]

    def leave(self) -> None:
        for phone in self._late.values():
            phone.leave()

    def _missing(self, account: Account) -> int:
        phones, book = self.phones(account), account.book
        coming = self._joins and account.number not in self._late
        return (
            coming
            + book.undelivered()
            + sum(
                len(book.missing(phone.copy)) + phone.open_edits + (not phone.settled)
                for phone in phones
            )
        )

    def _broken(self) -> list[BaseException]:
        done = [working for working in self._working if working.done()]
        return [error for working in done if (error := working.exception())]

    def _join(self, account: Account) -> None:
        phone = account.join(self._seed)
        phone.quiet = account.office.quiet
        self._late[account.number] = phone
        self._work(phone)

    def _work(self, actor: Office | Phone) -> None:
        while not self._over.is_set():
            while actor.errands:
                actor.errands.popleft()()
            actor.step()
            self._over.wait(PAUSE)


def play(rig: Rig, seed: int, script: Script, *, batches: int, joins: bool = True) -> Told:
    """One round; what it came to. The accounts and their records go on into the next."""
    playing = Round(rig, random.Random(seed), batches)
    told = playing.told
    with _at_work(rig, seed, joins=joins) as crew:
        try:
            script(playing)
        finally:
            crew.calm()
        healed = time.monotonic()
        wait_until(crew.settled, VISIBLE_WITHIN)
        told.seconds_to_heal.append(time.monotonic() - healed)
        told.counted.lost = crew.missing()
        told.notes += crew.end()
        told.counted.wrong += len(told.notes)
        if not told.counted.lost:
            _check(crew, rig)
        crew.leave()
    for account in rig.accounts:
        account.office.forget()
        counted, notes = account.book.close()
        told.counted.add(counted)
        told.notes += notes
    return told


@contextmanager
def _at_work(rig: Rig, seed: int, *, joins: bool) -> Iterator[Crew]:
    crew = Crew(rig, seed, joins=joins)
    try:
        yield crew
    finally:
        crew.end()


def _check(crew: Crew, rig: Rig) -> None:
    for account in rig.accounts:
        account.office.check()
        for phone in crew.phones(account):
            phone.check()
