"""What is gone from Act! and how that is found out, where Act! itself never tells."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from clients.agent.connectors import choice
from clients.agent.connectors.csv_folder import CsvFolder
from clients.agent.source import read_source
from tests.act.office import Office
from tests.clients.act.desk import RULES, Desk, assert_equal
from tests.clients.act.test_reaching import contact_ids

MEMBERS = "GET /api/groups/*/associated-contacts"


def codes(desk: Desk) -> list[str]:
    """The codes of the troubles of one reading."""
    return [trouble.code for trouble in desk.read().troubles]


def test_what_was_deleted_is_found_by_the_next_sweep_and_not_before(desk: Desk) -> None:
    desk.read_well()
    contact = contact_ids(desk)[0]
    desk.office.delete("contact", contact)
    desk.read_well()
    assert ("contact", contact) in desk.phone
    desk.pass_time(hours=6)
    desk.read_well()
    assert ("contact", contact) not in desk.phone
    assert_equal(desk)


def test_one_miss_deletes_nothing_while_act_does_not_answer_by_id(desk: Desk) -> None:
    desk.read_well()
    note = next(id for kind, id in desk.phone if kind == "note")
    desk.office.delete("note", note)
    desk.office.plan("crash", "GET /api/notes/{id}", times=1000)
    desk.pass_time(hours=6)
    desk.read_well()
    assert ("note", note) in desk.phone
    desk.pass_time(hours=6)
    desk.read_well()
    assert ("note", note) not in desk.phone


def test_a_backdated_edit_is_found_by_the_sweep(desk: Desk) -> None:
    desk.read_well()
    contact = contact_ids(desk)[0]
    desk.office.change("contact", contact, edited="2019-05-05T12:00:00Z", businessPhone="030 77")
    desk.read_well()
    assert desk.phone["contact", contact].get("businessPhone") != "030 77"
    desk.pass_time(hours=6)
    desk.read_well()
    assert desk.phone["contact", contact]["businessPhone"] == "030 77"


def test_a_restored_backup_ends_in_what_it_holds(desk: Desk) -> None:
    desk.office.do("backup", name="monday")
    desk.office.office_day(60)
    desk.read_well()
    assert_equal(desk)
    desk.office.do("restore", name="monday")
    desk.pass_time(hours=6)
    desk.read(allow_mass_delete=True)
    assert_equal(desk)


def test_too_much_that_is_missing_is_held_until_somebody_means_it(desk: Desk) -> None:
    desk.read_well()
    before = desk.phone
    desk.office.do("rights", sees_all=False)
    desk.pass_time(hours=6)
    assert "mass-delete-held" in codes(desk)
    held = {key for key in before if key[0] in ("contact", "history")}
    assert held <= desk.phone.keys()
    # It stays so, however often it is looked at.
    assert "mass-delete-held" in codes(desk)
    assert held <= desk.phone.keys()
    desk.pass_time(hours=6)
    assert desk.read(allow_mass_delete=True).troubles == []
    assert_equal(desk)


def test_a_few_that_are_missing_are_not_held(desk: Desk) -> None:
    desk.read_well()
    gone = contact_ids(desk)[:3]
    for contact in gone:
        desk.office.delete("contact", contact)
    desk.pass_time(hours=6)
    desk.read_well()
    assert not {("contact", contact) for contact in gone} & desk.phone.keys()


@pytest.fixture
def group(people: Desk) -> dict[str, str]:
    """A group of 25 people, and of nobody else."""
    row: dict[str, str] = next(people.office.truth("group"))["row"]
    for n, told in enumerate(list(people.office.truth("contact"))):
        if (row["id"] in told["groups"]) is not (n < 25):
            people.office.do("member", group=row["id"], contact=told["row"]["id"], is_in=n < 25)
    return row


@pytest.mark.parametrize("line", ['group = "%s"', 'group = { not = "%s" }'])
def test_a_group_that_is_suddenly_empty_is_not_believed_until_somebody_means_it(
    people: Desk, group: dict[str, str], line: str
) -> None:
    people.rules.write_text(f"{RULES}[[sync_set]]\n{line % group['name']}\n", encoding="utf-8")
    people.read_well()
    before = contact_ids(people)
    assert 10 < len(before) < 30
    people.office.plan("empty", MEMBERS, times=1000)
    people.office.change("contact", before[0], jobTitle="Boss")
    assert codes(people) == codes(people) == ["mass-delete-held"]
    assert contact_ids(people) == before
    assert people.phone["contact", before[0]]["jobTitle"] == "Boss"
    assert people.read(allow_mass_delete=True).troubles == []
    assert_equal(people, lambda told: "not" in line)


def test_members_that_act_does_not_tell_stay_members(people: Desk, group: dict[str, str]) -> None:
    rule = f'{RULES}[[sync_set]]\ngroup = "{group["name"]}"\n'
    people.rules.write_text(rule, encoding="utf-8")
    people.read_well()
    before = contact_ids(people)
    for fault in ("crash", "missing"):
        people.office.plan(fault, MEMBERS, times=1000)
        people.office.change("contact", before[0], jobTitle=fault)
        assert len(codes(people)) == 1
        assert contact_ids(people) == before
        assert people.phone["contact", before[0]]["jobTitle"] == fault
        people.office.do("clear-faults")
    people.read_well()
    assert_equal(people, lambda told: group["id"] in told["groups"])


def test_what_another_connector_did_meanwhile_is_made_good(people: Desk, tmp_path: Path) -> None:
    act = {"connector": "act", "act": people.settings.to_json()}
    choice.keep(people.store, act)
    people.read_well()
    files = tmp_path / "files"
    files.mkdir()
    (files / "contact.csv").write_text("id,fullName\nALFKI,Maria Anders\n", encoding="utf-8")
    choice.keep(people.store, {"connector": "csv", "source": str(files)})
    read_source(people.store, CsvFolder(files, {}), since=None, allow_mass_delete=True)
    assert people.phone.keys() == {("contact", "ALFKI")}
    choice.keep(people.store, act)
    people.read_well()
    assert_equal(people)


def test_secondary_contacts_come_with_their_contact_and_leave_with_it(desk: Desk) -> None:
    desk.read_well()
    contact = contact_ids(desk)[0]
    child = desk.office.create("secondary_contact", parent=contact, lastName="Assistant")
    desk.office.change("contact", contact, jobTitle="Boss")
    desk.read_well()
    assert ("secondary_contact", child) in desk.phone
    desk.office.delete("secondary_contact", child)
    desk.pass_time(hours=21)
    desk.read_well()
    assert ("secondary_contact", child) not in desk.phone


def test_an_agent_that_comes_twice_a_day_asks_for_all_secondary_contacts_each_time(
    people: Desk,
) -> None:
    contact = people.office.create("contact", lastName="Boss")
    child = people.office.create("secondary_contact", parent=contact, lastName="Assistant")
    people.read_well()
    assert ("secondary_contact", child) in people.phone
    people.office.delete("secondary_contact", child)
    people.pass_time(hours=13)
    people.read_well()
    assert ("secondary_contact", child) not in people.phone


def test_a_first_sync_leaves_what_is_above_500_to_the_runs_of_its_day(
    tmp_path: Path,
) -> None:
    none = ("histories", "notes", "activities", "opportunities", "companies", "groups")
    words = [word for name in none for word in (f"--{name}", "0")]
    with (
        Office(*words, contacts=600) as office,
        closing(Desk(office, tmp_path)) as desk,
    ):

        def asked() -> int:
            routes = office.counters()["routes"]
            return int(routes["GET /api/contacts/{contactId}/secondary-contacts"])

        desk.read_well()
        travelling = len(contact_ids(desk))
        assert 500 <= asked() < 550 < travelling
        desk.pass_time(hours=5)
        desk.read_well()
        assert asked() == travelling


def test_secondary_contacts_are_asked_for_many_at_once_where_act_can(desk: Desk) -> None:
    desk.read_well()
    routes = desk.office.counters()["routes"]
    assert any(kind == "secondary_contact" for kind, _ in desk.phone)
    # One of the batches is the probe's.
    assert 2 <= routes["POST /api/$batch"] <= 4
    assert_equal(desk)


def test_the_calendar_rolls_on_with_the_days(desk: Desk) -> None:
    desk.read_well()
    assert_equal(desk)
    desk.pass_time(days=20)
    desk.read_well()
    assert_equal(desk)


def test_where_days_are_no_filter_few_of_those_to_come_are_looked_at_each_day(desk: Desk) -> None:
    desk.office.do("version", api_version="1.1.524.0", without=["start-filter"])
    desk.read_well()
    desk.office.do("reset")
    desk.pass_time(days=1)
    desk.read_well()
    assert desk.office.counters()["routes"]["GET /api/tasks/{taskId}"] < 150
    assert_equal(desk)
