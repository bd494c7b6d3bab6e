"""The real program on services of its own, and two accounts at work on it."""

import os
import secrets
import signal
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

import httpx
import redis

from hhcportal.run.demands import ALLOW
from hhcportal.run.places import Places
from hhcportal.run.processes import wait_until
from hhcportal.run.temporary import temporary_places
from tests.faults.book import Book
from tests.faults.database import Database
from tests.faults.office import Office
from tests.faults.phone import Phone
from tests.faults.scissors import Scissors, scissors
from tests.faults.wire import API, Wire
from tests.places import furnished_folder
from tests.stack import Stack

ACCOUNTS = 2
Disk = Callable[[Path], AbstractContextManager[object]]
PHONES = 2
STARTS_WITHIN = 60.0


class Account:
    """One account's office and phones, with their book."""

    def __init__(self, rig: "Rig", seed: int) -> None:
        marker = secrets.token_hex(4)
        self.book = Book(marker)
        self._rig = rig
        opened = rig.manage("create_account", "Faults", "--email", f"{marker}@example.com")
        self.number = str(opened["account"])
        self.office = Office(self._wire("server"), self.book, seed)
        self.phones = [
            Phone(f"{marker}-{nth}", self._wire("device"), self.book, seed * 10 + nth)
            for nth in range(PHONES)
        ]

    @property
    def actors(self) -> list[Office | Phone]:
        return [self.office, *self.phones]

    def hang_up(self) -> None:
        for actor in self.actors:
            actor.wire.close()

    def ask_for_repetition(self) -> None:
        """Everybody sends an old push once more, when they come to it."""
        for actor in self.actors:
            actor.errands.append(actor.repeat)

    def tell_time(self, now: str) -> None:
        """A phone's next session is told at this time."""
        phone = self.phones[0]
        phone.errands.append(lambda: phone.sync(now))

    def join(self, seed: int) -> Phone:
        """One more phone, which collects everything from the start."""
        return Phone(f"{self.book.marker}-late", self._wire("device"), self.book, seed)

    def _wire(self, role: str) -> Wire:
        """A newly paired program's; with another code where hours went by over the first."""
        install_id = str(uuid.uuid4())
        while True:
            code = self._rig.manage("pair", self.number, "--role", role)["code"]
            token = self._redeem({"code": code, "name": role, "install_id": install_id})
            if token:
                return Wire(self._rig.line.url, self.book, token)

    def _redeem(self, body: dict[str, str]) -> str:
        """The token; "" where the code is no more. A lost answer burns no code."""
        answered: list[httpx.Response] = []

        def paired() -> bool:
            with suppress(httpx.HTTPError):
                url = f"{self._rig.stack.url}{API}/pairings"
                answered.append(httpx.post(url, json=body, timeout=10))
            return bool(answered) and answered[-1].status_code in (201, 404)

        assert wait_until(paired, STARTS_WITHIN), f"not paired: {answered[-1:]}"
        return str(answered[-1].json().get("token", ""))


class Rig:
    """What faults are done to."""

    def __init__(
        self, stack: Stack, database: Database, broker_places: Places, line: Scissors
    ) -> None:
        self.stack = stack
        self.database = database
        self.line = line
        self._broker_places = broker_places
        self.broker_busy = threading.Lock()  # held by whoever does something to Valkey
        self.accounts: list[Account] = []

    def open_accounts(self, seed: int) -> None:
        with ThreadPoolExecutor(ACCOUNTS) as pool:
            self.accounts = list(pool.map(lambda n: Account(self, seed + n), range(ACCOUNTS)))

    def hang_up(self) -> None:
        for account in self.accounts:
            account.hang_up()

    def manage(self, *words: str) -> dict[str, Any]:
        """An operator's command; tried again where it met a fault."""
        until = time.monotonic() + STARTS_WITHIN
        while True:
            try:
                return self.stack.manage(*words)
            except AssertionError:
                if time.monotonic() > until:
                    raise

    def broker(self) -> "redis.Redis":
        return redis.Redis.from_url(self.stack.environment["REDIS_URL"], socket_timeout=5)

    @property
    def broker_pid(self) -> int:
        return int((self._broker_places.run / "valkey.pid").read_text().split()[0])

    def children(self, name: str) -> list[int]:
        """The processes below web, worker or beat that do its work."""
        pid = self.main(name)
        found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True)
        return [int(line) for line in found.stdout.split()]

    def main(self, name: str) -> int:
        """The main process of web, worker or beat, once it runs."""
        assert wait_until(lambda: name in self.stack.pids(), STARTS_WITHIN), f"{name} is away"
        return self.stack.pids()[name]


@contextmanager
def rig(seed: int, disk: Disk = nullcontext) -> Iterator[Rig]:
    """Start everything; `disk` puts something of its own below the database's folder."""
    with (
        furnished_folder("mailbox-faults-") as places,
        temporary_places("mailbox-faults-broker-") as broker_places,
        temporary_places("mailbox-faults-data-") as data_places,
        durable(data_places, disk) as database,
    ):
        stack = Stack(places, broker_places, database.url)
        # What is accepted here is to be kept: the program has to find its demands met.
        stack.environment.pop(ALLOW, None)
        with stack.running(), scissors(stack.url) as line:
            running = Rig(stack, database, broker_places, line)
            try:
                running.open_accounts(seed)
                yield running
            finally:
                running.hang_up()


@contextmanager
def durable(places: Places, disk: Disk = nullcontext) -> Iterator[Database]:
    """A database that flushes what it says it has."""
    database = Database(places)
    with disk(database.server.home.folder):
        database.start()
        try:
            yield database
        finally:
            database.end(signal.SIGQUIT)


def send(pid: int, number: signal.Signals) -> bool:
    """Signal a process; False where it is gone already."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True
