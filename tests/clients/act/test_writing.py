"""What a phone changes, makes and deletes stands in Act!, and nothing else has moved there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.act.office import Office
from tests.clients.act.desk import RULES, Desk

_CHANGED: dict[str, tuple[str, Any]] = {
    "contact": ("jobTitle", "Chemist"),
    "secondary_contact": ("jobTitle", "Chemist"),
    "company": ("description", "Makes rhenium"),
    "group": ("description", "Of all countries"),
    "note": ("noteTypeID", 101),
    "history": ("regarding", "Order again"),
    "opportunity": ("competitor", "Nobody"),
}
_DROPPED = "Act! did not take"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One office for all, of which every test takes records of its own."""
    words = ("--activities", "0", "--series", "0", "--secondary", "6")
    with (
        Office(*words, contacts=60) as office,
        closing(Desk(office, tmp_path_factory.mktemp("writing"))) as desk,
    ):
        desk.read_well()
        desk.office.do("drop", kind="company", names=["territory", "region"])
        yield desk


@pytest.fixture
def worked(shared: Desk) -> Iterator[Desk]:
    shared.office.do("reset")
    yield shared
    shared.office.do("rights")


def outcome(said: dict[str, Any]) -> tuple[str, str]:
    return said["state"], said.get("detail", "")


def with_address(desk: Desk, nth: int = 0) -> str:
    """A contact with more than one line in its address."""
    found = [
        id
        for id in desk.ids("contact")
        if {"line1", "city"} <= desk.phone["contact", id].get("businessAddress", {}).keys()
    ]
    return found[nth]


def test_a_changed_field_is_written_and_no_other(worked: Desk) -> None:
    contact = worked.ids("contact")[0]
    before = worked.row("contact", contact)
    said = worked.edit("contact", contact, jobTitle="Director", department=None)
    assert outcome(said) == ("applied", "")
    after = worked.row("contact", contact)
    moved = {name for name in after if after[name] != before[name]}
    assert moved - {"edited", "editedBy"} <= {"jobTitle", "department"}
    assert (after["jobTitle"], after["department"]) == ("Director", "")
    assert worked.phone["contact", contact]["jobTitle"] == "Director"
    assert "department" not in worked.phone["contact", contact]


def test_a_part_of_an_address_leaves_its_other_parts(worked: Desk) -> None:
    contact = with_address(worked)
    before = worked.row("contact", contact)["businessAddress"]
    held = worked.phone["contact", contact]["businessAddress"]
    said = worked.edit("contact", contact, businessAddress={**held, "city": "Ulm"})
    assert outcome(said) == ("applied", "")
    assert worked.row("contact", contact)["businessAddress"] == {**before, "city": "Ulm"}


def test_what_the_office_changed_in_other_fields_stands_beside(worked: Desk) -> None:
    contact = with_address(worked, 1)
    seen, base = worked.phone["contact", contact], worked.version("contact", contact)
    worked.office.change("contact", contact, jobTitle="Owner", mobilePhone="0171 1")
    worked.read_well()
    address = {**seen["businessAddress"], "city": "Jena"}
    said = worked.edit("contact", contact, seen=seen, base=base, businessAddress=address)
    assert outcome(said) == ("applied", "")
    assert [paths for _, op, paths in worked.writes() if op == "change"] == [
        ["businessAddress/city"]
    ]
    held = worked.phone["contact", contact]
    assert (held["jobTitle"], held["businessAddress"]["city"]) == ("Owner", "Jena")


def test_the_same_change_of_both_is_written_once(worked: Desk) -> None:
    contact = worked.ids("contact")[3]
    worked.office.change("contact", contact, jobTitle="Engineer")
    assert outcome(worked.edit("contact", contact, jobTitle="Engineer")) == ("applied", "")
    assert worked.writes() == []


def test_what_act_did_not_take_is_told(worked: Desk) -> None:
    none, some = worked.ids("company")[:2]
    said = worked.edit("company", none, territory="Zululand")
    assert outcome(said) == ("rejected", f"{_DROPPED} territory.")
    said = worked.edit("company", some, territory="Zululand", region="Zeeland", website="a.example")
    assert outcome(said) == ("applied", f"{_DROPPED} region, territory.")
    assert worked.phone["company", some]["website"] == "a.example"
    assert worked.phone["company", some].get("territory") != "Zululand"
    said = worked.edit("company", created="2020-01-01T00:00:00Z", territory="Zululand", name="New")
    assert outcome(said) == ("applied", f"{_DROPPED} created, territory.")


