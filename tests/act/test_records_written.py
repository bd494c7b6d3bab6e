"""Records made, changed and deleted by the API, with the quirks of the facts."""

import pytest

from tests.act.office import Caller, Office, Row


@pytest.fixture(autouse=True)
def counted_anew(busy: Office) -> None:
    busy.do("reset")


def anybody(office: Office, kind: str, *, managed: bool = True) -> Row:
    """A public record that the signed-in user manages, or that somebody else does."""
    for told in office.truth(kind):
        row: Row = told["row"]
        mine = row["recordManager"] == office.user
        if told["is_visible"] and not row["isPrivate"] and mine is managed:
            return row
    raise AssertionError(kind)


def test_a_new_contact_is_answered_whole(busy: Office, visitor: Caller) -> None:
    answer = visitor.write("POST", "contacts", {"firstName": "Nora", "lastName": "Neu"})
    row = answer.json()
    assert answer.status_code == 201
    assert (row["fullName"], row["companyID"], row["recordManager"]) == ("Nora Neu", "", busy.user)
    assert visitor.get(f"contacts/{row['id']}").json() == row
    (write,) = busy.writes()["writes"]
    assert (write["kind"], write["op"], write["id"]) == ("contact", "create", row["id"])
    assert busy.writes()["counts"] == {"contact": {"create": 1}}


def test_patch_needs_the_id_in_the_body(busy: Office, visitor: Caller) -> None:
    row = anybody(busy, "contact")
    path = f"contacts/{row['id']}"
    for body in ({"jobTitle": "Buyer"}, {"id": "somebody's", "jobTitle": "Buyer"}):
        answer = visitor.write("PATCH", path, body)
        assert (answer.status_code, answer.content) == (400, b"")
    assert visitor.get(path).json() == row
    assert busy.writes()["total"] == 0


def test_a_change_raises_edited_and_leaves_the_rest_alone(busy: Office, visitor: Caller) -> None:
    row = anybody(busy, "contact")
    body = {"id": row["id"], "jobTitle": "Chief of Spoons", "customFields": {"user6": "Printing"}}
    after = visitor.write("PATCH", f"contacts/{row['id']}", body).json()
    assert after["edited"] > row["edited"]
    assert after["editedBy"] == busy.user
    same = {"edited": 0, "editedBy": 0, "jobTitle": 0, "customFields": 0}
    assert after | same == row | same
    assert after["customFields"] == row["customFields"] | {"user6": "Printing"}
    (write,) = busy.writes()["writes"]
    assert write["changed"] == ["customFields/user6", "jobTitle"]


def test_part_of_an_address_blanks_the_rest(busy: Office, visitor: Caller) -> None:
    row = anybody(busy, "company", managed=False)
    assert row["address"]["line1"]
    body = {"id": row["id"], "address": {"city": "Kiel"}}
    address = visitor.write("PATCH", f"companies/{row['id']}", body).json()["address"]
    assert (address["city"], address["line1"], address["latitude"]) == ("Kiel", "", None)


def test_some_fields_are_dropped_without_a_word(busy: Office, visitor: Caller) -> None:
    row = anybody(busy, "group")
    other = visitor.rows("users")[3]["id"]
    body = {"id": row["id"], "recordManagerID": other, "name": "New name"}
    answer = visitor.write("PATCH", f"groups/{row['id']}", body)
    after = answer.json()
    assert (answer.status_code, after["name"]) == (200, "New name")
    assert after["recordManagerID"] == row["recordManagerID"]
    busy.do("drop", kind="group", names=["description", "address/city"])
    address = row["address"] | {"city": "Kiel", "line1": "Am Markt 1"}
    body = {"id": row["id"], "description": "x", "address": address}
    after = visitor.write("PATCH", f"groups/{row['id']}", body).json()
    assert after["description"] == row["description"]
    assert after["address"] == row["address"] | {"line1": "Am Markt 1"}
    busy.do("drop", kind="group", names=[])


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("contacts", {"department": "Sales"}),
        ("companies", {"region": "North"}),
        ("groups", {"description": "x"}),
        ("opportunities", {"competitor": "x"}),
        ("notes", {"noteText": "Nobody's."}),
        ("History", {"regarding": "x", "startTime": "2026-12-01T09:00:00Z"}),
        ("contacts", {"fullName": "x" * 129}),
        ("contacts", {"fullName": "x", "customFields": {"priority": "Z"}}),
        ("contacts", {"fullName": "x", "customFields": {"user_1": "x" * 51}}),
        ("contacts", {"fullName": "x", "customFields": {"visits": "many"}}),
        ("notes", {"noteText": "x", "contacts": [{"id": "nobody"}]}),
    ],
)
def test_what_must_not_be_so_is_refused(
    busy: Office, visitor: Caller, path: str, body: Row
) -> None:
    answer = visitor.write("POST", path, body)
    assert answer.status_code == 400
    assert answer.json()["message"]
    assert busy.writes()["total"] == 0


def test_a_value_of_another_type_is_refused_and_the_referee_says_so(
    busy: Office, visitor: Caller
) -> None:
    assert visitor.write("POST", "contacts", {"fullName": 7}).status_code == 400
    (violation,) = busy.forgive()
    assert violation.startswith("request: POST /api/contacts")


