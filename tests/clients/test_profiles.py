"""One agent for several accounts: each with its data, its interval and its failures."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.clients.program import CITIES, PATIENCE, Account, Client
from tests.stack import Stack
from tests.warm import Ran

NAMES = ("berg", "tal")


class Agent(Client):
    """The agent with a configuration in place of a data folder."""

    def __init__(self, config: Path) -> None:
        super().__init__("clients.agent", config.parent)
        self.config = config

    def words(self, *words: str) -> list[str]:
        return ["--config", str(self.config), *words]


class Pair(NamedTuple):
    """Two accounts and the agent that serves them; the second has no source yet."""

    agent: Agent
    accounts: dict[str, Account]
    folder: Path


@pytest.fixture
def pair(stack: Stack, tmp_path: Path) -> Pair:
    config = tmp_path / "agents.toml"
    config.write_text("".join(section(name, stack.url) for name in NAMES), encoding="utf-8")
    agent = Agent(config)
    accounts = {name: Account(stack, tmp_path) for name in NAMES}
    for name, account in accounts.items():
        agent.run("--profile", name, "pair", account.code("server"))
    (tmp_path / "berg-records").mkdir()
    (tmp_path / "berg-records" / "contacts.csv").write_text(CITIES, newline="")
    return Pair(agent, accounts, tmp_path)


def section(name: str, url: str) -> str:
    return (
        f'[profile.{name}]\nurl = "{url}"\nconnector = "csv"\nsource = "{name}-records"\n'
        'kinds = { contacts = "contact" }\nevery = "1s"\n'
    )


def profiles(agent: Agent, code: int = 0) -> dict[str, Any]:
    answer: dict[str, Any] = agent.run("status", "--json", code=code).answer["profiles"]
    return answer


def until(reached: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < end, "never came true"
        time.sleep(0.5)


def test_one_failing_account_stops_no_other(pair: Pair) -> None:
    ran = pair.agent.run("run", "--once", "--json", code=1)
    assert [json.loads(line)["profile"] for line in ran.out.splitlines()] == ["berg"]
    assert ran.answer["sent"] == 3
    assert ran.err.startswith("[tal] ")
    assert ran.err.count("\n") == 1
    told = profiles(pair.agent)
    assert told["berg"]["records"] == {"contact": 3}
    assert told["berg"]["account"]["number"] == pair.accounts["berg"].number
    assert told["tal"]["last_run"]["error"] == "source-missing"


def test_accounts_run_side_by_side_and_one_that_recovers_goes_on(pair: Pair) -> None:
    running = pair.agent.start("run")
    try:
        until(lambda: profiles(pair.agent)["berg"]["records"] == {"contact": 3})
        until(lambda: profiles(pair.agent)["tal"]["last_run"] is not None)
        source = pair.folder / "tal-records"
        source.mkdir()
        (source / "contacts.csv").write_text("id,city\nZ,Wien\n")
        until(lambda: profiles(pair.agent)["tal"]["records"] == {"contact": 1})
        running.terminate()
        said, _ = running.communicate(timeout=PATIENCE)
    finally:
        running.kill()
        running.communicate()
    assert running.returncode == 0, said
    assert {line.split()[0] for line in said.splitlines()} == {"[berg]", "[tal]", "Stopped."}


def test_an_account_that_is_not_paired_is_told_and_left_out(pair: Pair) -> None:
    (pair.folder / "tal" / "pairing.json").unlink()
    ran = pair.agent.run("run", "--once", code=3)
    assert "[berg] Synced: 3 changes sent" in ran.out
    assert ran.err.startswith("[tal] Nothing is paired")
    told = profiles(pair.agent, code=3)
    assert "pair CODE" in told["tal"]["trouble"]
    assert told["berg"]["unsent"] == 0


def test_a_profile_runs_alone_by_its_name(pair: Pair) -> None:
    assert pair.agent.run("run", "--once", "--json", "--profile", "berg").answer["sent"] == 3
    assert profiles(pair.agent)["tal"]["last_run"] is None


def test_what_is_for_one_account_asks_which(pair: Pair) -> None:
    for words in (("pair", "7KQ2-M9XF"), ("run", "--once", "--allow-mass-delete")):
        said = pair.agent.run(*words, code=2).err
        assert "--profile NAME" in said
        assert said.count("\n") == 1


WRONG = {
    "no file": None,
    "no TOML": "[profile.a\n",
    "no profile": 'url = "https://mailbox.example.com"\n',
    "an unknown key": '[profile.a]\nfolder = "x"\n',
    "a number": "[profile.a]\nsource = 3\n",
    "no span": '[profile.a]\nevery = "soon"\n',
    "no kind": '[profile.a]\nkinds = { contacts = "Contact!" }\n',
    "no connector": '[profile.a]\nconnector = "sql"\n',
    "no name": '[profile."a b"]\nurl = "https://mailbox.example.com"\n',
    "one folder": '[profile.a]\ndata_dir = "x"\n[profile.b]\ndata_dir = "./x"\n',
}


@pytest.mark.parametrize("case", WRONG)
def test_a_configuration_that_is_wrong_is_told_in_one_sentence(tmp_path: Path, case: str) -> None:
    config = tmp_path / "agents.toml"
    if text := WRONG[case]:
        config.write_text(text)
    said = refused(Agent(config).run("status", code=2))
    assert str(config) in said


def test_a_profile_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    config = tmp_path / "agents.toml"
    config.write_text(section("berg", "http://127.0.0.1:1"))
    said = refused(Agent(config).run("--profile", "thal", "status", code=2))
    assert "berg" in said


def test_a_profile_without_a_configuration_is_told(tmp_path: Path) -> None:
    said = refused(Client("clients.agent", tmp_path).run("--profile", "berg", "status", code=2))
    assert "--config FILE" in said


def test_pairing_without_an_address_says_so(tmp_path: Path) -> None:
    said = refused(Client("clients.agent", tmp_path).run("pair", "7KQ2-M9XF", code=2))
    assert "--url" in said


def refused(ran: Ran) -> str:
    """The one sentence on stderr."""
    assert ran.err.count("\n") == 1, ran.err
    assert "Traceback" not in ran.err
    return ran.err


def test_running_ends_when_no_account_can_go_on(pair: Pair) -> None:
    for name in NAMES:
        (pair.folder / name / "pairing.json").unlink()
    try:
        ended = subprocess.run(
            pair.agent.command("run"), capture_output=True, text=True, timeout=PATIENCE
        )
    except subprocess.TimeoutExpired:
        pytest.fail("it went on with nobody to serve")
    assert ended.returncode == 3
    assert ended.stderr.count("\n") == len(NAMES)
