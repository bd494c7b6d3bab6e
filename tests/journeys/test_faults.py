"""The same way while what carries it dies in the middle: nothing lost, nothing doubled, no hand.

Only the agent is started anew by the test, as the service manager of an office's PC would.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.journeys.account import PATIENCE, eventually
from tests.journeys.cast import Cast
from tests.journeys.line import Line, Moment, line_to
from tests.journeys.records import CONTACTS, HISTORIES, LONG_FIGURES
from tests.stack import Stack

ALL = CONTACTS + HISTORIES
BROKER_AWAY = 60.0 if LONG_FIGURES else 25.0
EVERY = ("run", "--every", "1s")


@pytest.fixture
def line(stack: Stack) -> Iterator[Line]:
    with line_to(stack.url) as passing:
        yield passing


def test_nothing_is_lost_or_doubled_whatever_dies(cast: Cast, line: Line) -> None:
    cast.account.pair(cast.agent, line.url)
    cast.join("Anna", line.url)
    cast.join("Ben")
    _web_dies_under_the_first_delivery(cast, line)
    cast.join("Chloé")
    assert cast.phones[2].sync()["received"] == ALL
    _agent_dies_before_it_hears_that_its_changes_are_kept(cast, line)
    _worker_and_phone_die_under_an_edit(cast, line)
    _agent_dies_before_and_after_its_outcome_is_kept(cast, line)
    _beat_dies_under_a_conflict(cast, line)
    _the_broker_is_away(cast)
    _nothing_came_twice(cast)


def _web_dies_under_the_first_delivery(cast: Cast, line: Line) -> None:
    with (
        _dies(cast, "web"),
        line.halted("POST", "batches", "request") as halt,
        cast.agent.started(*EVERY, *cast.agent.source),
    ):
        halt.wait()
        cast.account.stack.kill("web")
        halt.release()
        cast.expect_waiting(witness=ALL, phones=[ALL, ALL])
    cast.spread(ALL)


def _agent_dies_before_it_hears_that_its_changes_are_kept(cast: Cast, line: Line) -> None:
    cast.office.edit_many("contacts", [f"C{n:04}" for n in range(30)], city="Fürth, Süd")
    cast.office.remove("histories", [f"{10_000 + n}" for n in range(5)])
    _kill_agent(cast, line, "batches", "answer")
    # What the mailbox said that it keeps is there, whether the agent heard of it or not.
    cast.expect_waiting(witness=35, phones=[35, 35, 35])
    assert cast.agent.call("status")["unsent"] == 35
    assert cast.agent.sync()["sent"] == 35
    cast.spread(35)


def _worker_and_phone_die_under_an_edit(cast: Cast, line: Line) -> None:
    author = cast.phones[0]
    author.call("edit", "contact", "C0040", "city=Köln")
    with (
        _dies(cast, "worker"),
        line.halted("POST", "batches", "request") as going,
        line.halted("POST", "batches", "answer") as coming,
        author.started("sync") as sync,
    ):
        going.wait()
        cast.account.stack.kill("worker")
        going.release()
        coming.wait()
        sync.kill()
        sync.wait(PATIENCE)
        coming.drop()
        cast.expect_waiting(agent=1, phones=[0, 0, 0], pending={"Anna": 1})
    assert author.sync()["sent"] == 1
    cast.expect_waiting(agent=1, phones=[0, 0, 0])


def _agent_dies_before_and_after_its_outcome_is_kept(cast: Cast, line: Line) -> None:
    expected = cast.office.row("contacts", "C0040") | {"city": "Köln"}
    _kill_agent(cast, line, "acks", "request")
    assert cast.office.row("contacts", "C0040") == expected
    cast.expect_waiting(agent=1, phones=[0, 0, 0])
    # What the office does to the row now comes after the edit and is no conflict with it.
    cast.office.edit("contacts", "C0040", jobTitle="Danach")
    expected |= {"jobTitle": "Danach"}
    _kill_agent(cast, line, "acks", "answer")
    cast.expect_waiting(phones=[0, 0, 0], pending={"Agent": 1})
    assert cast.agent.sync()["sent"] == 2
    assert cast.office.row("contacts", "C0040") == expected
    cast.spread(1)
    assert cast.phones[0].last_edit()["state"] == "applied"
    assert len(cast.witness.versions("contact", "C0040")) == 2


def _beat_dies_under_a_conflict(cast: Cast, line: Line) -> None:
    author = cast.phones[1]
    author.call("edit", "contact", "C0041", "city=Vom Telefon")
    author.sync()
    cast.expect_waiting(agent=1, phones=[0, 0, 0])
    cast.office.edit("contacts", "C0041", city="Aus dem Büro")
    with _dies(cast, "beat"), line.halted("GET", "changes", "answer") as halt:
        with cast.agent.started("run", "--once", *cast.agent.source) as once:
            halt.wait()
            cast.account.stack.kill("beat")
            halt.release()
            assert once.wait(PATIENCE) == 0
        cast.spread(1)
    assert author.last_edit()["state"] == "conflict"


def _the_broker_is_away(cast: Cast) -> None:
    """It goes on without, if slowly: whoever asks applies what has lain there too long."""
    author = cast.phones[2]
    with _broker_away(cast.account.stack):
        cast.office.edit("contacts", "C0042", city="Ohne Broker")
        assert cast.agent.sync()["sent"] == 1
        eventually(lambda: cast.witness.waiting() == 1, "the mailbox applies without a broker")
        cast.spread(1)
        id = author.call("new", "contact", "fullName=Ågot Ünlü")["id"]
        author.call("delete", "history", "10005")
        assert author.sync()["sent"] == 2
    cast.expect_waiting(agent=2, phones=[0, 0, 0])
    assert cast.agent.sync()["edits"] == {"applied": 2}
    assert cast.office.row("contacts", id)["fullName"] == "Ågot Ünlü"
    cast.spread(2)


def _nothing_came_twice(cast: Cast) -> None:
    """The witness saw every change that was made, once, with rising versions of each record."""
    shown = cast.witness.shown
    assert len(shown) == len(set(shown)) == ALL + 35 + 1 + 1 + 1 + 2
    for kind, id, _ in shown:
        versions = cast.witness.versions(kind, id)
        assert versions == sorted(versions)
    with cast.account.witness("Afterwards") as afterwards:
        assert afterwards.read() == ALL + 1
        assert len({(kind, id) for kind, id, _ in afterwards.shown}) == ALL + 1
        assert afterwards.copy == cast.witness.copy
    assert cast.account.findings() == [("edits-refused", "warning")]


def _kill_agent(cast: Cast, line: Line, path: str, moment: Moment) -> None:
    with (
        line.halted("POST", path, moment) as halt,
        cast.agent.started(*EVERY, *cast.agent.source) as running,
    ):
        halt.wait()
        running.kill()
        running.wait(PATIENCE)
        halt.drop()


@contextmanager
def _dies(cast: Cast, name: str) -> Iterator[None]:
    """The child is killed in the body, and another one runs in its place afterwards."""
    stack = cast.account.stack
    before = stack.pids()[name]
    yield
    eventually(lambda: stack.pids().get(name, before) != before, f"{name} comes back")


@contextmanager
def _broker_away(stack: Stack) -> Iterator[None]:
    stack.stop_valkey()
    back_at = time.monotonic() + BROKER_AWAY
    try:
        yield
        time.sleep(max(0.0, back_at - time.monotonic()))
    finally:
        stack.start_valkey()