def test_notes_keep_their_text_in_the_form_it_came_in(busy: Office, visitor: Caller) -> None:
    contact = {"id": anybody(busy, "contact")["id"]}
    page = "<p>One &amp; two</p><p><b>Three</b></p>"
    note = visitor.write("POST", "notes", {"noteText": page, "contacts": [contact]}).json()
    assert (note["noteText"], note["noteTypeID"]) == (page, 100)
    assert visitor.get(f"notes/{note['id']}", format="text").json()["noteText"] == (
        "One & two\nThree"
    )
    body = {"id": note["id"], "noteText": "delivery < 6 weeks"}
    assert visitor.write("PATCH", f"notes/{note['id']}", body).json()["noteText"] == (
        "delivery < 6 weeks"
    )
    assert visitor.write("PUT", f"notes/{note['id']}", {"noteText": "x"}).status_code == 400
    (told,) = busy.record("note", note["id"])
    assert told["text"] == "delivery < 6 weeks"
    link = f"notes/{note['id']}"
    assert visitor.write("PATCH", link, {"id": note["id"], "contacts": []}).status_code == 400


def test_a_history_without_a_type_is_an_attempted_call(busy: Office, visitor: Caller) -> None:
    body = {
        "contacts": [{"id": anybody(busy, "contact")["id"]}], "createUserID": "somebody's",
        "startTime": "2026-12-01T09:00:00Z", "endTime": "2026-12-01T09:30:00Z",
        "outlookID": "marker",
    }  # fmt: skip
    row = visitor.write("POST", "History", body).json()
    assert (row["historyTypeID"], row["historyType"]["name"]) == (0, "Call Attempted")
    assert (row["duration"], row["createUserName"]) == ("30 minutes", busy.user)
    assert busy.writes()["writes"][0]["markers"] == {"outlookID": "marker"}
    after = visitor.write(
        "PATCH", f"History/{row['id']}", {"id": row["id"], "historyTypeID": 17}
    ).json()
    assert after["historyType"]["name"] == "Call Left Message"


def test_an_opportunity_begins_in_the_stage_that_was_chosen(busy: Office, visitor: Caller) -> None:
    stage = visitor.rows("opportunities/stages")[2]
    body = {"name": "Press", "stage": {"id": stage["id"]}, "sourceId": "marker", "status": "Won"}
    row = visitor.write("POST", "opportunities", body).json()
    assert (row["stage"]["name"], row["probability"]) == (stage["name"], stage["probability"])
    assert (row["status"], row["sourceId"]) == (1, "marker")


def test_only_what_the_user_manages_can_be_deleted(busy: Office, visitor: Caller) -> None:
    theirs = anybody(busy, "note", managed=False)
    assert visitor.write("DELETE", f"notes/{theirs['id']}").status_code == 403
    mine = anybody(busy, "note")
    answer = visitor.write("DELETE", f"notes/{mine['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert visitor.write("DELETE", f"notes/{mine['id']}").status_code == 404
    assert busy.writes()["counts"] == {"note": {"delete": 1}}


def test_a_record_private_for_others_is_not_there(busy: Office, visitor: Caller) -> None:
    row = anybody(busy, "contact")
    busy.turn_private("contact", row["id"])
    for method in ("PATCH", "DELETE"):
        path = f"contacts/{row['id']}"
        assert visitor.write(method, path, {"id": row["id"], "jobTitle": "x"}).status_code == 404
    busy.do("private", kind="contact", id=row["id"], private=False)
    busy.forgive()


def test_a_right_may_be_missing_for_one_kind_alone(busy: Office, visitor: Caller) -> None:
    busy.do("rights", denied=["company", "contact:delete"])
    body = {"name": "Spoons AG"}
    assert visitor.write("POST", "companies", body).status_code == 403
    assert visitor.write("POST", "groups", body).status_code == 201
    contact = anybody(busy, "contact")["id"]
    assert visitor.write("DELETE", f"contacts/{contact}").status_code == 403
    assert visitor.get("companies", top=1).status_code == 200
    busy.do("rights")
    assert busy.writes()["counts"] == {"group": {"create": 1}}


def test_secondary_contacts_belong_to_one_contact(busy: Office, visitor: Caller) -> None:
    one, other = (row["id"] for row in visitor.rows("contacts", top=2))
    path = f"contacts/{one}/secondary-contacts"
    row = visitor.write("POST", path, {"fullName": "Kim"}).json()
    assert row["contactType"] == "Secondary"
    body = {"id": row["id"], "jobTitle": "Buyer"}
    assert visitor.write("PATCH", f"{path}/{row['id']}", body).json()["jobTitle"] == "Buyer"
    strange = f"contacts/{other}/secondary-contacts/{row['id']}"
    assert visitor.write("PATCH", strange, body).status_code == 404
    assert visitor.write("DELETE", f"{path}/{row['id']}").status_code == 204
    assert busy.writes()["counts"] == {"secondary_contact": {"change": 1, "create": 1, "delete": 1}}
