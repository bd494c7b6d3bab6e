"""What phone and office changed both: by whose word it is settled, and that nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.act.office import Office
from tests.clients.act.desk import RULES, Desk
from tests.clients.act.test_commands import connected
from tests.clients.program import Account

OFFICE, PHONE, BOTH = "Set by the office", "Set by the phone", "Set by both"


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    words = ("--activities", "0", "--series", "0", "--histories", "5", "--secondary", "2")
    with Office(*words, contacts=30) as office:
        yield office


@pytest.fixture
def desk(made_up: Office, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Desk]:
    """An agent with the policy that the test names."""
    rules = RULES.replace('conflicts = "office"', f'conflicts = "{request.param}"')
    with closing(Desk(made_up, tmp_path, rules)) as desk:
        desk.read_well()
        made_up.do("reset")
        yield desk


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
def test_nothing_of_an_edit_is_written_where_the_office_stands(desk: Desk) -> None:
    contact = desk.ids("contact")[0]
    website = desk.row("contact", contact)["website"]
    assert clash(desk, contact).startswith(
        "conflict: The office has changed this record since: jobT"
    )
    assert stands(desk, contact) == (OFFICE, OFFICE, website)
    assert desk.writes() == []


@under("phone")
def test_the_phone_wins_its_own_fields_alone(desk: Desk) -> None:
    contact = desk.ids("contact")[1]
    said = clash(desk, contact)
    assert said == "applied: The phone's value stands before the office's: jobTitle."
    assert stands(desk, contact) == (PHONE, OFFICE, "phone.example")


@under("office", "phone")
def test_without_a_base_every_difference_is_one(desk: Desk) -> None:
    contact = desk.ids("contact")[2]
    said = desk.edit("contact", contact, base=10**6, department=PHONE, website=None)
    is_phones = said["state"] == "applied"
    assert said["state"] == ("applied" if "phone" in said.get("detail", "") else "conflict")
    assert (desk.row("contact", contact)["department"] == PHONE) == is_phones
    # What the phone does not name may be what it never saw.
    assert desk.row("contact", contact)["website"] == desk.phone["contact", contact]["website"]


@under("office")
def test_what_the_phone_saw_is_known_for_thirty_days(desk: Desk) -> None:
    contact = desk.ids("contact")[3]
    seen, base = desk.phone["contact", contact], desk.version("contact", contact)
    for number in range(3):
        desk.edit("contact", contact, department=f"{number}")
    said = desk.edit("contact", contact, seen=seen, base=base, website="late.example")
    assert said["state"] == "applied"
    assert desk.row("contact", contact)["department"] == "2"


@under("office", "phone", "ask")
def test_a_delete_of_what_the_office_changed_follows_the_same_word(desk: Desk) -> None:
    note = desk.ids("note")[0]
    desk.office.change("note", note, noteTypeID=101)
    said = desk.edit("note", note, "delete")
    there = desk.office.ask("record", kind="note", id=note)["records"] != []
    assert there == (("note", note) in desk.phone) == (said["state"] == "conflict")
    assert desk.act.pending() == ("settles it" in said.get("detail", ""))


@under("ask")
def test_each_of_several_conflicts_keeps_what_its_phone_wanted(desk: Desk) -> None:
    contact = desk.ids("contact")[4]
    clash(desk, contact)
    desk.office.change("contact", contact, department=BOTH)
    desk.edit("contact", contact, department=PHONE)
    assert desk.act.pending() == 2


def test_a_conflict_is_listed_and_settled(account: Account, made_up: Office) -> None:
    agent = connected(account, made_up)
    rules = agent.data_dir / "rules.toml"
    rules.write_text(RULES.replace('conflicts = "office"', 'conflicts = "ask"'), encoding="utf-8")
    agent.run("run", "--once")
    phone = account.phone("phone")
    phone.sync_until(lambda: phone.status()["records"] == agent.status()["records"])
    first, second, locked = sorted(phone.records("contact"))[10:13]
    for contact in (first, second):
        made_up.change("contact", contact, jobTitle=OFFICE, department=OFFICE)
        phone.run("edit", "contact", contact, f"jobTitle={PHONE}", "website=phone.example")
    phone.sync()
    take(agent, 2)
    phone.sync_until(lambda: {e["state"] for e in phone.edits("contact")} == {"conflict"})
    listed = agent.run("conflicts", "--json").answer["conflicts"]
    assert [one["id"] for one in listed] == [first, second]
    assert {tuple(one["fields"]) for one in listed} == {("jobTitle",)}
    assert {one["device"] for one in listed} == {phone.status()["peer"]}
    assert "2: look" in agent.run("status").out
    assert "Conflict" in agent.run("explain", first).out
    assert account.status()["server"]["pending"] == 2

    agent.run("resolve", first, "phone")
    agent.run("resolve", str(listed[1]["number"]), "office")
    agent.run("resolve", second, "office", code=2)
    made_up.change("contact", first, jobTitle=BOTH)
    agent.run("run", "--once")
    assert agent.run("conflicts").out.strip() == "No conflict waits."
    wanted = {first: (PHONE, "phone.example"), second: (OFFICE, None)}

    def settled() -> bool:
        held = {id: phone.records("contact")[id]["data"] for id in wanted}
        return held[first]["jobTitle"] == PHONE and held[second]["jobTitle"] == OFFICE

    phone.sync_until(settled)
    assert phone.field("contact", first, "department") == OFFICE
    assert phone.field("contact", first, "website") == "phone.example"
