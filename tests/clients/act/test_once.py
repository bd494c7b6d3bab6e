"""A write whose answer was lost, or whose agent was killed, is looked for and never made twice."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from typing import Any

import pytest

from clients.agent.act.refusals import Broken, Locked
from tests.act.office import Office
from tests.clients.act.desk import Desk
from tests.clients.act.test_interrupted import Killed

KINDS: list[tuple[str, str, dict[str, Any]]] = [
    ("contact", "POST /api/contacts", {"fullName": "Emmy Noether", "jobTitle": "Professor"}),
    ("company", "POST /api/companies", {"name": "Ring AG"}),
    ("group", "POST /api/groups", {"name": "Rings"}),
    ("note", "POST /api/notes", {"noteText": "Ideals", "contacts": True}),
    (
        "history",
        "POST /api/History",
        {
            "historyTypeID": 1,
            "startTime": "2026-11-02T10:00:00Z",
            "endTime": "2026-11-02T10:30:00Z",
            "contacts": True,
        },
    ),
    ("opportunity", "POST /api/opportunities", {"name": "Modules", "contacts": True}),
    (
        "secondary_contact",
        "POST /api/contacts/{contactId}/secondary-contacts",
        {"fullName": "Max Deuring", "contactID": True},
    ),
]
LOST = ("lost", "crash-after")
by_kind = pytest.mark.parametrize(("kind", "route", "made"), KINDS, ids=[one[0] for one in KINDS])


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    words = ("--activities", "0", "--series", "0", "--secondary", "2", "--histories", "5")
    with (
        Office(*words, contacts=20) as office,
        closing(Desk(office, tmp_path_factory.mktemp("once"))) as desk,
    ):
        desk.read_well()
        yield desk


@pytest.fixture
def worked(shared: Desk) -> Desk:
    shared.office.do("reset")
    shared.office.do("clear-faults")
    return shared


def linked(desk: Desk, made: dict[str, Any]) -> dict[str, Any]:
    contact = desk.ids("contact")[0]
    own = {"contacts": [{"id": contact}], "contactID": contact}
    return {name: own[name] if value is True else value for name, value in made.items()}


def counted(desk: Desk) -> Counter[tuple[str, str]]:
    return Counter((kind, op) for kind, op, _ in desk.writes())


@by_kind
@pytest.mark.parametrize("lost", LOST)
def test_a_create_whose_answer_is_lost_is_made_once(
    worked: Desk, kind: str, route: str, made: dict[str, Any], lost: str
) -> None:
    worked.office.plan(lost, route)
    said = worked.edit(kind, **linked(worked, made))
    assert said["state"] == "applied"
    assert counted(worked) == {(kind, "create"): 1}
    assert (kind, said["id"]) in worked.phone


def killed(desk: Desk, patch: pytest.MonkeyPatch, *edit: Any, **how: Any) -> None:
    """Take an edit up to its outcome, end there, and start the agent anew."""

    def dies(*_: object) -> None:
        raise Killed

    with patch.context() as context:
        context.setattr(desk.store, "take", dies)
        with suppress(Killed):
            desk.edit(*edit, **how)
    desk.restart()


@by_kind
def test_a_create_whose_agent_is_killed_before_its_outcome_is_made_once(
    worked: Desk, kind: str, route: str, made: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    token, phone_id = str(uuid.uuid4()), str(uuid.uuid4())
    made = linked(worked, made)
    killed(worked, monkeypatch, kind, phone_id, token=token, **made)
    said = worked.edit(kind, phone_id, token=token, **made)
    assert said["state"] == "applied"
    assert counted(worked) == {(kind, "create"): 1}


@pytest.mark.parametrize(
    ("kind", "dropped"), [("history", "outlookID"), ("opportunity", "sourceId")]
)
def test_it_is_made_once_where_act_drops_what_it_would_be_known_by(
    worked: Desk, kind: str, dropped: str
) -> None:
    route, made = next((route, made) for of, route, made in KINDS if of == kind)
    worked.office.do("drop", kind=kind, names=[dropped])
    worked.office.plan("lost", route)
    said = worked.edit(kind, **linked(worked, made))
    worked.office.do("drop", kind=kind, names=[])
    assert said["state"] == "applied"
    assert counted(worked) == {(kind, "create"): 1}


def test_the_same_record_made_on_two_phones_is_made_twice(worked: Desk) -> None:
    made = linked(worked, {"noteText": "Met at the fair", "contacts": True})
    first = worked.edit("note", **made)
    worked.office.plan("lost", "POST /api/notes")
    second = worked.edit("note", **made)
    assert first["id"] != second["id"]
    assert counted(worked) == {("note", "create"): 2}


@pytest.mark.parametrize("lost", LOST)
def test_a_change_whose_answer_is_lost_is_written_once(worked: Desk, lost: str) -> None:
    contact = worked.ids("contact")[1]
    worked.office.plan(lost, "PATCH /api/contacts/{contactId}")
    said = worked.edit("contact", contact, jobTitle=f"Changed {lost}")
    assert said["state"] == "applied"
    assert counted(worked) == {("contact", "change"): 1}


def test_what_the_office_changes_after_a_kill_is_its_own(
    worked: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact, token = worked.ids("contact")[2], str(uuid.uuid4())
    edit: dict[str, Any] = {"token": token, "jobTitle": "Phone's", "department": "Phone's"}
    killed(worked, monkeypatch, "contact", contact, **edit)
    worked.office.change("contact", contact, department="Office's")
    said = worked.edit("contact", contact, **edit)
    assert (said["state"], "department" in said["detail"]) == ("applied", True)
    row = worked.row("contact", contact)
    assert (row["jobTitle"], row["department"]) == ("Phone's", "Office's")
    assert counted(worked) == {("contact", "change"): 1}


def test_product_lines_whose_answers_are_lost_are_each_written_once(worked: Desk) -> None:
    route = "/api/opportunities/{opportunityId}/products"
    for what in (f"POST {route}", f"PATCH {route}/*", f"DELETE {route}/*"):
        worked.office.plan("lost", what)
    made = linked(worked, {"name": "Saws", "contacts": True})
    made["products"] = [{"name": name, "quantity": 1, "price": 5} for name in ("Saw", "Saw", "Axe")]
    deal = worked.edit("opportunity", **made)["id"]
    held = worked.phone["opportunity", deal]["products"]
    assert sorted(line["name"] for line in held) == ["Axe", "Saw", "Saw"]
    kept = [{**line, "quantity": 2} for line in held if line["name"] == "Axe"]
    assert worked.edit("opportunity", deal, products=kept)["state"] == "applied"
    [left] = worked.phone["opportunity", deal]["products"]
    assert (left["name"], left["quantity"]) == ("Axe", 2)
    written = {op: count for (kind, op), count in counted(worked).items() if kind == "product"}
    assert written == {"create": 3, "change": 1, "delete": 2}


def test_a_delete_whose_answer_is_lost_is_applied(worked: Desk) -> None:
    note = worked.edit("note", **linked(worked, {"noteText": "?", "contacts": True}))["id"]
    worked.office.plan("lost", "DELETE /api/notes/{id}")
    assert worked.edit("note", note, "delete")["state"] == "applied"
    assert counted(worked)["note", "delete"] == 1


def test_one_write_at_which_act_fails_again_and_again_blocks_no_other(worked: Desk) -> None:
    company = worked.ids("company")[0]
    worked.office.plan("crash", "PATCH /api/companies/{companyId}", times=3)
    said = worked.edit("company", company, website="a.example")
    assert (said["state"], "three times" in said["detail"]) == ("rejected", True)
    assert worked.edit("company", company, website="b.example")["state"] == "applied"


def test_an_edit_waits_for_the_end_of_maintenance_and_is_looked_for(worked: Desk) -> None:
    token = str(uuid.uuid4())
    made: dict[str, Any] = {"token": token, "fullName": "Olga Taussky"}
    phone_id = str(uuid.uuid4())
    worked.office.do("lock", reason="Restore")
    with pytest.raises(Locked):
        worked.edit("contact", phone_id, **made)
    worked.office.do("lock", state="UNLOCK")
    worked.office.plan("lost", "POST /api/contacts")
    worked.office.plan("unavailable", "GET /api/contacts", times=6)
    with pytest.raises(Broken):
        worked.edit("contact", phone_id, **made)
    assert worked.edit("contact", phone_id, **made)["state"] == "applied"
    assert counted(worked) == {("contact", "create"): 1}


@by_kind
def test_what_a_phone_sends_again_in_another_batch_is_not_made_again(
    worked: Desk, kind: str, route: str, made: dict[str, Any]
) -> None:
    phone_id = str(uuid.uuid4())
    first, second = (worked.edit(kind, phone_id, **linked(worked, made)) for _ in range(2))
    assert (second["state"], second["id"]) == ("applied", first["id"])
    assert counted(worked) == {(kind, "create"): 1}


def test_a_note_on_a_contact_that_the_phone_made_before_it_learned_its_id(worked: Desk) -> None:
    company, contact = str(uuid.uuid4()), str(uuid.uuid4())
    firm = worked.edit("company", company, name="Far Away AG")["id"]
    person = worked.edit("contact", contact, fullName="Far Away", companyID=company)["id"]
    note = worked.edit("note", noteText="Met there", contacts=[{"id": contact}])
    assert note["state"] == "applied"
    assert [link["id"] for link in worked.phone["note", note["id"]]["contacts"]] == [person]
    assert worked.phone["contact", person]["companyID"] == firm
