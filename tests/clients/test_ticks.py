"""A program that runs on notices that its machine slept, and tells the mailbox."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from clients.ticks import Clocks, Gap, Ticks
from tests.clients.program import PATIENCE, Account, Office
from tests.conftest import LONG_FIGURES

BEGAN = Clocks(1_790_000_000.0, 5_000.0, "boot 1")
HOUR = 3600.0
# How far the wall clock and the steady one went on, whether the machine was started anew meanwhile,
# and how long the sleep was, if it was one.
CASES = {
    "a tick in time": (30, 30, False, None),
    "two minutes late at most": (150, 150, False, None),
    "the process was stopped, or the machine slept": (151, 151, False, 151),
    "the wall clock was set forward": (HOUR, 30, False, None),
    "set forward while it slept": (3 * HOUR, HOUR, False, HOUR),
    "the wall clock was set back": (-HOUR, 30, False, None),
    "set back while it slept": (-HOUR, HOUR, False, None),
    "the power was lost": (8 * HOUR, -4_900, True, 8 * HOUR),
    "started anew, and up for longer than before": (8 * HOUR, HOUR, True, 8 * HOUR),
    "started anew at once": (90, -4_900, True, None),
}


@pytest.mark.parametrize(("wall", "steady", "anew", "slept"), CASES.values(), ids=CASES)
def test_only_a_gap_that_both_clocks_know_is_sleep(
    tmp_path: Path, wall: float, steady: float, anew: bool, slept: float | None
) -> None:
    now = [BEGAN]
    Ticks(tmp_path, lambda: now[0]).tick()
    now[0] = Clocks(BEGAN.wall + wall, BEGAN.steady + steady, "boot 2" if anew else BEGAN.boot)
    ticks = Ticks(tmp_path, lambda: now[0])  # as after a start: the last tick is read from the disk
    assert ticks.slept() == ([Gap(now[0].wall - slept, now[0].wall)] if slept else [])


def test_a_gap_is_told_until_the_mailbox_knows_it(tmp_path: Path) -> None:
    now = [BEGAN]
    ticks = Ticks(tmp_path, lambda: now[0])
    for _ in range(102):
        ticks.tick()
        now[0] = Clocks(now[0].wall + HOUR, now[0].steady + HOUR, BEGAN.boot)
    ticks = Ticks(tmp_path, lambda: now[0])
    told = ticks.slept()
    assert len(told) == 100  # the newest
    ticks.reported(told[:40])
    assert Ticks(tmp_path, lambda: now[0]).slept() == told[40:]


@pytest.mark.parametrize("left", [b"", b"{", b"[]", b'[["x"],[]]', b'[null,[["a"]]]', b"\xff"])
def test_a_damaged_file_is_as_none(tmp_path: Path, left: bytes) -> None:
    (tmp_path / "ticks.json").write_bytes(left)
    assert Ticks(tmp_path, lambda: BEGAN).slept() == []


def run_on(office: Office) -> subprocess.Popen[str]:
    """Start the agent for good, and wait until it has synced once."""
    before = office.status().get("last_run")
    time.sleep(1.0 if before else 0.0)  # a run is told from the one before by its second
    source = ("--connector", "csv", "--source", str(office.source))
    running = office.start("run", "--every", "1h", *source)
    end = time.monotonic() + PATIENCE
    while office.status().get("last_run") == before:
        assert time.monotonic() < end
        time.sleep(0.1)
    return running


def lay_back(office: Office, seconds: float) -> None:
    """As if the last tick had been that much earlier."""
    file = office.data_dir / "ticks.json"
    (wall, steady, boot), slept = json.loads(file.read_bytes())
    file.write_text(json.dumps([[wall - seconds, steady - seconds, boot], slept]))


def findings(account: Account) -> dict[str, dict[str, Any]]:
    return {finding["code"]: finding for finding in account.status()["findings"]}


def test_an_agent_that_was_cut_off_tells_since_when(account: Account) -> None:
    office = account.office()
    office.write("contacts.csv", "id,city\nA,Bern\n")
    running = run_on(office)
    running.kill()
    running.communicate()
    lay_back(office, 2 * HOUR)
    office.write("contacts.csv", "id,city\nA,Bern\nB,Genf\n")
    running = run_on(office)
    assert "1 record came late" in findings(account)["server-slept"]["sentence"]
    running.send_signal(signal.SIGTERM)
    running.communicate()
    kept = json.loads((office.data_dir / "ticks.json").read_bytes())
    assert kept == [None, []]  # it ended by itself: until it is started again it does not sleep


@pytest.mark.skipif(not LONG_FIGURES, reason="stopped for three minutes")
def test_a_stopped_agent_tells_of_it_when_it_goes_on(account: Account) -> None:
    office = account.office()
    office.write("contacts.csv", "id,city\nA,Bern\n")
    running = run_on(office)
    running.send_signal(signal.SIGSTOP)
    time.sleep(180)
    running.send_signal(signal.SIGCONT)
    end = time.monotonic() + PATIENCE
    while not json.loads((office.data_dir / "ticks.json").read_bytes())[1]:
        assert time.monotonic() < end
        time.sleep(0.5)
    running.kill()
    running.communicate()
