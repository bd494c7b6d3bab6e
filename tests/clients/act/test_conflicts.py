"""What phone and office changed both: by whose word it is settled, and that nothing is lost."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from typing import NamedTuple

import pytest

from clients.agent.act.conflicts import Conflicts
from tests import warm
from tests.act.office import Office
from tests.clients.act.desk import RULES, Desk
from tests.clients.act.test_commands import connected
from tests.clients.program import PATIENCE, Account, Client, Phone
from tests.stack import Stack

OFFICE, PHONE, BOTH = "Set by the office", "Set by the phone", "Set by both"


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    words = ("--activities", "0", "--series", "0", "--histories", "5", "--secondary", "2")
    with Office(*words, contacts=30) as office:
        yield office


@pytest.fixture(scope="module")
def shared(made_up: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with closing(Desk(made_up, tmp_path_factory.mktemp("conflicts"))) as desk:
        desk.read_well()
        yield desk


@pytest.fixture
def desk(shared: Desk, request: pytest.FixtureRequest) -> Desk:
    """An agent with the policy that the test names."""
    policy = f'conflicts = "{request.param}"'
    shared.rules.write_text(RULES.replace('conflicts = "office"', policy), encoding="utf-8")
    shared.act.health()
    shared.office.do("reset")
    return shared


@pytest.fixture
def contact(desk: Desk) -> str:
    """One that both have left alone so far."""
    made: str = desk.edit("contact", fullName="Both Touch", website="old.example")["id"]
    desk.office.do("reset")
    return made


def under(*policies: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("desk", policies, indirect=True)


def clash(desk: Desk, contact: str) -> str:
    """Both change one field, and each another: the edit's outcome and its detail."""
    desk.office.change("contact", contact, jobTitle=OFFICE, department=OFFICE)
    said = desk.edit("contact", contact, jobTitle=PHONE, website="phone.example")
    return f"{said['state']}: {said.get('detail')}"


def stands(desk: Desk, contact: str) -> tuple[str, str, str]:
    """Title, department and website in Act!, which the phone has as well."""
    row, held = desk.row("contact", contact), desk.phone["contact", contact]
    names = ("jobTitle", "department", "website")
    assert [held.get(name, "") for name in names] == [row[name] for name in names]
    return row["jobTitle"], row["department"], row["website"]


@under("office", "ask")
def test_nothing_of_an_edit_is_written_where_the_office_stands(desk: Desk, contact: str) -> None:
    assert clash(desk, contact).startswith(
        "conflict: The office has changed this record since: jobT"
    )
    assert stands(desk, contact) == (OFFICE, OFFICE, "old.example")
    assert desk.writes() == []


@under("phone")
def test_the_phone_wins_its_own_fields_alone(desk: Desk, contact: str) -> None:
    said = clash(desk, contact)
    assert said == "applied: The phone's value stands before the office's: jobTitle."
    assert stands(desk, contact) == (PHONE, OFFICE, "phone.example")


@under("office", "phone")
def test_without_a_base_every_difference_is_one(desk: Desk, contact: str) -> None:
    said = desk.edit("contact", contact, base=10**6, department=PHONE, website=None)
    is_phones = said["state"] == "applied"
    assert said["state"] == ("applied" if "phone" in said.get("detail", "") else "conflict")
    assert (desk.row("contact", contact)["department"] == PHONE) == is_phones
    assert ("website" in said["detail"]) == (not is_phones)
    # What the phone does not name may be what it never saw.
    assert desk.row("contact", contact)["website"] == desk.phone["contact", contact]["website"]


@under("office")
def test_what_the_phone_saw_is_known_for_thirty_days(desk: Desk, contact: str) -> None:
    seen, base = desk.phone["contact", contact], desk.version("contact", contact)
    for number in range(3):
        desk.edit("contact", contact, department=f"{number}")
    said = desk.edit("contact", contact, seen=seen, base=base, website="late.example")
    assert said["state"] == "applied"
    assert desk.row("contact", contact)["department"] == "2"


@under("office")
def test_what_has_a_second_number_is_known_by_both(desk: Desk, contact: str) -> None:
    """A restored folder sends its queue under new numbers; the lost state sent it under the old."""
    seen, first = desk.phone["contact", contact], desk.version("contact", contact)
    with desk.store.db.transaction():
        assert desk.store.number_above(first + 1000)
    queued = desk.store.outbox.queued("contact", contact)
    assert queued
    assert queued.version > first + 1000
    desk.office.change("contact", contact, department=OFFICE)
    for base, name in ((queued.version, "website"), (first, "jobTitle")):
        said = desk.edit("contact", contact, seen=seen, base=base, **{name: PHONE})
        assert (said["state"], said.get("detail", "")) == ("applied", "")
    assert stands(desk, contact) == (PHONE, OFFICE, PHONE)


@under("office", "phone", "ask")
def test_a_delete_of_what_the_office_changed_follows_the_same_word(desk: Desk) -> None:
    link = {"id": desk.ids("contact")[0]}
    note = desk.edit("note", noteText="Theirs", contacts=[link])["id"]
    desk.office.change("note", note, noteTypeID=101)
    waiting = desk.act.pending()
    said = desk.edit("note", note, "delete")
    there = desk.office.ask("record", kind="note", id=note)["records"] != []
    assert there == (("note", note) in desk.phone) == (said["state"] == "conflict")
    assert desk.act.pending() - waiting == ("settles it" in said.get("detail", ""))


