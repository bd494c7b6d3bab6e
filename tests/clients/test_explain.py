"""`explain`: where one record stands, as the agent and the mailbox know it."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.clients.program import PATIENCE, Account, Office
from tests.journeys.line import Line
from tests.stack import Stack

ROWS = "id,fullName,city\nA1,Maria Anders,Bern\nA2,Mario Pontes,Genf\nB1,Zoë Förster,Basel\n"


@pytest.fixture(scope="module")
def shared(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Account:
    """For the tests that only look."""
    return Account(stack, tmp_path_factory.mktemp("explain"))


@pytest.fixture(scope="module")
def still(shared: Account) -> Office:
    return opened(shared)


@pytest.fixture
def office(account: Account) -> Office:
    return opened(account)


def opened(account: Account) -> Office:
    office = account.office()
    office.write("contact.csv", ROWS)
    office.sync()
    return office


def explained(office: Office, wanted: str) -> dict[str, Any]:
    """The one record that `wanted` finds."""
    [found] = office.run("explain", wanted, "--json").answer["found"]
    assert isinstance(found, dict)
    return found


def applied(office: Office, wanted: str) -> dict[str, Any]:
    """The same, once workers have applied its batch."""
    end = time.monotonic() + PATIENCE
    while (found := explained(office, wanted))["mailbox"]["state"] != "applied":
        assert time.monotonic() < end, found
    return found


@pytest.mark.parametrize("wanted", ["B1", "zoë", "FÖRSTER"])
def test_a_record_is_found_by_its_id_or_a_part_of_its_name(still: Office, wanted: str) -> None:
    found = explained(still, wanted)
    assert (found["kind"], found["id"], found["name"]) == ("contact", "B1", "Zoë Förster")


def test_what_was_sent_is_followed_into_the_mailbox(still: Office, shared: Account) -> None:
    found = applied(still, "A1")
    assert found["office"] == "sent"
    assert found["version"] == found["accepted"]["version"]
    assert found["mailbox"] == {"state": "applied", "applied": 3, "stale": 0}
    assert (
        found["portal"]
        == f"{shared.stack.url}/accounts/{shared.number}/mailbox/?id=A1&kind=contact"
    )
    said = still.run("explain", "A1").out
    for part in (found["accepted"]["batch"], found["accepted"]["at"], found["portal"], "applied"):
        assert part in said


def test_what_still_lies_in_the_office_is_told(office: Office, account: Account) -> None:
    before = explained(office, "A1")
    office.write("contact.csv", ROWS.replace("Bern", "Thun") + "N1,Neu,Chur\n")
    assert explained(office, "A1")["office"] == "changed"
    assert explained(office, "N1") | {"name": ""} == {
        "kind": "contact",
        "id": "N1",
        "name": "",
        "version": None,
        "office": "new",
        "stays": None,
        "conflicts": [],
        "refused": None,
        "accepted": None,
        "mailbox": None,
        "portal": before["portal"].replace("id=A1", "id=N1"),
    }
    account.stack.manage("set_state", account.number, "suspended")
    office.sync(code=4)
    found = explained(office, "A1")
    assert found["office"] == "unsent"
    assert found["version"] > before["version"]
    assert found["accepted"] == before["accepted"]
    account.stack.manage("set_state", account.number, "active")
    office.sync()
    found = explained(office, "A1")
    assert found["office"] == "sent"
    assert found["accepted"]["batch"] != before["accepted"]["batch"]


def test_a_record_that_is_gone_is_told_by_its_id(office: Office) -> None:
    office.write("contact.csv", ROWS.replace("B1,Zoë Förster,Basel\n", ""))
    assert explained(office, "B1")["office"] == "gone"
    office.sync()
    found = applied(office, "B1")
    assert found["office"] == "deleted"
    assert found["mailbox"]["applied"] == 1


def test_a_record_that_the_mailbox_refused_is_told_with_its_reason(office: Office) -> None:
    office.write("contact.csv", ROWS + f"L1,{'x' * 3_000_000},Bern\n")
    office.sync()
    found = explained(office, "L1")
    assert found["office"] == "refused"
    assert found["refused"]["code"] == "data-too-large"
    assert found["accepted"] is None
    assert "data-too-large" in office.run("explain", "L1").out


def test_a_snapshot_that_goes_on_later_hides_nothing_newer(
    office: Office, account: Account, line: Line
) -> None:
    account.command(office, "resend-all")
    source = ("--connector", "csv", "--source", str(office.source))
    with line.halted("POST", "batches", "request") as halt:
        running = office.start("run", "--once", *source, "--url", line.url)
        halt.wait()
        running.kill()
        running.communicate(timeout=PATIENCE)
        halt.drop()
    office.write("contact.csv", ROWS.replace("Bern", "Thun").replace("Genf", "x" * 3_000_000))
    office.sync()
    found = explained(office, "A1")
    assert found["office"] == "sent"
    assert found["accepted"]["version"] == found["version"]
    found = explained(office, "A2")
    assert found["office"] == "refused"
    assert found["refused"]["code"] == "data-too-large"
    assert found["accepted"]["version"] < found["version"]


def test_several_are_listed_to_choose_from(still: Office) -> None:
    said = still.run("explain", "mari").out
    assert "A1" in said
    assert "A2" in said
    assert "B1" not in said
    assert "explain one by its id" in said


def test_nothing_found_is_one_sentence_with_what_to_do(still: Office) -> None:
    said = still.run("explain", "Nobody", code=1).err
    assert said.count("\n") == 1
    assert "'Nobody'" in said
    assert "run --once" in said


def test_without_the_source_the_ids_that_were_sent_are_still_known(still: Office) -> None:
    away = still.source.rename(still.source.with_name("away"))
    ran = still.run("explain", "A1", "--json")
    assert "--source" in ran.err
    assert ran.answer["found"][0]["office"] == "sent"
    away.rename(still.source)
