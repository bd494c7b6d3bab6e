"""What is gone from Act! and how that is found out, where Act! itself never tells."""

from __future__ import annotations

from tests.clients.act.desk import Desk, assert_equal
from tests.clients.act.test_reaching import contact_ids


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
