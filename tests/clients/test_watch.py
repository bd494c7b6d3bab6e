"""Between two syncs: what comes is collected at once; a mailbox that cannot wait is spared."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest

from clients import listening
from clients.answers import Command, Mailbox
from clients.listening import Ear
from clients.wire import Api
from tests.clients.program import CITIES, PATIENCE, Account, Client

NOTHING = Mailbox.read({})


@contextlib.contextmanager
def running(client: Client, *words: str) -> Iterator[list[str]]:
    """A command that goes on; its lines so far."""
    process = client.start(*words)
    lines: list[str] = []

    def read(said: subprocess.Popen[str]) -> None:
        lines.extend(line.rstrip("\n") for line in said.stdout or ())

    reader = threading.Thread(target=read, args=(process,))
    reader.start()
    try:
        yield lines
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=PATIENCE)
        reader.join()
        if process.stdout:
            process.stdout.close()


def until(reached: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_changes_edits_and_sync_now_travel_as_they_come(account: Account) -> None:
    """Far below the intervals of the account, which nobody reaches here."""
    office, phone, tablet = account.office(), account.phone("phone"), account.phone("tablet")
    office.write("contact.csv", CITIES)
    source = ("--connector", "csv", "--source", str(office.source))
    with (
        running(phone, "watch", "--lang", "en") as seen,
        running(tablet, "watch", "--json") as told,
    ):
        until(lambda: bool(seen and told))
        with running(office, "run", *source) as synced:
            until(lambda: "contact: Bern" in seen)
            phone.run("edit", "contact", "A", "city=Thun")
            until(lambda: "Thun" in office.read("contact.csv"))
            until(lambda: "contact A: put applied" in seen)
            until(lambda: any("Thun" in line for line in told))
            before = len(synced)
            office.write("contact.csv", office.read("contact.csv").replace("Genf", "Chur"))
            account.command(office, "sync-now")
            until(lambda: len(synced) > before)
            until(lambda: any("Chur" in line for line in seen))
            office.write("contact.csv", "".join(office.read("contact.csv").splitlines(True)[:-1]))
            account.command(office, "sync-now")
            until(lambda: "contact C: deleted" in seen)
            gone = {"kind": "contact", "id": "C", "op": "delete", "version": 6}
            until(lambda: gone in [json.loads(line) for line in told if '"op"' in line])
    assert phone.status()["digest"] == tablet.status()["digest"]


def test_a_watching_device_that_is_revoked_ends(account: Account) -> None:
    phone = account.phone("phone")
    with running(phone, "watch") as seen:
        until(lambda: bool(seen))
        account.stack.manage("revoke", phone.status()["peer"])
        until(lambda: any("This pairing has ended" in line for line in seen))


class FakeApi:
    """A mailbox that answers at once, as one without waiting does; `asked` are its waits."""

    def __init__(self, answer: Mailbox) -> None:
        self.answer = answer
        self.asked = 0

    def mailbox(self, *, wait: int = 0) -> Mailbox:
        self.asked += 1
        return self.answer

    def close(self) -> None:
        pass


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenth of a second between the tries."""
    event_wait = threading.Event.wait
    monkeypatch.setattr(listening, "_FIRST_PAUSE", 0.02)
    monkeypatch.setattr(
        listening._Line, "_breathe", lambda line, times: event_wait(line.done, times / 50)
    )


def ear(fake: FakeApi, **more: Any) -> Ear:
    return Ear(lambda: cast(Api, fake), **more)


def test_a_mailbox_that_cannot_wait_is_asked_once_a_sync(quick: None) -> None:
    fake = FakeApi(NOTHING)
    resting = ear(fake, expects=lambda: True)
    asked = []
    for _ in range(6):
        before = fake.asked
        began = time.monotonic()
        assert resting.rest(0.4, threading.Event()) in ("scheduled", "wake-up")
        asked.append((fake.asked - before, time.monotonic() - began >= 0.4))
    # At first it may be an outcome that came at that moment.
    assert asked[-1] == (1, True)


def test_news_that_no_sync_clears_away_is_left_alone_longer_and_longer() -> None:
    fake = FakeApi(dataclasses.replace(NOTHING, waiting=1))
    resting, began = ear(fake), time.monotonic()
    assert [resting.rest(60, threading.Event()) for _ in range(3)] == ["wake-up"] * 3
    assert time.monotonic() - began >= 3, "at once, after a second, after two"
    assert fake.asked == 3


def test_a_command_is_news_where_the_answer_came_early() -> None:
    fake = FakeApi(dataclasses.replace(NOTHING, commands=(Command("1", "sync-now"),)))
    assert ear(fake).rest(60, threading.Event()) == "wake-up"


def test_own_changes_and_the_end_cut_a_rest_short() -> None:
    stop = threading.Event()
    assert ear(FakeApi(NOTHING), has_own=lambda: True).rest(60, stop) == "wake-up"
    stop.set()
    assert ear(FakeApi(NOTHING)).rest(60, stop) == "scheduled"
