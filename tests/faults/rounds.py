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

BATCHES_WITHIN = 180.0
PAUSE = 0.05

Script = Callable[["Round"], None]


@dataclass
class Round:
    """What a script works with: the rig at work, chance by a seed, and what is told of it."""

    rig: Rig
    chance: random.Random
    batches: int
    everybody: Callable[[], bool]
    told: Told = field(default_factory=Told)

    def done(self) -> int:
        """How many batches were taken so far."""
        return sum(account.book.counted.batches for account in self.rig.accounts)

    def wait_for_everybody(self) -> None:
        """Return when every account's late phone is there."""
        assert wait_until(self.everybody, BATCHES_WITHIN), "a phone did not join"

    def wait_for_batches(self) -> None:
        enough = wait_until(lambda: self.done() >= self.batches, BATCHES_WITHIN)
        assert enough, f"only {self.done()} batches were taken in {BATCHES_WITHIN:g} s"


class Crew:
    """Every program of every account at work, each in a thread of its own."""

    def __init__(self, rig: Rig, seed: int) -> None:
        self._accounts = rig.accounts
        self._seed = seed
        self._over = threading.Event()
        self._looked: list[int] | None = None
        self._late: dict[str, Phone] = {}
        self._pool = ThreadPoolExecutor(len(rig.accounts) * (PHONES + 2))
        self._working: list[Future[None]] = []
        for account in rig.accounts:
            for actor in account.actors:
                actor.quiet = False
                self._working.append(self._pool.submit(self._work, actor))
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
        """Whether everything accepted is with everybody, and stays when all have looked again.

        Or somebody is broken, so that it never will be.
        """
        if self.missing():
            self._looked = None
        elif self._looked is None:
            self._looked = self._looks()
        elif all(now > then + 1 for then, now in zip(self._looked, self._looks(), strict=True)):
            return True
        return self._broken() != []

    def all_joined(self) -> bool:
        return len(self._late) == len(self._accounts)

    def missing(self) -> dict[str, int]:
        """What is not where it has to be, of all accounts."""
        missing: dict[str, int] = {}
        for account in self._accounts:
            missing |= self._missing(account)
        return missing

    def end(self) -> list[str]:
        """Everybody stops; what ended somebody before."""
        self._over.set()
        self._pool.shutdown()
        return [repr(error) for error in self._broken()]

    def leave(self) -> None:
        for phone in self._late.values():
            phone.leave()

    def _looks(self) -> list[int]:
        return [phone.steps for account in self._accounts for phone in self.phones(account)]

    def _missing(self, account: Account) -> dict[str, int]:
        """What is not where it has to be, by where; only what is amiss."""
        book = account.book
        missing = {
            f"phones of {book.marker} to come": int(account.number not in self._late),
            f"everything again from {book.marker}": int(book.resend_awaited),
            f"edits at {book.marker}": book.undelivered(),
            f"an empty mailbox for {book.marker}": int(not account.office.settled),
        }
        for phone in self.phones(account):
            missing[f"records at {phone.name}"] = len(book.missing(phone.copy))
            missing[f"outcomes at {phone.name}"] = phone.open_edits
            missing[f"an empty mailbox for {phone.name}"] = int(not phone.settled)
        return {where: number for where, number in missing.items() if number}

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


def play(rig: Rig, seed: int, script: Script, *, batches: int, visible_within: float) -> Told:
    """One round; what it came to. The accounts and their records go on into the next."""
    with _at_work(rig, seed) as crew:
        playing = Round(rig, random.Random(seed), batches, crew.all_joined)
        told = playing.told
        try:
            script(playing)
        finally:
            crew.calm()
        healed = time.monotonic()
        wait_until(crew.settled, visible_within)
        told.seconds_to_heal.append(time.monotonic() - healed)
        missing, broken = crew.missing(), crew.end()
        told.counted.lost, told.counted.wrong = sum(missing.values()), len(broken)
        told.notes += broken + [f"lost: {number} {where}" for where, number in missing.items()]
        if not missing:
            _check(crew, rig)
        crew.leave()
    for account in rig.accounts:
        account.office.forget()
        counted, notes = account.book.close()
        told.counted.add(counted)
        told.notes += notes
    return told


@contextmanager
def _at_work(rig: Rig, seed: int) -> Iterator[Crew]:
    crew = Crew(rig, seed)
    try:
        yield crew
    finally:
        crew.end()


def _check(crew: Crew, rig: Rig) -> None:
    for account in rig.accounts:
        account.office.check()
        for phone in crew.phones(account):
            phone.check()
