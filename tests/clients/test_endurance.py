"""Programs that run on, are stopped, are started twice, and are killed."""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from clients.agent import store as agent_store
from clients.device import store as device_store
from tests.clients.program import PATIENCE, Account, Office, Phone
from tests.journeys.line import Line

MANY = 4000
AT_ONCE = 4
KILLS = 6


@pytest.fixture
def office(account: Account) -> Office:
    return account.office()


@pytest.fixture
def phone(account: Account) -> Phone:
    return account.phone("phone")


def wait_for(reached: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < end
        time.sleep(0.05)


def kill_once(running: subprocess.Popen[str], reached: Callable[[], bool]) -> None:
    """SIGKILL the program in the midst of its work, if it has not ended before."""
    wait_for(lambda: running.poll() is not None or reached())
    running.kill()
    running.communicate()


def unsent(office: Office, number: str) -> int:
    """What lies in the agent's outbox, without the time that a command of its own would take."""
    store = agent_store.Store(office.data_dir, number)
    try:
        return store.outbox.unsent()
    finally:
        store.close()


def held(phone: Phone, number: str) -> int:
    store = device_store.Store(phone.data_dir, number)
    try:
        return sum(store.counts().values())
    finally:
        store.close()


def is_below(office: Office, number: str, count: int) -> bool:
    return unsent(office, number) < count


def differs(office: Office, before: str) -> bool:
    return office.read("contact.csv") != before


def holds_more(phone: Phone, number: str, count: int) -> bool:
    return held(phone, number) > count


def loop(office: Office) -> subprocess.Popen[str]:
    """`run` with an interval, up to its first sync."""
    source = ("--connector", "csv", "--source", str(office.source))
    running = office.start("run", "--every", "1s", *source)
    assert running.stdout
    assert "Synced" in running.stdout.readline()
    return running


def test_the_loop_goes_on_and_ends_when_asked(office: Office, phone: Phone) -> None:
    office.write("contact.csv", "id,city\nA,Bern\n")
    running = loop(office)
    phone.sync_until(lambda: "A" in phone.records("contact"))
    office.write("contact.csv", "id,city\nA,Bern\nB,Genf\n")
    phone.sync_until(lambda: "B" in phone.records("contact"))
    running.send_signal(signal.SIGTERM)
    out, _ = running.communicate(timeout=PATIENCE)
    assert running.returncode == 0
    assert out.endswith("Stopped.\n")


def test_the_loop_outlives_a_folder_that_is_away(office: Office, phone: Phone) -> None:
    office.write("contact.csv", "id,city\nA,Bern\n")
    running = loop(office)
    away = office.source.rename(office.source.with_name("away"))
    wait_for(lambda: office.status()["last_run"]["error"] == "source-missing")
    away.rename(office.source)
    wait_for(lambda: office.status()["last_run"]["error"] is None)
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=PATIENCE)
    assert running.returncode == 0


def test_a_second_run_of_one_folder_is_refused(office: Office) -> None:
    office.write("contact.csv", "id,city\nA,Bern\n")
    running = loop(office)
    said = office.sync(code=6).err
    assert said.count("\n") == 1
    assert "Another run" in said
    running.kill()
    running.communicate(timeout=PATIENCE)
    office.sync()


@pytest.mark.parametrize("store", [agent_store.Store, device_store.Store])
def test_a_new_folder_may_be_opened_by_several_commands_at_once(
    store: type[agent_store.Store | device_store.Store], tmp_path: Path
) -> None:
    for number in range(30):
        gate = threading.Barrier(AT_ONCE)

        def open_one(account: str, gate: threading.Barrier = gate) -> None:
            gate.wait()
            store(tmp_path, account).close()

        with ThreadPoolExecutor(AT_ONCE) as openers:
            list(openers.map(open_one, [str(number)] * AT_ONCE))


def test_an_agent_killed_again_and_again_loses_and_doubles_nothing(
    account: Account, office: Office, phone: Phone
) -> None:
    lines = "".join(f"R{number},{'x' * 200}\n" for number in range(MANY))
    office.write("contact.csv", "id,text\n" + lines)
    source = ("--connector", "csv", "--source", str(office.source))
    left = [MANY]
    for _ in range(KILLS):
        running = office.start("run", "--once", *source)
        if left == [MANY]:
            kill_once(running, lambda: unsent(office, account.number) > 0)
        else:
            kill_once(running, partial(is_below, office, account.number, left[-1]))
        left.append(unsent(office, account.number))
    assert any(0 < count < MANY for count in left), f"no kill met the sending: {left}"
    office.sync()
    received = 0
    while received < MANY:
        received += phone.sync().answer["received"]
    assert received == MANY
    assert len(phone.records("contact")) == MANY
    versions = {record["version"] for record in phone.records("contact").values()}
    assert versions == set(range(1, MANY + 1))


def test_a_mailbox_that_takes_nothing_keeps_nobody_from_reading(
    office: Office, phone: Phone, line: Line
) -> None:
    lines = "".join(f"R{number},Bern\n" for number in range(1100))
    office.write("contact.csv", "id,city\n" + lines)
    line.unknown = "batches"
    office.sync("--url", line.url, code=1)
    assert office.status()["unsent"] == 1100
    line.unknown = ""
    assert office.sync("--url", line.url).answer["sent"] == 1100
    phone.sync_until(lambda: len(phone.records("contact")) == 1100)


def test_edits_meet_an_agent_that_is_killed_while_it_takes_them(
    office: Office, phone: Phone
) -> None:
    ids = [f"R{number}" for number in range(12)]
    office.write("contact.csv", "id,city\n" + "".join(f"{id},Bern\n" for id in ids))
    office.sync()
    phone.sync_until(lambda: len(phone.records("contact")) == len(ids))
    for id in ids:
        phone.run("edit", "contact", id, "city=Ulm")
    phone.run("new", "contact", "city=Oslo")
    phone.sync()
    while "Oslo" not in office.read("contact.csv"):
        before = office.read("contact.csv")
        kill_once(office.start("run", "--once"), partial(differs, office, before))
    office.sync()
    phone.sync_until(lambda: all(edit["state"] == "applied" for edit in phone.edits("contact")))
    written = office.read("contact.csv")
    assert written.count("Oslo") == 1
    assert written.count("Ulm") == len(ids)
    assert len(phone.records("contact")) == len(ids) + 1


def test_a_phone_killed_while_collecting_goes_on_where_it_was(
    account: Account, office: Office, phone: Phone
) -> None:
    office.write("contact.csv", "id,n\n" + "".join(f"R{n},{n}\n" for n in range(MANY)))
    office.sync()
    counts = [0]
    while counts[-1] < MANY and len(counts) < 200:
        kill_once(phone.start("sync"), partial(holds_more, phone, account.number, counts[-1]))
        counts.append(held(phone, account.number))
    assert counts == sorted(counts)
    assert any(0 < count < MANY for count in counts), f"no kill met the work: {counts}"
    # A read that began at the start and was cut by kills still removes nothing that was named.
    phone.sync_until(lambda: len(phone.records("contact")) == MANY)
