"""A scripted server, a line to it, and a clock that passes when it is told to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import stamina

from clients.agent.act import line as act_line
from clients.agent.act.line import Line
from clients.agent.act.pace import Clock
from tests.act.office import Office
from tests.clients.act import scripted
from tests.clients.act.desk import Desk
from tests.clients.act.planned import PERSON, WORDS, Planned, plan_call
from tests.clients.act.scripted import DATABASE, PASSWORD, USER, Server


class Hand:
    """A clock moved by hand. Who sleeps moves it too, and is noted."""

    def __init__(self) -> None:
        self.time = 1_760_000_000.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds

    @property
    def clock(self) -> Clock:
        return Clock(now=lambda: self.time, sleep=self.sleep)


@pytest.fixture(autouse=True)
def no_backoff() -> Iterator[None]:
    with stamina.set_testing(True, attempts=10, cap=True):
        yield


@pytest.fixture(autouse=True, scope="session")
def one_list_of_authorities() -> Iterator[None]:
    """Reading the usual authorities takes longer than most of these tests."""
    usual, read = act_line._trusted(None), act_line._trusted
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(act_line, "_trusted", lambda ca: read(ca) if ca else usual)
        yield


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture(scope="session")
def acting() -> Iterator[list[Server]]:
    with scripted.running() as acting:
        yield acting


@pytest.fixture
def server(acting: list[Server]) -> Server:
    """A fresh one a test, at the address of all."""
    acting.append(Server(acting[0].url))
    return acting[-1]


@pytest.fixture
def line(server: Server, hand: Hand) -> Iterator[Line]:
    line = Line(server.address, DATABASE, USER, lambda: PASSWORD, clock=hand.clock)
    yield line
    line.close()


@pytest.fixture
def act_office() -> Iterator[Office]:
    """A small office of the test's own."""
    with Office("--activities", "30", "--series", "4", "--secondary", "6", contacts=60) as office:
        yield office


@pytest.fixture
def desk(act_office: Office, tmp_path: Path) -> Iterator[Desk]:
    """An agent beside it that has read nothing yet."""
    with closing(Desk(act_office, tmp_path)) as desk:
        yield desk


@pytest.fixture
def people(tmp_path: Path) -> Iterator[Desk]:
    """An agent beside an office that has people, companies and groups, and hardly anything else."""
    few = {"histories": 0, "activities": 0, "opportunities": 0, "notes": 10, "secondary": 3}
    words = [word for name, count in few.items() for word in (f"--{name}", str(count))]
    with (
        Office(*words, contacts=40) as office,
        closing(Desk(office, tmp_path)) as desk,
    ):
        yield desk


@pytest.fixture(scope="session")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planned]:
    """An agent beside one office for all tests of appointments, each with some of its own.

    In the end a reading finds nothing new in what they wrote.
    """
    with (
        Office(*WORDS, contacts=12) as office,
        closing(Desk(office, tmp_path_factory.mktemp("planned"))) as desk,
    ):
        person = office.create("contact", fullName=PERSON, contactType="Contact")
        calls = [plan_call(office, person) for _ in range(30)]
        desk.read_well()
        yield Planned(desk, calls)
        before = desk.sent()
        desk.read_well()
        desk.make_sweep_due()
        desk.read_well()
        assert desk.sent() == before, "an own write was taken for news"
