"""From the first release to this code, while servers and devices go on with their syncs."""

import random
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from hhcportal.run.places import CHECKOUT
from hhcportal.run.processes import stop, wait_until
from hhcportal.run.stopping import Stopping
from hhcportal.run.temporary import temporary_places
from hhcportal.run.valkey import Valkey
from tests.conftest import LONG_FIGURES
from tests.databases import fresh_database
from tests.upgrade import release, state
from tests.upgrade.programs import Device, Doors, Program, Server
from tests.upgrade.state import Office

SYNCS = 25 if LONG_FIGURES else 2
PATIENCE = 120.0
# At most, between two syncs: without any they leave a migration no processor.
PAUSE = 0.05 if LONG_FIGURES else 1.5
REQUESTS = ("POST /batches", "GET /changes", "POST /acks", "GET /mailbox")


class Traffic:
    """Every active program syncs in a thread of its own until the body is left."""

    def __init__(self, offices: list[Office], doors: Doors, pool: ThreadPoolExecutor) -> None:
        self._doors = doors
        self._over = False
        programs = [program for office in offices for program in office.programs]
        self._syncs = [0] * len(programs)
        self._running: list[Future[None]] = [
            pool.submit(self._run, nth, program) for nth, program in enumerate(programs)
        ]

    def goes_on(self, done: Callable[[], bool] = lambda: True) -> None:
        """Return when every program has synced so often again, and `done` holds."""
        goals = [count + SYNCS for count in self._syncs]

        def reached() -> bool:
            self.check()
            return done() and all(map(int.__ge__, self._syncs, goals))

        assert wait_until(reached, PATIENCE), (self._syncs, goals)

    def check(self) -> None:
        """Raises what a program could not go on with; no answer was other than expected."""
        for running in self._running:
            if running.done():
                running.result()
        assert self._doors.wrong == []

    def end(self) -> None:
        self._over = True
        for running in self._running:
            running.result()
        self.check()

    def _run(self, nth: int, program: Program) -> None:
        while not self._over:
            if isinstance(program, Server | Device):
                program.step()
            self._syncs[nth] += 1
            time.sleep(program.chance.random() * PAUSE)


@contextmanager
def traffic(offices: list[Office], doors: Doors) -> Iterator[Traffic]:
    with ThreadPoolExecutor(max_workers=20) as pool:
        running = Traffic(offices, doors, pool)
        try:
            yield running
        finally:
            running.end()


@pytest.fixture
def services(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """An empty database, and a broker of its own."""
    with temporary_places("mailbox-upgrade-") as places, fresh_database(empty=True) as url:
        valkey = Valkey(places)
        child = valkey.start()
        try:
            valkey.wait(child, Stopping())
            yield url, valkey.url
        finally:
            stop([child], 5.0)


@pytest.fixture
def old(services: tuple[str, str], tmp_path: Path) -> Iterator[release.Release]:
    """The first release on the database that it left behind."""
    state.restore(services[0])
    with release.of(release.unpack(tmp_path), *services) as running:
        running.start()
        yield running


@pytest.fixture
def new(services: tuple[str, str]) -> Iterator[release.Release]:
    with release.of(CHECKOUT, *services) as running:
        yield running


@pytest.fixture
def offices(caplog: pytest.LogCaptureFixture) -> Iterator[list[Office]]:
    """The programs of the dumped database, with chances of their own; the last is suspended."""
    caplog.set_level("WARNING", "httpx")  # thousands of requests would hide what failed
    seed = random.randrange(2**32)
    sys.stdout.write(f"seed {seed}\n")
    read = state.read()
    programs = [program for office in read for program in office.programs]
    for nth, program in enumerate(programs):
        program.chance = random.Random(seed + nth)
    yield read
    for program in programs:
        program.close()


def test_nothing_stops_and_nothing_is_lost(
    old: release.Release, new: release.Release, offices: list[Office]
) -> None:
    *active, suspended = offices
    doors = Doors()
    for program in (program for office in offices for program in office.programs):
        program.doors = doors

    doors.open(old.url)
    lying = told_to_suspended(suspended)
    assert sum(lying)
    with traffic(active, doors) as syncing:
        syncing.goes_on()
        before = [doors.answered(old.url, request) for request in REQUESTS]
        new.manage("migrate")
        during = [doors.answered(old.url, request) for request in REQUESTS]
        assert all(map(int.__lt__, before, during)), "nobody synced while it migrated"
        # Old code alone on the new tables, then both, then new code alone.
        syncing.goes_on()
        new.start()
        doors.open(old.url, new.url)
        old.manage("sweep")
        syncing.goes_on()
        new.manage("sweep")
        assert told_to_suspended(suspended) == lying
        syncing.goes_on()
        doors.open(new.url)
        syncing.goes_on()
        old.stop()
        new.manage("wall", "up")
        syncing.goes_on()

    for office in active:
        check_equal(office, new)
    assert told_to_suspended(suspended) == lying
    assert doors.wrong == []
    for request in REQUESTS:
        assert doors.answered(old.url, request)
        assert doors.answered(new.url, request)
    for name in ("web", "worker"):
        for running in (old, new):
            assert "Traceback" not in running.said(name)


def told_to_suspended(office: Office) -> list[int]:
    """Who may not sync is told so, in words that both releases know; what waits for each."""
    waiting = []
    for program in office.programs:
        assert program.push('{"kind":"contact"}', expected=403)["code"] == "account-inactive"
        assert program.ask("GET", "/changes", expected=403)["code"] == "account-inactive"
        waiting.append(program.mailbox()["waiting"]["total"])
    return waiting


def check_equal(office: Office, running: release.Release) -> None:
    """With everything collected each device holds what the server does, and nothing waits."""
    office.settle()
    while office.server.collect():
        office.settle()
    office.settle()
    for device in office.devices:
        while not device.read():
            pass
        assert device.held == office.server.held
    told = running.asked("account_status", office.number)
    assert [peer["waiting"] for peer in told["peers"]] == [0] * len(office.programs)
