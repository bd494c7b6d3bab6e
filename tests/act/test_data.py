"""Quirks of data, as they were seen on live installations."""

from collections import Counter
from typing import Any

from tests.act.office import Caller, Office


def test_a_contact_is_about_six_kilobytes_and_half_empty(caller: Caller) -> None:
    answer = caller.get("contacts", top=200)
    rows = answer.json()["value"]
    assert 5_000 < len(answer.content) / len(rows) < 7_000
    values = [value for row in rows for value in {**row, **row["customFields"]}.values()]
    assert 0.35 < sum(value in ("", None, False) for value in values) / len(values) < 0.75
    assert len(rows[0]) + len(rows[0]["customFields"]) > 190


def test_both_envelopes(caller: Caller) -> None:
    told = caller.get("contacts", top=7).json()
    assert set(told) == {"value", "Count"}
    # The number of rows in the page, and no total.
    assert told["Count"] == len(told["value"]) == 7
    assert isinstance(caller.get("groups", top=7).json(), list)
    with Office("--envelope", "bare", contacts=10) as bare, Caller(bare) as other:
        assert isinstance(other.get("contacts").json(), list)


def test_most_contacts_have_no_company_record_but_its_name(caller: Caller) -> None:
    rows = caller.rows("contacts")
    linked = [row for row in rows if row["companyID"]]
    assert 0 < len(linked) <= len(rows) * 0.05
    assert {row["companyID"] for row in rows if row not in linked} == {""}
    assert sum(bool(row["company"]) for row in rows) > len(rows) * 0.8
    names = {row["id"]: row["name"] for row in caller.rows("companies")}
    assert all(names.get(row["companyID"], row["company"]) == row["company"] for row in linked)


def test_many_records_share_one_edited(caller: Caller) -> None:
    counted = Counter(row["edited"] for row in caller.rows("contacts", select="edited"))
    assert counted.most_common(1)[0][1] > 40


def test_skip_over_equal_edited_is_unstable() -> None:
    """And by another order than `edited` alone it is not."""
    with Office(contacts=400) as office, Caller(office) as caller:
        page = {"top": 20, "select": "id,edited"}
        places = range(0, 400, 20)
        paged = [row["id"] for n in places for row in
                 caller.rows("contacts", orderby="edited", skip=n, **page)]  # fmt: skip
        stable = [row["id"] for n in places for row in
                  caller.rows("contacts", orderby="edited,id", skip=n, **page)]  # fmt: skip
        assert len(paged) == len(stable)
        assert len(set(paged)) < len(paged)
        assert len(set(stable)) == len(stable)
        sorted_by = [row["edited"] for row in caller.rows("contacts", orderby="edited")]
        assert sorted_by == sorted(sorted_by)


def test_a_page_is_never_longer_than_the_cap() -> None:
    with Office("--page-cap", "30", contacts=100) as office, Caller(office) as caller:
        assert len(caller.rows("contacts", top=50)) == 30
        assert len(caller.rows("contacts", top=50, skip=30)) == 30
        assert len(caller.rows("contacts")) == 30
        assert caller.rows("contacts", skip=1000) == []


def test_task_ids_have_the_day_of_the_occurrence_behind_them(caller: Caller) -> None:
    for row in caller.rows("tasks", top=100):
        assert len(row["id"]) == 44
        assert row["id"][:36] == row["seriesID"]
        assert caller.get(f"tasks/{row['id']}").json()["startTime"] == row["startTime"]


def test_an_opportunity_has_an_integer_status(caller: Caller) -> None:
    rows = caller.rows("opportunities")
    assert {row["status"] for row in rows} <= {0, 1, 2, 3}
    assert all(type(row["status"]) is int for row in rows)
    assert {row["statusName"] for row in rows} <= {"Open", "Won", "Lost", "Inactive"}


def test_link_lists_are_null_or_empty_where_nothing_is_linked(caller: Caller) -> None:
    rows = caller.rows("notes")
    assert {repr(row["groups"]) for row in rows} >= {"None", "[]"}
    assert any(row["contacts"] for row in rows)
    assert any(row["companies"] for row in rows)


