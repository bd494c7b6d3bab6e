"""`doctor`: what it tells of an office in order, and of each thing that stands in the way."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

from clients.agent.act import checkup
from clients.agent.checks import Examination, LeftOut
from clients.database import Database
from tests.act.office import Office
from tests.clients.act.scripted import DATABASE, USER, Server, data
from tests.clients.act.test_commands import connected
from tests.clients.program import Account, Client
from tests.stack import Stack

NAMES = ["program", "disk", "mailbox", "clock", "act", "act-clock", "act-sign-in", "act-lock"]


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    few = {"histories": 9, "activities": 5, "series": 1, "opportunities": 5, "secondary": 0}
    words = [word for name, count in few.items() for word in (f"--{name}", str(count))]
    with Office(*words, contacts=40) as office:
        yield office


@pytest.fixture(scope="module")
def agent(stack: Stack, office: Office, tmp_path_factory: pytest.TempPathFactory) -> Client:
    return connected(Account(stack, tmp_path_factory.mktemp("office")), office)


@pytest.fixture(autouse=True)
def in_order(office: Office) -> Iterator[None]:
    yield
    office.do("clear-faults")
    office.do("lock", state="UNLOCK")
    office.do("rights", sees_all=True)
    office.do("refuse", code=None)
    office.do("forgive")


def examined(agent: Client, code: int = 0) -> dict[str, dict[str, Any]]:
    """The checks by their names; of several of one name the worst."""
    told = agent.run("doctor", "--json", code=code).answer
    by_state = sorted(
        told["checks"], key=lambda check: ["ok", "warning", "trouble"].index(check["state"])
    )
    assert told["state"] == by_state[-1]["state"]
    return {check["check"]: check for check in by_state}


def sign_ins(office: Office) -> int:
    count: int = office.ask("counters")["routes"]["GET /authorize"]
    return count


def test_an_office_in_order_is_told_line_by_line(agent: Client) -> None:
    found = examined(agent)
    assert set(NAMES) <= set(found)
    amiss = {name for name, check in found.items() if check["state"] != "ok"}
    # Nobody has started it yet.
    assert amiss == {"next-run"}
    assert "nothing missing" in found["act-can"]["says"]
    shown = agent.run("doctor")
    assert len(shown.out.splitlines()) >= len(found)
    assert {line.split()[0] for line in shown.out.splitlines()} == {"ok", "warning"}


WRONG: dict[str, tuple[tuple[str, dict[str, Any]], str, str, str]] = {
    "one wrong answer to the sign-in is a token": (
        ("fault", {"what": "unauthorized", "route": "GET /authorize", "times": 99}),
        "act-sign-in", "crm-sign-in-refused", "enter the password anew",
    ),
    "no licence": (("refuse", {"code": 4031}), "act-sign-in", "crm-licence-expired", "renew"),
    "no right to the Web API": (
        ("refuse", {"code": 4032}), "act-sign-in", "crm-right-missing", "Web API Access",
    ),
    "another release": (("refuse", {"code": 4030}), "act-sign-in", "act-incompatible", "update"),
    "a restore": (
        ("lock", {"state": "LOCK", "reason": "Restore"}), "act-lock", "act-locked", "Restore",
    ),
    "one kind refused": (
        ("fault", {"what": "forbidden", "route": "GET /api/notes*", "times": 99, "code": 403}),
        "act-kinds", "crm-right-missing", "kind note",
    ),
    "an address list": (
        ("fault", {"what": "addresses", "route": "GET /api/system", "times": 99}),
        "act", "act-address-not-allowed", "IIS",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_stands_in_the_way_is_told_with_its_code_and_remedy(
    agent: Client, office: Office, case: str
) -> None:
    (does, how), name, code, remedy = WRONG[case]
    office.do(does, **how)
    check = examined(agent, code=1)[name]
    assert (check["state"], check["code"]) == ("trouble", code)
    assert remedy in check["says"]
    (agent.data_dir / "act-password-refused").unlink(missing_ok=True)


def test_a_user_that_sees_its_own_records_alone_is_warned_of_by_the_rights_name(
    agent: Client, office: Office
) -> None:
    office.do("rights", sees_all=False)
    check = examined(agent)["act-rights"]
    assert check["state"] == "warning"
    assert "Access All Non-Private Data" in check["says"]


def test_a_refused_password_is_tried_once_and_its_rest_is_told(
    agent: Client, office: Office
) -> None:
    right = office.password
    office.do("password", new="another")
    try:
        assert "refuses" in examined(agent, code=1)["act-sign-in"]["says"]
        asked = sign_ins(office)
        assert "not tried again" in examined(agent, code=1)["act-sign-in"]["says"]
        assert sign_ins(office) == asked
    finally:
        office.do("password", new=right)
        (agent.data_dir / "act-password-refused").unlink()


@pytest.mark.parametrize(
    ("off", "state", "words"),
    [(4 * 3600, "warning", "4 h ahead"), (-600, "warning", "10 min behind")],
)
def test_a_clock_that_is_wrong_is_told(
    server: Server, tmp_path: Path, off: float, state: str, words: str
) -> None:
    date = formatdate(time.time() + off, usegmt=True)
    server.plays = lambda asked: data({"apiVersion": "1.1.524.0"}, Date=date)
    known = {"url": server.url, "database": DATABASE, "user": USER, "rules": "none"}
    examination = Examination()
    with closing(Database(Path(":memory:"))) as db, pytest.raises(LeftOut):
        checkup.examine(examination, known, db, tmp_path)
    [check] = [check for check in examination.checks if check.name == "act-clock"]
    assert (check.state, words in check.says) == (state, True)


def test_rules_that_mean_nothing_are_told(agent: Client) -> None:
    rules = agent.data_dir / "rules.toml"
    kept = rules.read_text()
    rules.write_text('[[sync_set]]\ngroup = "Nobody knows it"\n')
    try:
        check = examined(agent, code=2)["act-rules"]
    finally:
        rules.write_text(kept)
    assert (check["state"], "line 2" in check["says"]) == ("trouble", True)


def test_a_lock_and_a_restart_are_told_waited_out_and_seen_by_doctor(
    agent: Client, office: Office
) -> None:
    office.do("lock", state="LOCK", reason="Repair")
    running = agent.start("run", "--every", "2s")

    def until(words: str) -> str:
        assert running.stdout
        while words not in (line := running.stdout.readline()):
            assert line, "it ended"
        return line

    try:
        assert "The next try is at" in until("locked (Repair)")
        assert "It has been so since" in until("locked (Repair)")
        found = examined(agent, code=1)
        assert found["next-run"]["says"].startswith("An agent runs here")
        assert found["last-run"]["state"] == "warning"
        assert "act-locked" in found["last-run"]["says"]
        office.do("lock", state="UNLOCK")
        until("It works again; it did not since")
        until("Synced: ")
        office.do("fault", what="unavailable", times=9999)
        until("failed while it answered (503)")
        contact = office.create("contact", fullName="Late Comer")
        office.do("clear-faults")
        until("It works again; it did not since")
        assert until("Synced: ").startswith("Synced: 1 change sent")
    finally:
        running.terminate()
        running.communicate(timeout=30)
    assert agent.run("explain", contact, "--json").answer["found"][0]["kind"] == "contact"
    assert "No agent runs here" in examined(agent)["next-run"]["says"]


def test_a_service_needs_the_password_in_a_file(agent: Client, office: Office) -> None:
    agent.run("connect", "--no-keyring", typed=office.password + "\n")
    file = agent.data_dir / "act-password.json"
    assert "systemctl" in agent.run("install-service", "--for", "systemd").out
    away = file.rename(file.with_suffix(".away"))
    try:
        assert "connect --no-keyring" in agent.run("install-service", code=1).err
    finally:
        away.rename(file)


def test_a_folder_without_a_pairing_says_so(tmp_path: Path) -> None:
    found = examined(Client("clients.agent", tmp_path), code=3)
    assert found["pairing"]["code"] == "not-paired"


def test_a_mailbox_out_of_reach_hides_nothing_of_the_office(account: Account) -> None:
    """And a folder of CSV files is looked at as well."""
    office = account.office()
    office.write("contact.csv", "id,city\nA,Bern\nB\n")
    office.write("firm.csv", "id,city\nA,Bern\n,Genf\n")
    office.sync(code=1)
    agent = Client("clients.agent", office.data_dir)
    found = examined(agent, code=1)
    assert found["files"]["state"] == "trouble"
    office.write("contact.csv", "id,city\nA,Bern\n")
    found = examined(agent)
    assert found["files"]["says"].startswith("firm.csv row 3")
    pairing = office.data_dir / "pairing.json"
    pairing.write_text(pairing.read_text().replace(account.stack.url, "http://127.0.0.1:9"))
    found = examined(agent, code=5)
    assert found["mailbox"]["state"] == "trouble"
    assert found["source"]["state"] == "ok"
