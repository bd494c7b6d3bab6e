"""What reaches the phones from a made-up Act! office: all that may, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from clients.trouble import Trouble
from tests.clients.act.desk import RULES, Desk, assert_equal, files_of

SET = (
    RULES
    + """
[[sync_set]]
"ID/Status" = { not = "Customer" }
[[sync_set]]
group = "%s"
"""
)
VALUE = '[[sync_set]]\n"ID/Status" = "%s"\n'


def contact_ids(desk: Desk) -> list[str]:
    return sorted(id for kind, id in desk.phone if kind == "contact")


def test_a_first_sync_a_days_work_and_secrets_end_in_the_sync_set(desk: Desk) -> None:
    canaries = [one["canary"] for one in desk.office.do("canaries", count=30)["canaries"]]
    desk.read_well()
    assert_equal(desk)
    desk.office.office_day(200)
    desk.read_well()
    desk.pass_time(hours=7)
    desk.read_well()
    assert_equal(desk)
    everything = files_of(desk.folder)
    assert [canary for canary in canaries if canary.encode() in everything] == []


def test_reading_again_sends_nothing(desk: Desk) -> None:
    desk.read_well()
    before = desk.sent()
    desk.read_well()
    desk.make_sweep_due()
    desk.read_well()
    assert desk.sent() == before


def test_a_division_that_stands_above_its_company_is_sent_once(desk: Desk) -> None:
    company = desk.office.create("company", name="Whole")
    division = desk.office.do(
        "create", kind="company", set={"parentID": company}, edited="1999-01-01T00:00:00Z"
    )["id"]
    desk.read_well()
    assert desk.phone["company", division]["parentID"] == company
    assert desk.sent() == len(desk.phone)
    desk.office.turn_private("company", company, own=True)
    desk.office.change("company", division, region="North")
    desk.read_well()
    assert "parentID" not in desk.phone["company", division]


def test_an_idle_reading_asks_little(desk: Desk) -> None:
    desk.read_well()
    desk.office.do("reset")
    desk.restart()
    desk.read_well()
    kinds = 9
    assert desk.office.counters()["requests"] <= 2 * kinds


def test_what_turns_private_takes_what_names_it_along_and_brings_it_back(desk: Desk) -> None:
    desk.read_well()
    first, second, *_ = contact_ids(desk)
    alone = desk.office.create("note", contacts=[first], noteText="alone")
    both = desk.office.create("note", contacts=[first, second], noteText="both")
    desk.read_well()
    assert len(desk.phone["note", both]["contacts"]) == 2
    desk.office.turn_private("contact", first, own=True)
    desk.read_well()
    assert ("contact", first) not in desk.phone
    assert ("note", alone) not in desk.phone
    assert [link["id"] for link in desk.phone["note", both]["contacts"]] == [second]
    assert_equal(desk)
    desk.office.do("private", kind="contact", id=first, private=False)
    desk.read_well()
    assert ("note", alone) in desk.phone
    assert_equal(desk)


@pytest.mark.parametrize("limited", [True, False])
def test_where_a_row_does_not_tell_who_may_see_it_act_is_asked(desk: Desk, limited: bool) -> None:
    contact = desk.office.create("contact", lastName="Vague")
    desk.office.do("limit", kind="contact", id=contact, limited=limited, shared=True)
    # The oldest, so that it is the row that is altered.
    desk.office.change("contact", contact, edited="1999-01-01T00:00:00Z", jobTitle="Boss")
    desk.office.plan("tamper", "GET /api/contacts", property="acl", value="Team 7", times=1000)
    desk.read_well()
    assert (("contact", contact) in desk.phone) is not limited
    asked = desk.office.counters()["routes"]["GET /api/contacts/{contactId}/access"]
    assert 1 <= asked <= 5


def test_a_sweep_costs_a_part_of_a_full_reading(desk: Desk) -> None:
    desk.office.do("reset")
    desk.read(snapshot=True)
    whole = desk.office.counters()["bytes"]
    desk.read_well()
    desk.pass_time(hours=6)
    desk.office.do("reset")
    desk.read_well()
    # Of an office so small, half of that is the labels of its fields.
    assert desk.office.counters()["bytes"] < 0.3 * whole


def test_a_company_that_turns_private_takes_its_name_out_of_its_contacts(desk: Desk) -> None:
    company = desk.office.create("company", name="Secret AG")
    contact = desk.office.create("contact", companyID=company, company="Secret AG")
    desk.read_well()
    assert desk.phone["contact", contact]["company"] == "Secret AG"
    desk.office.turn_private("company", company, own=True)
    desk.read_well()
    assert ("company", company) not in desk.phone
    assert not {"company", "companyID"} & desk.phone["contact", contact].keys()


def test_what_turns_around_follows_through_an_opportunity(desk: Desk) -> None:
    desk.read_well()
    contact = contact_ids(desk)[0]
    deal = desk.office.create("opportunity", name="Deal", contacts=[contact])
    note = desk.office.create("note", opportunities=[deal], noteText="about the deal")
    desk.read_well()
    assert ("note", note) in desk.phone
    desk.office.turn_private("contact", contact, own=True)
    desk.read_well()
    assert ("opportunity", deal) not in desk.phone
    assert ("note", note) not in desk.phone


def test_a_contact_leaves_and_joins_the_sync_set_by_a_field_and_by_a_group(desk: Desk) -> None:
    office = desk.office
    group = next(office.truth("group"))["row"]
    desk.rules.write_text(SET % group["name"], encoding="utf-8")

    def is_in_set(told: dict[str, object]) -> bool:
        row, groups = told["row"], told["groups"]
        assert isinstance(row, dict)
        assert isinstance(groups, list)
        return row["idStatus"] != "Customer" or group["id"] in groups

    desk.read_well()
    assert_equal(desk, is_in_set)
    outside = office.create("contact", idStatus="Customer", lastName="Outside")
    inside = contact_ids(desk)[0]
    desk.read_well()
    assert ("contact", outside) not in desk.phone
    office.do("member", group=group["id"], contact=outside, is_in=True)
    desk.read_well()
    assert ("contact", outside) in desk.phone
    office.do("member", group=group["id"], contact=outside, is_in=False)
    office.do("member", group=group["id"], contact=inside, is_in=False)
    office.change("contact", inside, idStatus="Customer")
    desk.read_well()
    assert ("contact", outside) not in desk.phone
    assert ("contact", inside) not in desk.phone
    assert_equal(desk, is_in_set)


def test_a_value_that_no_picklist_has_may_be_named_where_a_contact_holds_it(people: Desk) -> None:
    people.read_well()
    gold = people.office.create("contact", idStatus="Friend; Gold Partner", lastName="Rich")
    lost = people.office.create("contact", idStatus="Lost Client", lastName="Poor")
    people.rules.write_text(RULES + VALUE % "Gold Parner", encoding="utf-8")
    with pytest.raises(Trouble, match="'Gold Parner' is no value of ID/Status"):
        people.read()
    people.rules.write_text(RULES + VALUE % "Gold Partner", encoding="utf-8")
    people.read(allow_mass_delete=True)
    assert contact_ids(people) == [gold]
    # Where Act! does not filter by that field, its contacts are looked through.
    people.office.plan("crash", "GET /api/contacts", times=3)
    people.rules.write_text(RULES + VALUE % "Lost Client", encoding="utf-8")
    people.read_well()
    assert contact_ids(people) == [lost]
    # Once it was met the rule stands, whoever holds it today.
    people.office.change("contact", lost, idStatus="Customer")
    people.read_well()
    people.read_well()
    assert contact_ids(people) == []


def test_other_rules_are_followed_with_the_next_reading(desk: Desk) -> None:
    desk.read_well()
    assert any(kind == "note" for kind, _ in desk.phone)
    desk.rules.write_text(RULES.replace(' "note",', ""), encoding="utf-8")
    desk.read_well()
    assert not any(kind == "note" for kind, _ in desk.phone)
    desk.rules.write_text(RULES, encoding="utf-8")
    desk.read_well()
    assert_equal(desk)


def test_a_snapshot_tells_everything(desk: Desk) -> None:
    desk.read_well()
    reading = desk.read(snapshot=True)
    assert reading.troubles == []
    assert reading.left == set()
    parts = desk.store.db.counts("SELECT kind, count(*) FROM outbox WHERE part > 0 GROUP BY kind")
    assert parts == desk.store.db.counts("SELECT kind, count(*) FROM record GROUP BY kind")


@pytest.mark.parametrize(
    "missing",
    [
        ["select"],
        ["batch"],
        ["edited-filter"],
        ["tasks"],
        ["select", "batch", "edited-filter", "start-filter", "tasks"],
    ],
)
def test_an_act_that_lacks_something_ends_the_same(desk: Desk, missing: list[str]) -> None:
    desk.office.do("version", api_version="1.1.524.0", without=missing)
    desk.read_well()
    assert_equal(desk)
    desk.office.turn_private("contact", contact_ids(desk)[0], own=True)
    desk.office.office_day(40)
    desk.pass_time(hours=7)
    desk.read_well()
    desk.pass_time(hours=7)
    desk.read_well()
    assert_equal(desk)


def test_a_moved_appointment_is_a_change_and_no_delete(desk: Desk) -> None:
    desk.read_well()
    contact = contact_ids(desk)[0]
    start = desk.now().replace(hour=9, minute=0, second=0, microsecond=0)
    series = desk.office.create(
        "activity", contacts=[contact], startTime=start.strftime("%Y-%m-%dT%H:%M:%SZ")
    )
    desk.read_well()
    assert ("activity", series) in desk.phone
    before = desk.sent()
    task = f"{series}{start:%m%d%Y}"
    desk.office.do("move", id=task, start=f"{start.date() + timedelta(days=1)}T10:00:00Z")
    desk.read_well()
    assert desk.sent() == before + 1
    assert desk.phone["activity", series]["startTime"].startswith(
        f"{start.date() + timedelta(days=1)}T10"
    )
