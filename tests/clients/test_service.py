"""`install-service`: systemd and Windows can read what it writes, and it starts what ran before."""

from __future__ import annotations

import getpass
import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hhcportal.run.places import CHECKOUT
from tests.clients.program import Account, Client, Office
from tests.clients.test_profiles import Agent, section
from tests.stack import Stack

GOLDEN = Path(__file__).with_name("scheduled-task.xml")


@pytest.fixture(scope="module")
def office(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An agent in folders whose names hold what systemd and XML have their own use for."""
    folder = tmp_path_factory.mktemp("an office")
    office = Account(stack, folder).office("Büro & 100% 'agent'", 'the "records" $HOME')
    office.write("contact.csv", "id,city\nA,Bern\n")
    office.sync()
    return office


def verified(unit: Path) -> str:
    """What systemd finds amiss in a unit."""
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not installed here: nothing verifies the unit")
    ran = subprocess.run([program, "verify", str(unit)], capture_output=True, text=True)
    said = (ran.stdout + ran.stderr).splitlines()
    return "\n".join(line for line in said if unit.name in line) + "!" * ran.returncode


def members(unit: Path) -> dict[str, str]:
    return dict(re.findall(r"^(\w+)=(.*)$", unit.read_text(), re.MULTILINE))


def test_systemd_takes_the_unit_and_it_starts_this_agent(office: Office) -> None:
    told = office.run("install-service", "--json").answer
    unit = Path(told["file"])
    assert verified(unit) == ""
    assert len(told["steps"]) == 2
    assert shlex.split(told["steps"][0])[-2] == str(unit)
    found = members(unit)
    assert found["User"] == getpass.getuser()
    assert "Büro & 100%% 'agent'" in found["ReadWritePaths"]
    assert '"-' in found["ReadWritePaths"]
    words = [word.replace("%%", "%") for word in shlex.split(found["ExecStart"])]
    assert words == office.command("run")
    ran = subprocess.run(
        [*words[:-1], "status", "--json"], cwd=found["WorkingDirectory"], capture_output=True
    )
    assert json.loads(ran.stdout)["records"] == {"contact": 1}
    broken = unit.with_name("broken.service")
    broken.write_text(unit.read_text().replace("UMask=0077", "UMask=none"))
    assert verified(broken)


def test_windows_gets_the_task_that_is_on_file(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file on record follows the Task Scheduler's schema; nobody ran it on Windows yet."""
    monkeypatch.setenv("USERDOMAIN", "OFFICE")
    monkeypatch.setenv("LOGNAME", "agent")
    told = office.run("install-service", "--for", "windows", "--output", str(tmp_path)).out
    written = (tmp_path / "handheld-mailbox-agent.xml").read_bytes().decode("utf-16")
    [line] = [line for line in written.splitlines() if "<Arguments>" in line]
    named = subprocess.list2cmdline([str(office.data_dir)]).replace("&", "&amp;")
    assert named in line
    for this, shown in (
        (named, "DATA"), (f">{sys.executable}<", ">PYTHON<"), (f">{CHECKOUT}<", ">FOLDER<"),
    ):  # fmt: skip
        assert this in written
        written = written.replace(this, shown)
    assert written.replace("\r\n", "\n") == GOLDEN.read_text()
    assert told.count("schtasks") == 2


def test_all_profiles_run_in_one_service(stack: Stack, office: Office, tmp_path: Path) -> None:
    config = tmp_path / "agents.toml"
    config.write_text("".join(section(name, stack.url) for name in ("berg", "tal")))
    agent = Agent(config)
    said = agent.run("install-service", code=3).err
    assert "pair CODE" in said
    for name in ("berg", "tal"):
        agent.run("--profile", name, "pair", Account(stack, tmp_path).code("server"))
    unit = Path(agent.run("install-service", "--json").answer["file"])
    assert verified(unit) == ""
    found = members(unit)
    assert shlex.split(found["ExecStart"])[-3:] == ["--config", str(config), "run"]
    for name in ("berg", "berg-records", "tal", "tal-records"):
        assert f'{tmp_path / name}"' in found["ReadWritePaths"]


def test_what_cannot_start_yet_is_not_installed(account: Account, tmp_path: Path) -> None:
    assert (
        "pair CODE" in Client("clients.agent", tmp_path / "new").run("install-service", code=3).err
    )
    office = account.office()
    assert "not known yet" in office.run("install-service", code=2).err
    office.sync()
    nowhere = str(tmp_path / "nowhere")
    assert "--output" in office.run("install-service", "--output", nowhere, code=2).err
