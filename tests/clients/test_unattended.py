"""An agent that nobody looks after: a full disk, a fault that lasts, and what its log keeps."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from clients.agent import journal
from clients.agent.journal import Journal
from tests.clients.program import PATIENCE, Account, Office

SECRETS = ("Zoë Müller", "zoe.mueller@example.com", "+49 30 998877")
SMALL = 8 << 20


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """A file system of its own in `folder`, of 8 MiB of memory."""
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SMALL}", "tmpfs", str(folder)], capture_output=True
    )
    if made.returncode:
        pytest.skip("this user makes no file system of memory: no small disk to be full")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(ballast: Path) -> None:
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            with suppress(OSError):
                while True:
                    file.write(bytes(size))


@contextmanager
def running(office: Office) -> Iterator[Callable[[str], list[str]]]:
    """An agent that syncs each second. What is handed over reads on until the words are said."""
    source = ("--connector", "csv", "--source", str(office.source))
    process = office.start("run", *source, "--every", "1s")
    said: list[str] = []

    def until(words: str) -> list[str]:
        end = time.monotonic() + PATIENCE
        assert process.stdout
        while not any(words in line for line in said[-1:]):
            assert time.monotonic() < end, said
            said.append(process.stdout.readline())
            assert said[-1], said
        return said

    try:
        yield until
        process.terminate()
        process.communicate(timeout=PATIENCE)
        assert process.returncode == 0
    finally:
        process.kill()
        process.communicate()


def log(office: Office) -> list[str]:
    return (office.data_dir / journal.FILE).read_text().splitlines()


def test_a_full_disk_is_told_waited_out_and_loses_nothing(account: Account) -> None:
    office = Office(account.folder / "small", account.folder / "records")
    with small_disk(office.data_dir):
        account.pair(office, "server")
        office.write("contact.csv", "id,city\nA,Bern\n")
        ballast = office.data_dir / "ballast"
        with running(office) as until:
            until("Synced: 1 change sent")
            fill(ballast)
            rows = "".join(f"{number},{'x' * 200}\n" for number in range(500))
            office.write("contact.csv", f"id,city\nA,Bern\n{rows}")
            until("The disk is full")
            until("It has been so since")
            ballast.unlink()
            said = until("500 changes sent")
        assert any(line.startswith("It works again") for line in said)
        assert {line.split()[0] for line in said} <= {"Synced:", "The", "It"}
        status = office.status()
        assert status["records"] == {"contact": 501}
        assert status["unsent"] == 0
        phone = account.phone("phone")
        phone.sync_until(lambda: phone.status()["records"] == {"contact": 501})


def test_a_full_disk_at_the_start_is_told(account: Account) -> None:
    office = Office(account.folder / "small", account.folder / "records")
    with small_disk(office.data_dir):
        account.pair(office, "server")
        fill(office.data_dir / "ballast")
        office.write("contact.csv", "id,city\nA,Bern\n")
        assert "full" in office.sync(code=1).err
        told = office.run("doctor", "--json", code=1).answer
        assert "disk-full" in [check.get("code") for check in told["checks"]]


def test_a_fault_that_lasts_is_told_since_when_and_its_log_names_nobody(account: Account) -> None:
    office = account.office("data", SECRETS[0])
    rows = f"id,name,mail,phone\nA,{','.join(SECRETS)}\nB\n"
    office.write("contact.csv", rows)
    office.write("firm.csv", f"id,name\n,{SECRETS[0]}\n")
    away = office.source.with_name("away")
    with running(office) as until:
        until("The next try is at")
        office.source.rename(away)
        until("It has been so since")
        status = office.status()["last_run"]
        assert (status["error"], status["since"] <= status["at"]) == ("source-missing", True)
        away.rename(office.source)
        office.write("contact.csv", rows.removesuffix("B\n"))
        until("It works again")
    lines = log(office)
    events = [line.split()[1] for line in lines]
    assert events[0] == "started"
    assert events[-1] == "ended"
    assert {"failed", "recovered", "synced"} <= set(events)
    assert any("code=source-missing since=2" in line for line in lines)
    shape = re.compile(r"[0-9TZ:-]{20} [a-z]+( [a-z_]+=[A-Za-z0-9_.:+-]+)*")
    assert [line for line in lines if not shape.fullmatch(line)] == []
    assert [secret for secret in SECRETS if secret in "\n".join(lines)] == []


def test_the_log_is_bounded_and_takes_no_text(tmp_path: Path) -> None:
    kept = Journal(tmp_path)
    long = "x" * 60
    while not (tmp_path / journal.OLDER).exists():
        kept.note("synced", code=long, sent=1, seconds=0.25)
    kept.note("failed", code=SECRETS[0])
    kept.note("failed", code="a" * 65)
    try:
        json.loads(SECRETS[0])
    except ValueError as error:
        kept.crashed(error)
    files = [tmp_path / journal.FILE, tmp_path / journal.OLDER]
    assert sum(file.stat().st_size for file in files) < 2 * journal.LARGEST
    said = files[0].read_text().splitlines()
    assert [line.split()[2:] for line in said[-3:-1]] == [["code=?"]] * 2
    assert "type=JSONDecodeError at=" in said[-1]
    assert not any(secret in line for line in said for secret in SECRETS)
    (tmp_path / journal.FILE).unlink()
    (tmp_path / journal.FILE).mkdir()
    kept.note("synced")  # what cannot be written stops nobody
    assert list((tmp_path / journal.FILE).iterdir()) == []