def test_texts_in_each_form(act: Office, caller: Caller) -> None:
    auto = {row["id"]: row["noteText"] for row in caller.rows("notes", top=100)}
    assert any(text.startswith("<html") for text in auto.values())
    assert any(text.startswith("{\\rtf") for text in auto.values())
    plain = {row["id"]: row["noteText"] for row in caller.rows("notes", top=100, format="text")}
    assert not any(text.startswith(("<html", "{\\rtf")) for text in plain.values())
    as_html = {row["id"]: row["noteText"] for row in caller.rows("notes", top=100, format="html")}
    assert all(text.startswith("<html") for text in as_html.values())
    assert caller.get("notes", format="pdf").status_code == 400
    assert act.forgive() == ["request: GET /api/notes: format has no value 'pdf'"]


def test_some_texts_are_longer_than_any_limit(caller: Caller) -> None:
    notes = [len(row["noteText"]) for row in caller.rows("notes", format="text")]
    assert max(notes) > 256 * 1024
    histories = [len(row["details"]) for row in caller.rows("History", format="text")]
    assert max(histories) > 64 * 1024


def test_attachments_have_a_path_that_names_the_server(caller: Caller) -> None:
    files = [row["attachment"] for row in caller.rows("notes") if row["attachment"]]
    assert files
    assert all(each["fileName"].startswith("\\\\ACTSERVER\\") for each in files)


def test_records_name_those_whom_nobody_here_may_see(act: Office, caller: Caller) -> None:
    hidden = {
        told["row"]["id"]: told["row"] for told in act.truth("contact") if not told["is_visible"]
    }
    told: list[dict[str, Any]] = [
        contact
        for kind in ("notes", "History", "opportunities")
        for row in caller.rows(kind)
        for contact in row["contacts"] or ()
        if contact["id"] in hidden
    ]
    assert told
    assert all(each["displayName"] == hidden[each["id"]]["fullName"] for each in told)


def test_labels_are_not_names(caller: Caller) -> None:
    columns = caller.get("metadata/contact/fields").json()
    names = {column["displayName"]: column["name"] for column in columns}
    assert (names["Industry"], names["Stage"]) == ("user6", "messengerID")
    assert [column["isCustom"] for column in columns if column["name"] == "referredBy"] == [
        False,
        True,
    ]
    assert {column["isReadOnly"] for column in columns} == {False}
    for kind in ("activity", "history", "note", "user", "task"):
        assert caller.get(f"metadata/{kind}/fields").json() == []
    assert caller.get("metadata/spoon/fields").status_code == 404


def test_there_is_no_delete_feed() -> None:
    with Office(contacts=30) as office, Caller(office) as caller:
        gone = caller.rows("contacts")[3]["id"]
        before = caller.rows("contacts", orderby="id", select="id,edited")
        office.delete("contact", gone)
        after = caller.rows("contacts", orderby="id", select="id,edited")
        assert after == [row for row in before if row["id"] != gone]
        assert caller.get(f"contacts/{gone}").status_code == 404


def test_secondary_contacts_stand_below_their_contact_alone(act: Office, caller: Caller) -> None:
    told = next(told for told in act.truth("secondary_contact") if told["is_visible"])
    path = f"contacts/{told['parent']}/secondary-contacts"
    assert told["row"] in caller.rows(path)
    assert caller.get(f"{path}/{told['row']['id']}").json() == told["row"]
    assert caller.get(f"contacts/{told['row']['id']}").status_code == 404
    assert told["row"]["contactType"] == "Secondary"


def test_numbers_as_the_telephone_exchange_wants_them(caller: Caller) -> None:
    plain = next(row for row in caller.rows("contacts") if row["businessPhone"])
    other = caller.get(f"contacts/{plain['id']}", phoneFormat="E164").json()
    assert other["businessPhone"].startswith(f"+{plain['businessCountryCode']}")