@under("ask")
def test_each_of_several_conflicts_keeps_what_its_phone_wanted(desk: Desk, contact: str) -> None:
    waiting = desk.act.pending()
    clash(desk, contact)
    desk.office.change("contact", contact, department=BOTH)
    desk.edit("contact", contact, department=PHONE)
    assert desk.act.pending() - waiting == 2


@under("office")
def test_words_that_the_office_has_formatted_since_are_changed_by_both(desk: Desk) -> None:
    link = {"id": desk.ids("contact")[0]}
    note = desk.edit("note", noteText="Call him", contacts=[link])["id"]
    desk.office.change("note", note, noteText="<p><b>Call</b> him</p>")
    said = desk.edit("note", note, noteText="Call her")
    assert (said["state"], "noteText" in said["detail"]) == ("conflict", True)
    assert "<b>" in desk.phone["note", note]["noteTextHtml"]


@under("ask")
def test_what_act_does_not_take_of_a_settled_conflict_waits_again(desk: Desk, contact: str) -> None:
    waiting = desk.act.pending()
    clash(desk, contact)
    conflicts = Conflicts(desk.store.db.connection)
    [conflict] = conflicts.on("contact", contact)
    with desk.store.db.transaction():
        conflicts.let_phone_stand(conflict.number)
    before = desk.phone["contact", contact]
    desk.office.plan("crash", "GET /api/contacts/{contactId}", times=3)
    desk.read_well()
    assert desk.phone["contact", contact] == before
    assert desk.act.pending() - waiting == 1
    assert "waits again" in " ".join(desk.act.refusals())


def taken(agent: Client, count: int) -> None:
    """Sync until so many edits of phones were taken: workers file them a moment after."""
    end = time.monotonic() + PATIENCE
    while count > 0:
        count -= agent.run("run", "--once", "--json").answer["received"]
        assert time.monotonic() < end, f"{count} edits never came"


class Trio(NamedTuple):
    """An office, the agent beside it whose conflicts wait, and a phone."""

    account: Account
    agent: Client
    phone: Phone


@pytest.fixture(scope="module")
def trio(stack: Stack, made_up: Office, tmp_path_factory: pytest.TempPathFactory) -> Trio:
    account = Account(stack, tmp_path_factory.mktemp("trio"))
    agent = connected(account, made_up)
    rules = agent.data_dir / "rules.toml"
    rules.write_text(RULES.replace('conflicts = "office"', 'conflicts = "ask"'), encoding="utf-8")
    agent.run("run", "--once")
    phone = account.phone("phone")
    phone.sync_until(lambda: phone.status()["records"] == agent.status()["records"])
    return Trio(account, agent, phone)


def states(phone: Phone, contact: str) -> set[str]:
    return {edit["state"] for edit in phone.edits("contact") if edit["id"] == contact}


def test_no_outcome_is_told_before_the_write(trio: Trio, made_up: Office) -> None:
    _, agent, phone = trio
    contact = min(phone.records("contact"))
    phone.run("edit", "contact", contact, "jobTitle=Written")
    phone.sync()
    # Act! goes away in the middle of the write.
    made_up.plan("unavailable", "PATCH /api/contacts/{contactId}")
    made_up.plan("unavailable", "GET /api/contacts/{contactId}", nth=2, times=3)
    end = time.monotonic() + PATIENCE
    while "503" not in warm.run(agent.module, *agent.words("run", "--once")).err:
        assert time.monotonic() < end
    phone.sync()
    assert states(phone, contact) == {"waiting"}
    taken(agent, 1)
    phone.sync_until(lambda: states(phone, contact) == {"applied"})
    [told] = made_up.ask("record", kind="contact", id=contact)["records"]
    assert told["row"]["jobTitle"] == "Written"


def test_a_conflict_is_listed_and_settled(trio: Trio, made_up: Office) -> None:
    account, agent, phone = trio
    first, second = sorted(phone.records("contact"))[10:12]
    for contact in (first, second):
        made_up.change("contact", contact, jobTitle=OFFICE, department=OFFICE)
        phone.run("edit", "contact", contact, f"jobTitle={PHONE}", "website=phone.example")
    phone.sync()
    taken(agent, 2)
    phone.sync_until(lambda: states(phone, first) | states(phone, second) == {"conflict"})
    listed = agent.run("conflicts", "--json").answer["conflicts"]
    assert [one["id"] for one in listed] == [first, second]
    assert {tuple(one["fields"]) for one in listed} == {("jobTitle",)}
    assert {one["device"] for one in listed} == {phone.status()["peer"]}
    assert "2: look" in agent.run("status").out
    assert "Conflict" in agent.run("explain", first).out
    [office] = [peer for peer in account.status()["peers"] if peer["role"] == "server"]
    assert office["pending"] == 2

    agent.run("resolve", first, "phone")
    agent.run("resolve", str(listed[1]["number"]), "office")
    agent.run("resolve", second, "office", code=2)
    made_up.change("contact", first, jobTitle=BOTH)
    agent.run("run", "--once")
    assert agent.run("conflicts").out.strip() == "No conflict waits."
    phone.sync_until(lambda: phone.field("contact", first, "jobTitle") == PHONE)
    assert phone.field("contact", second, "jobTitle") == OFFICE
    assert phone.field("contact", first, "department") == OFFICE
    assert phone.field("contact", first, "website") == "phone.example"