def test_a_new_record_of_which_nothing_was_taken_is_taken_back(worked: Desk) -> None:
    worked.office.do("drop", kind="contact", names=["firstName"])
    said = worked.edit("contact", firstName="Ida")
    worked.office.do("drop", kind="contact", names=[])
    assert outcome(said) == ("rejected", f"{_DROPPED} firstName.")
    assert ("contact", said["id"]) not in worked.phone
    assert [op for _, op, _ in worked.writes()] == ["create", "delete"]


@pytest.mark.parametrize(
    ("kind", "made"),
    [
        ("contact", {"fullName": "Ida Noddack", "businessAddress": {"city": "Wesel"}}),
        ("company", {"name": "Noddack KG", "address": {"city": "Wesel"}}),
        ("group", {"name": "Chemists"}),
        ("note", {"noteText": "Call < back", "contacts": True}),
        ("note", {"noteText": "Write <b> in bold", "contacts": True}),
        (
            "history",
            {
                "regarding": "Order",
                "historyTypeID": 0,
                "startTime": "2026-11-02T10:00:00+01:00",
                "endTime": "2026-11-02T09:30:00Z",
                "contacts": True,
            },
        ),
        ("opportunity", {"name": "Saws", "estimatedCloseDate": "2027-02-01", "contacts": True}),
        ("secondary_contact", {"fullName": "Otto Berg", "contactID": True}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_new_record_gets_acts_id_and_can_be_changed_and_deleted(
    worked: Desk, kind: str, made: dict[str, Any]
) -> None:
    contact = worked.ids("contact")[4]
    if "contacts" in made:
        made = {**made, "contacts": [{"id": contact}]}
    if "contactID" in made:
        made = {**made, "contactID": contact}
    said = worked.edit(kind, **made)
    assert outcome(said) == ("applied", "")
    held, row = worked.phone[kind, said["id"]], worked.row(kind, said["id"])
    assert held["id"] == row["id"] == said["id"]
    for name, value in made.items():
        if isinstance(value, str) and name not in ("startTime", "contactID"):
            assert held[name] == value
    name, value = _CHANGED[kind]
    assert outcome(worked.edit(kind, said["id"], **{name: value})) == ("applied", "")
    assert worked.row(kind, said["id"])[name] == value
    sent = worked.sent()
    worked.read_well()
    assert worked.sent() == sent, "an own write was taken for news"
    assert outcome(worked.edit(kind, said["id"], "delete")) == ("applied", "")
    assert (kind, said["id"]) not in worked.phone
    assert worked.office.ask("record", kind=kind, id=said["id"])["records"] == []


def test_links_that_never_left_the_office_stay(worked: Desk) -> None:
    secret, shown, more = worked.ids("contact")[5:8]
    note = worked.office.create("note", noteText="Three", contacts=[secret, shown])
    worked.office.turn_private("contact", secret, own=True)
    worked.read_well()
    assert [one["id"] for one in worked.phone["note", note]["contacts"]] == [shown]
    said = worked.edit("note", note, contacts=[{"id": shown}, {"id": more}])
    assert outcome(said) == ("applied", "")
    linked = {one["id"] for one in worked.row("note", note)["contacts"]}
    assert linked == {secret, shown, more}
    assert outcome(worked.edit("note", note, contacts=[{"id": more}])) == ("applied", "")
    assert {one["id"] for one in worked.row("note", note)["contacts"]} == {secret, more}


def test_rich_text_survives_what_does_not_change_the_text(worked: Desk) -> None:
    page = "<p>Bring the <b>big</b> saw</p>"
    contact = worked.ids("contact")[9]
    note = worked.office.create("note", noteText=page, contacts=[contact])
    worked.read_well()
    assert worked.phone["note", note]["noteText"] == "Bring the big saw"
    worked.edit("note", note, displayDate="2026-11-03T08:00:00Z", noteTextHtml=None)
    assert page in worked.phone["note", note]["noteTextHtml"]
    said = worked.edit("note", note, noteText="Bring the small saw")
    assert outcome(said) == ("applied", "")
    assert worked.phone["note", note]["noteText"] == "Bring the small saw"


@pytest.mark.parametrize(
    ("kind", "changed", "named"),
    [
        ("invoice", {"name": "X"}, "invoice"),
        ("note", {"noteText": "Alone"}, "contacts"),
        ("note", {"noteText": "?", "contacts": [{"id": "nobody"}]}, "contacts"),
        ("note", {"noteText": "?", "contacts": ["nobody"]}, "contacts"),
        ("group", {"description": "?"}, "name"),
        ("contact", {"jobTitle": "?"}, "fullName"),
        ("contact", {"fullName": {"first": "Ida"}}, "fullName"),
        ("contact", {"fullName": "I", "birthday": "soon"}, "birthday"),
        ("contact", {"fullName": "I", "companyID": "nobody"}, "companyID"),
        ("contact", {"fullName": "I", "customFields": {"priority": "?"}}, "priority"),
        ("contact", {"fullName": "I", "jobTitle": "x" * 200}, "jobTitle"),
        ("history", {"regarding": "?", "startTime": "2026-11-02T10:00:00Z"}, "endTime"),
        ("secondary_contact", {"fullName": "I", "contactID": "nobody"}, "contactID"),
    ],
)
def test_what_cannot_be_is_refused_before_act_is_asked(
    worked: Desk, kind: str, changed: dict[str, Any], named: str
) -> None:
    said = worked.edit(kind, **changed)
    assert said["state"] == "rejected"
    assert named in said["detail"]
    assert (kind, said["id"]) not in worked.phone
    assert worked.writes() == []


def test_a_missing_right_is_named_and_concerns_its_kind_alone(worked: Desk) -> None:
    contact, company = worked.ids("contact")[10], worked.ids("company")[2]
    worked.office.do("rights", denied=["contact:change", "company:create"])
    said = worked.edit("contact", contact, jobTitle="Nobody")
    assert said["state"] == "rejected"
    assert "Change contact records" in said["detail"]
    assert "Create company records" in worked.edit("company", name="None")["detail"]
    assert worked.edit("company", company, website="b.example")["state"] == "applied"
    assert worked.phone["contact", contact].get("jobTitle") != "Nobody"


def test_what_is_gone_or_private_ends_as_a_delete(worked: Desk) -> None:
    gone, private, deleted = worked.ids("note")[:3]
    worked.office.delete("note", gone)
    worked.office.turn_private("note", private, own=True)
    worked.office.delete("note", deleted)
    for note in (gone, private):
        assert worked.edit("note", note, noteText="Late")["state"] == "rejected"
        assert ("note", note) not in worked.phone
    assert outcome(worked.edit("note", deleted, "delete")) == ("applied", "")
    assert ("note", deleted) not in worked.phone


def test_a_label_goes_back_to_the_phone_as_it_was(worked: Desk) -> None:
    field = worked.ids("field")[0]
    before = worked.phone["field", field]
    assert worked.edit("field", field, displayName="Mine")["state"] == "rejected"
    assert worked.phone["field", field] == before


def test_a_record_that_leaves_the_sync_set_leaves_the_phone(people: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "strict"
    folder.mkdir()
    rules = f'{RULES}\n[[sync_set]]\n"idStatus" = {{ not = "Gone away" }}\n'
    with closing(Desk(people.office, folder, rules)) as desk:
        people.office.create("contact", fullName="Of that status", idStatus="Gone away")
        desk.read_well()
        note = desk.ids("note")[0]
        [contact, *_] = [one["id"] for one in desk.phone["note", note]["contacts"]]
        said = desk.edit("contact", contact, idStatus="Gone away")
        assert said["state"] == "applied"
        assert "leaves the phones" in said["detail"]
        assert ("contact", contact) not in desk.phone
        desk.read_well()
        assert contact not in str(desk.phone.get(("note", note)))
        assert desk.row("contact", contact)["idStatus"] == "Gone away"


def test_a_sweep_after_own_writes_deletes_and_resends_nothing(people: Desk) -> None:
    people.read_well()
    made = people.edit("contact", fullName="Lise Meitner")
    people.edit("contact", people.ids("contact")[0], jobTitle="Owner")
    held, sent = people.phone, people.sent()
    people.pass_time(hours=7)
    people.read_well()
    people.read_well(snapshot=True)
    assert ("contact", made["id"]) in people.phone
    assert people.phone == held
    assert people.sent() >= sent
