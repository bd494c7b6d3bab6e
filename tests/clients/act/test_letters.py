"""The text that travels: the same for the same content, and never too long."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.agent.act import fields, letters, members, texts
from clients.agent.act.fields import Field
from clients.agent.act.records import KINDS, BadRecord, Row, plain_id
from tests.clients.act.office import SERIES, activity, contact, letter, ruled

BY = ruled()
MAILBOX_TAKES = 262_144

NOTE: Row = {
    "id": "N1",
    "noteText": "<p>Said <b>yes</b></p>",
    "noteTypeID": 100,
    "displayDate": "2026-05-20T08:00:00+00:00",
    "isPrivate": False,
    "createUserID": "U1",
    "recordManager": "Chris Huffman",
    "recordManagerID": "U1",
    "contacts": [
        {"id": "C2", "displayName": "Bo", "company": "B"},
        {"id": "C1", "displayName": "Ana", "isInvited": True},
    ],
    "companies": [],
    "groups": None,
    "opportunities": [{"id": "O2", "name": "Two"}, {"id": "O1", "name": "One"}],
    "attachment": {"displayName": "Offer.pdf", "fileName": r"\\SRV-10\db files\Offer 1.pdf"},
    "created": "2026-05-20T08:00:00.1234567+00:00",
    "edited": "2026-05-20T08:00:00+00:00",
}


def test_a_note() -> None:
    assert letter("note", NOTE) == {
        "id": "N1",
        "noteText": "Said yes",
        "noteTextHtml": "<p>Said <b>yes</b></p>",
        "noteTypeID": 100,
        "displayDate": "2026-05-20T08:00:00Z",
        "contacts": [{"id": "C1", "isInvited": True}, {"id": "C2"}],
        "opportunities": [{"id": "O1"}, {"id": "O2"}],
        "attachment": {"displayName": "Offer.pdf"},
        "createUserID": "U1",
        "recordManager": "Chris Huffman",
        "recordManagerID": "U1",
        "created": "2026-05-20T08:00:00.123Z",
    }


def test_a_history_of_the_type_call_attempted_keeps_its_zero() -> None:
    told = letter(
        "history",
        {
            "id": "H1",
            "regarding": "Call",
            "historyTypeID": 0,
            "historyType": {"id": 0, "name": "Call Attempted", "description": "x"},
            "details": r"{\rtf1\ansi no answer\par}",
            "contactEmail": "ana@example.com",
            "duration": "00:05:00",
        },
    )
    assert told == {
        "id": "H1",
        "regarding": "Call",
        "details": "no answer",
        "historyType": {"id": 0, "name": "Call Attempted"},
        "historyTypeID": 0,
    }


def test_an_opportunity_travels_with_its_product_lines() -> None:
    lines = [
        {"id": "P2", "name": "Nails", "quantity": 5.0, "price": 0.5, "edited": "2026-01-01"},
        {"id": "P1", "name": "Hammer", "customFields": {"colour": "red", "size": None}},
    ]
    told = letter("opportunity", {"id": "O1", "name": "Tools", "products": lines, "daysOpen": 3})
    assert told["products"] == [
        {"id": "P1", "name": "Hammer", "customFields": {"colour": "red"}},
        {"id": "P2", "name": "Nails", "quantity": 5, "price": 0.5},
    ]


def test_a_secondary_contact_names_the_contact_that_it_belongs_to() -> None:
    told = letter("secondary_contact", contact(contactID="C9", contactType="Secondary"))
    assert told["contactID"] == "C9"


def test_a_field_carries_its_label_and_its_picklist() -> None:
    industry = Field("contact", "customFields.user6", "Industry", "Character", 32, ("Wood", "Iron"))
    assert letter("field", fields.row(industry)) == {
        "id": "contact.customFields.user6",
        "recordType": "contact",
        "name": "customFields.user6",
        "displayName": "Industry",
        "dataType": "Character",
        "length": 32,
        "picklist": ["Iron", "Wood"],
    }


@pytest.mark.parametrize("name", ["customFields.größe", "customFields." + "x" * 80])
def test_the_id_of_a_field_is_one_whatever_it_is_called(name: str) -> None:
    row = fields.row(Field("contact", name, "Label"))
    assert plain_id("field", row) == fields.row(Field("contact", name, "Other label"))["id"]


@pytest.mark.parametrize(
    ("column", "path"),
    [
        ({"name": "idStatus"}, "idStatus"),
        ({"name": "ID_STATUS", "aliasName": "IDStatus"}, "idStatus"),
        ({"name": "businessAddress/city"}, "businessAddress.city"),
        ({"name": "rep", "isCustom": True}, "customFields.rep"),
        ({"name": "customFields/email_2_email"}, "customFields.email_2_email"),
        ({"name": "referredBy", "isCustom": True}, "customFields.referredBy"),
        ({"name": "unheardOf"}, "unheardOf"),
    ],
)
def test_a_column_stands_for_an_api_name(column: Row, path: str) -> None:
    [found] = fields.of_columns("contact", [column | {"displayName": " Label "}])
    assert (found.path, found.label) == (path, "Label")


def test_a_column_without_a_label_or_a_name_is_no_field() -> None:
    columns: list[Row] = [{"name": "idStatus"}, {"displayName": "X"}, {"displayName": None}]
    assert not fields.of_columns("contact", columns)


def test_a_column_brings_the_values_of_its_picklist() -> None:
    column: Row = {"name": "idStatus", "displayName": "ID/Status", "picklist": {"id": "L1"}}
    [found] = fields.of_columns("contact", [column], {"L1": ["Customer"]})
    assert found.picklist == ("Customer",)


VOLATILE: dict[str, Any] = {
    "edited": "2026-05-20T08:00:01Z",
    "editedBy": "Somebody",
    "editUserID": "U9",
    "isPrivate": False,
    "acl": "x",
    "daysOpen": 17,
    "daysInStage": 3,
    "amaScore": 88,
    "contactNames": "Ana, Bo",
    "alarmDue": "2026-05-20T07:55:00Z",
    "isAlarmCleared": True,
    "isFavorite": True,
    "contactCompany": "B",
    "scheduledWithPhone": "1",
    "totalPerContact": 1.5,
    "weightedTotal": 2.5,
    "hierarchyLevel": 2,
    "hasDivisions": True,
    "hasSubgroups": True,
    "businessMaskFormat": "(XXX)",
    "externalId": "x",
    "calendarUid": "x",
    "accessorId": "x",
    "unheardOf": {"deep": ["x"]},
}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "field"])
def test_what_moves_by_itself_or_is_not_known_changes_nothing(kind: str) -> None:
    row = activity("2026-05-20T08:00:00Z", id="X", name="x")
    assert letters.data(kind, row | VOLATILE, BY) == letters.data(kind, row, BY)


def test_the_number_of_a_groups_contacts_is_no_content() -> None:
    assert letter("group", {"id": "G", "name": "Fair", "contacts": 17}) == {
        "id": "G",
        "name": "Fair",
    }


def test_the_other_task_id_of_a_moved_activity_is_no_content() -> None:
    row = activity("2026-05-20T08:00:00Z")
    assert letters.data("activity", row, BY) == letters.data("activity", row | {"id": "x"}, BY)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"status": 1}, {"status": "Won"}),
        ({"productTotal": 5}, {"productTotal": 5.0}),
        ({"openDate": "2025-04-14T00:00:00+00:00"}, {"openDate": "2025-04-14T00:00:00+02:00"}),
        ({"openDate": "2025-04-14"}, {"openDate": "2025-04-13T22:00:00Z"}),
        ({"created": "2025-04-14T10:00:00+02:00"}, {"created": "2025-04-14T08:00:00.0000000Z"}),
        ({"created": None}, {"created": "0001-01-01T00:00:00"}),
        ({"reason": ""}, {"reason": None}),
        ({"contacts": []}, {"contacts": None}),
        ({"contacts": [{"id": "A"}, {"id": "A"}]}, {"contacts": [{"id": "A", "company": "B"}]}),
        ({"customFields": {"b": 1, "a": "x"}}, {"customFields": {"a": "x", "c": None, "b": 1.0}}),
        ({"customFields": {}}, {"customFields": None}),
        ({"stage": {"id": "S", "number": 3}}, {"stage": {"id": "S", "probability": 20}}),
    ],
)
def test_two_ways_to_write_the_same_are_the_same(one: Row, other: Row) -> None:
    assert letters.data("opportunity", {"id": "O"} | one, BY) == letters.data(
        "opportunity", {"id": "O"} | other, BY
    )


@pytest.mark.parametrize("written", [["Friday", "Monday"], "Monday, Friday", "Monday Friday"])
def test_days_of_a_week_come_as_a_list_or_a_text(written: object) -> None:
    spec = {
        "recurType": "Weekly",
        "day": {"daysOfWeek": written, "dayType": "None", "ordinal": None},
    }
    told = letter("activity", activity("2026-05-20T08:00:00Z", recurSpec=spec))
    assert told["recurSpec"] == {"recurType": "Weekly", "day": {"daysOfWeek": ["Monday", "Friday"]}}


def test_no_recurrence_is_none() -> None:
    for spec in (None, {}, {"recurType": "None", "frequency": 0, "day": {"dayAsInt": 0}}):
        assert "recurSpec" not in letter(
            "activity", activity("2026-05-20T08:00:00Z", recurSpec=spec)
        )


@given(st.randoms(use_true_random=False))
def test_permuted_rows_are_the_same_text(random: Random) -> None:
    def shuffled(value: Any) -> Any:
        if isinstance(value, list):
            return [shuffled(part) for part in random.sample(value, len(value))]
        if isinstance(value, dict):
            return {name: shuffled(value[name]) for name in random.sample(list(value), len(value))}
        return value

    assert letters.data("note", shuffled(NOTE), BY) == letters.data("note", NOTE, BY)


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        ("contact", {"birthday": "31.12.1970"}),
        ("contact", {"lastMeeting": "yesterday"}),
        ("opportunity", {"openDate": "2026-02-30"}),
        ("history", {"startTime": 20260520}),
        ("activity", {"created": "x", "startTime": "2026-05-20"}),
        ("activity", {"recurSpec": {"recurType": "Daily", "seriesStart": "x"}}),
    ],
)
def test_a_bad_date_refuses_its_record_with_the_place_and_without_its_content(
    kind: str, row: Row
) -> None:
    with pytest.raises(BadRecord) as caught:
        letters.data(kind, {"id": "C1"} | row, BY)
    assert f"The {kind} C1 was left out, for its" in caught.value.sentence
    assert "is no time: correct it in Act!." in caught.value.sentence
    assert not any(str(value) in caught.value.sentence for value in row.values())


def test_a_bad_date_that_does_not_travel_refuses_nothing() -> None:
    by = ruled('[fields.contact]\nwithout = ["birthday"]')
    assert letter("contact", contact(birthday="x"), by)["fullName"] == "Ana Trujillo"


def test_what_the_office_took_out_stays() -> None:
    by = ruled('[fields.contact]\nwithout = ["Account Mgr", "City", "homeAddress"]')
    row = contact(
        businessAddress={"city": "Bern", "country": "CH", "latitude": 46.9},
        homeAddress={"city": "Thun"},
        customFields={"rep": "Chris", "user6": "Wood"},
    )
    told = letter("contact", row, by)
    assert told["businessAddress"] == {"country": "CH"}
    assert told["customFields"] == {"user6": "Wood"}
    assert "homeAddress" not in told


def test_only_what_the_office_named_travels_and_what_places_the_record() -> None:
    by = ruled('[fields.activity]\nonly = ["subject"]')
    told = letter("activity", activity("2026-05-20T08:00:00Z", details="secret"), by)
    assert set(told) == {"subject", "startTime", "endTime", "seriesID", "contacts"}


def test_an_attachment_names_neither_server_nor_database() -> None:
    for name in (r"\\USP1-ACTSQL\H722-database files\Offer.pdf", "Offer.pdf", "C:/x/Offer.pdf"):
        row = NOTE | {"attachment": {"displayName": name, "fileName": name, "fileSize": 3}}
        assert letter("note", row)["attachment"] == {"displayName": "Offer.pdf"}


def size(text: str) -> int:
    return len(text.encode())


def test_a_long_note_is_cut_with_a_mark_and_says_so() -> None:
    row = NOTE | {"noteText": "ä" * 400_000}
    text = letters.data("note", row, BY)
    assert letters.MOST_DATA - 200 < size(text) <= letters.MOST_DATA
    told = json.loads(text)
    assert told["noteText"].endswith("ä" + texts.MARK)
    assert told["cut"] == ["noteText"]
    assert told["contacts"] == letter("note", NOTE)["contacts"]


def test_html_gives_way_before_the_words_are_cut() -> None:
    words = "ä" * 31_000
    row: Row = {"id": "O", "details": f"<p>{words}</p>", "historyTypeID": 1}
    assert "detailsHtml" in letter("history", row)
    told = letter("history", row | {"regarding": "x" * 150_000})
    assert (told["details"], "detailsHtml" in told, "cut" in told) == (words, False, False)


def test_a_history_sent_to_thousands_keeps_as_many_links_as_fit() -> None:
    links = [{"id": f"{SERIES}-{n:05}"} for n in range(20_000)]
    text = letters.data("history", {"id": "H", "regarding": "News", "contacts": links}, BY)
    told = json.loads(text)
    assert size(text) <= letters.MOST_DATA
    assert told["cut"] == ["contacts"]
    assert told["contacts"] == links[: len(told["contacts"])]
    assert len(told["contacts"]) > 4_000


JUNK: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=5)
    | st.builds(lambda text, times: text * times, st.text(max_size=3), st.integers(0, 40_000)),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "name", "displayName", "city", "x"]), children)
    ),
    max_leaves=4,
)


@given(st.data(), st.sampled_from(KINDS))
def test_whatever_act_sends_the_letter_is_json_of_a_size_that_travels(
    data: st.DataObject, kind: str
) -> None:
    timed = members.DAYS | members.TIMES | {members.RECURRENCE}
    names = [name for name in members.OF_KIND[kind] if name not in timed]
    row = data.draw(st.dictionaries(st.sampled_from(names), JUNK, max_size=8))
    text = letters.data(kind, row, BY)
    assert size(text) <= letters.MOST_DATA < MAILBOX_TAKES
    json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))


@given(st.lists(st.integers(0, 60_000), max_size=6), st.sampled_from(["x", "ä", '"', "\x00"]))
def test_many_long_custom_fields_share_the_room(lengths: list[int], sign: str) -> None:
    custom = {f"memo_{n}": sign * length for n, length in enumerate(lengths)}
    text = letters.data("contact", contact(customFields=custom), BY)
    assert size(text) <= letters.MOST_DATA
    told = json.loads(text)
    assert told["fullName"] == "Ana Trujillo"
    assert set(told.get("customFields", {})) == {name for name in custom if custom[name]}


def test_tens_of_thousands_of_custom_fields_do_not_break_it_either() -> None:
    custom = {f"field_{n}": "x" * 20 for n in range(30_000)}
    text = letters.data("contact", contact(customFields=custom), BY)
    assert size(text) <= letters.MOST_DATA
    assert json.loads(text)["cut"] == ["customFields"]
