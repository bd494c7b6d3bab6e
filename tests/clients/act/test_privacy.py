"""What never leaves: private and limited records, and what names them in others."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.agent.act import letters, privacy
from clients.agent.act.records import LINKS, Row
from tests.clients.act.office import SERIES, letter, ruled

CANARY = "Zwitscher"
NAMING = (
    "contactNames",
    "contactCompany",
    "contactEmail",
    "contactPhone",
    "contactPhoneExt",
    "scheduledWithCompany",
    "scheduledWithEmail",
    "scheduledWithPhone",
    "scheduledWithPhoneExt",
)


def stays(kind: str, id: str) -> bool:
    return "in" not in id


@pytest.mark.parametrize(
    ("row", "access", "standing"),
    [
        ({"isPrivate": False}, None, "public"),
        ({"isPrivate": None}, None, "public"),
        ({"isPrivate": True}, None, "private"),
        ({"isPrivate": "true"}, None, "private"),
        ({"isPrivate": 1}, {"type": "Public"}, "private"),
        ({}, None, "unknown"),
        ({}, {"type": "Public"}, "unknown"),
        ({"isPrivate": False}, {"type": "Public", "accessors": []}, "public"),
        ({"isPrivate": False}, {"type": "Private"}, "private"),
        ({"isPrivate": False}, {"type": "LimitedAccess"}, "limited"),
        ({"isPrivate": False}, {"type": "Something new"}, "limited"),
        ({"isPrivate": False}, {}, "limited"),
        ({"isPrivate": False, "acl": "Public"}, None, "public"),
        ({"isPrivate": False, "acl": "Limited Access"}, None, "limited"),
        ({"isPrivate": False, "acl": "PRIVATE"}, None, "private"),
        ({"isPrivate": False, "acl": "{0f2c}"}, None, "public"),
    ],
)
def test_whatever_is_not_clearly_public_is_private(
    row: Row, access: dict[str, object] | None, standing: str
) -> None:
    for kind in ("contact", "company", "group", "opportunity", "activity", "note", "history"):
        assert privacy.standing(kind, row, access) == standing
        assert privacy.is_private(kind, row, access) is (standing != "public")


def test_fields_are_no_secret() -> None:
    assert not privacy.is_private("field", {"displayName": "Account Mgr"}, None)


@pytest.mark.parametrize("member", LINKS)
def test_links_to_records_that_stay_are_removed_and_the_others_kept(member: str) -> None:
    links: list[Any] = [{"id": "in-1"}, {"id": "out"}, {"id": ""}, {}, None, {"id": 7}]
    row: Row = {"id": "N", member: [*links, {"id": "in-2"}]}
    assert privacy.scrub("note", row, stays)[member] == [{"id": "in-1"}, {"id": "in-2"}]
    assert len(row[member]) == 7, "the row itself stays as it is"


@pytest.mark.parametrize("nothing", [None, []])
def test_a_record_without_links_is_left_alone(nothing: object) -> None:
    assert privacy.scrub("note", {"contacts": nothing}, stays) == {"contacts": nothing}


@pytest.mark.parametrize("text", NAMING)
def test_texts_that_name_others_leave_with_no_record(text: str) -> None:
    for kind in ("activity", "history", "opportunity"):
        assert not privacy.scrub(kind, {text: CANARY, "contacts": [{"id": "in"}]}, stays)[
            "contacts"
        ][0].keys() - {"id"}
        assert text not in privacy.scrub(kind, {text: CANARY}, stays)
        assert CANARY not in letters.data(kind, {text: CANARY}, ruled()), "nor by itself"


@pytest.mark.parametrize(
    ("kind", "member", "others"),
    [
        ("contact", "companyID", ("company",)),
        ("secondary_contact", "companyID", ("company",)),
        ("company", "parentID", ()),
        ("company", "rootParentID", ()),
        ("group", "parentID", ()),
    ],
)
def test_ids_of_records_that_stay_go_with_the_name(
    kind: str, member: str, others: tuple[str, ...]
) -> None:
    row: Row = {"id": "X", "company": CANARY, member: "out"}
    scrubbed = privacy.scrub(kind, row, stays)
    assert member not in scrubbed
    assert not set(others) & scrubbed.keys()
    assert privacy.scrub(kind, row | {member: "in"}, stays) == row | {member: "in"}


@pytest.mark.parametrize("no_company", ["", None])
def test_a_company_that_is_only_a_text_stays_with_its_contact(no_company: str | None) -> None:
    row: Row = {"company": "Vanderpelt Fitness", "companyID": no_company}
    assert privacy.scrub("contact", row, stays) == row


def test_a_link_to_a_contact_that_travels_does_not_name_its_company() -> None:
    row: Row = {"contacts": [{"id": "in", "displayName": "Ana", "company": CANARY}]}
    assert privacy.scrub("note", row, stays)["contacts"] == [{"id": "in", "displayName": "Ana"}]


def link(id: st.SearchStrategy[object]) -> st.SearchStrategy[Row]:
    """A link as Act! may send it: whatever it says about a record that stays is a canary."""
    names = st.sampled_from(
        ["displayName", "name", "company", "emailAddress", "isInvited", "unheardOf"]
    )
    return st.builds(
        lambda id, members: dict.fromkeys(members, CANARY) | {"id": id}, id, st.sets(names)
    )


OUT = st.sampled_from([f"{CANARY}-out", "", None])
LISTS = st.none() | st.lists(link(OUT | st.sampled_from(["in-1", "in-2"])), max_size=4)


@given(
    kind=st.sampled_from(["note", "history", "activity", "opportunity"]),
    links=st.fixed_dictionaries(dict.fromkeys(LINKS, LISTS)),
    naming=st.dictionaries(st.sampled_from([*NAMING, "unheardOf", "acl"]), st.just(CANARY)),
)
def test_no_canary_of_a_staying_record_survives_in_what_leaves(
    kind: str, links: Row, naming: Row
) -> None:
    row: Row = {"id": "N", "seriesID": SERIES, "subject": "Call", "isPrivate": False}
    scrubbed = privacy.scrub(kind, row | links | naming, stays)
    text = letters.data(kind, scrubbed, ruled())
    assert CANARY not in text
    told = letter(kind, scrubbed)
    for member in LINKS:
        ids = {link["id"] for link in links[member] or [] if "in" in str(link["id"])}
        assert {link["id"] for link in told.get(member, [])} == ids


@given(st.sampled_from(["contact", "secondary_contact", "company", "group"]), OUT)
def test_no_canary_of_a_staying_company_survives_in_its_contacts(kind: str, id: object) -> None:
    row: Row = {"id": "C", "contactID": "in", "companyID": id, "parentID": id, "rootParentID": id}
    row |= {"company": CANARY if id else "", "recordOwner": CANARY, "acl": CANARY}
    assert CANARY not in letters.data(kind, privacy.scrub(kind, row, stays), ruled())
