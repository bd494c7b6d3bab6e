"""Which records travel, and the reason that is given for those that stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.agent.act import sync_set
from clients.agent.act.records import BadRecord, Row
from tests.clients.act.office import Known, activity, contact, ruled

# The rule of a real office (act-web-api facts): ID/Status other than Personal and one of three
# countries, or one account manager.
REAL = """
[[sync_set]]
"ID/Status" = { not = "Personal" }
"Country" = ["US", "Canada", "Mexico"]
[[sync_set]]
"Account Mgr" = "Chris Huffman"
"""


def judged(row: Row, text: str = "", known: Known | None = None, kind: str = "contact") -> str:
    return sync_set.judge(kind, row, ruled(text), known or Known()).reason


def living_in(country: str | None, **members: object) -> Row:
    return contact(businessAddress={"country": country}, **members)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (living_in("US", idStatus="Customer"), "travels"),
        (living_in("canada", idStatus=None), "travels"),
        (living_in("US", idStatus="Personal"), "sync-set"),
        (living_in("US", idStatus="Customer; Personal"), "sync-set"),
        (living_in("Peru", idStatus="Customer"), "sync-set"),
        (living_in(None), "sync-set"),
        (contact(), "sync-set"),
        (living_in("Peru", customFields={"rep": "chris huffman"}), "travels"),
        (contact(idStatus="Personal", customFields={"rep": "Chris Huffman "}), "travels"),
        (contact(customFields=None, businessAddress=None), "sync-set"),
    ],
)
def test_the_rule_of_a_real_office(row: Row, reason: str) -> None:
    assert judged(row, REAL) == reason


@pytest.mark.parametrize(
    ("line", "city", "fits"),
    [
        ('"City" = "Bern"', "BERN", True),
        ('"City" = "Bern"', "Bernau", False),
        ('"City" = ["Basel", "Bern"]', "Bern", True),
        ('"City" = { not = "Bern" }', "Bern", False),
        ('"City" = { not = "Bern" }', "Basel", True),
        ('"City" = { not = "Bern" }', None, True),
        ('"City" = { contains = "burg" }', "Salzburg", True),
        ('"City" = { contains = "burg" }', None, False),
        ('"City" = { starts_with = ["St.", "San"] }', "San Marino", True),
        ('"City" = { starts_with = "St." }', "Ost.", False),
        ('"City" = { empty = true }', None, True),
        ('"City" = { empty = true }', " ", True),
        ('"City" = { empty = false }', "Bern", True),
        ('"City" = { empty = false }', "", False),
        ('any = [{ "City" = "Bern" }, { "City" = "Basel" }]', "Basel", True),
        ('any = [{ "City" = "Bern" }, { "City" = "Basel" }]', "Chur", False),
        ('all = [{ any = [{ "City" = "Bern" }] }, { "City" = { empty = true } }]', "Bern", False),
        ('all = [{ any = [{ "City" = "Bern" }] }, { "City" = "Bern" }]', "Bern", True),
    ],
)
def test_what_a_line_can_say(line: str, city: str | None, fits: bool) -> None:
    row = contact(businessAddress={"city": city})
    assert (judged(row, f"[[sync_set]]\n{line}") == "travels") is fits


@pytest.mark.parametrize(
    ("line", "groups", "fits"),
    [
        ('group = "Trade fair"', ["trade fair"], True),
        ('group = ["Newsletter", "Trade fair"]', ["Trade fair"], True),
        ('group = "Trade fair"', ["Newsletter"], False),
        ('group = "Trade fair"', [], False),
        ('group = { not = "Trade fair" }', ["Newsletter", "Trade fair"], False),
        ('group = { not = "Trade fair" }', [], True),
    ],
)
def test_groups_are_those_of_this_sync(line: str, groups: list[str], fits: bool) -> None:
    known = Known(groups={"C1": groups})
    assert (judged(contact(), f"[[sync_set]]\n{line}", known) == "travels") is fits


def test_groups_are_only_read_where_a_rule_asks_for_them() -> None:
    assert ruled('[[sync_set]]\nany = [{ group = "Trade fair" }]').wants_groups()
    assert not ruled(REAL).wants_groups()
    assert not ruled().wants_groups()


def test_numbers_and_truths_compare_by_what_they_say() -> None:
    rule = '[[sync_set]]\n"isUser" = true\n"customFields/rep" = 5'
    assert judged(contact(isUser=True, customFields={"rep": 5.0}), rule) == "travels"
    assert judged(contact(isUser=False, customFields={"rep": "5"}), rule) == "sync-set"


@pytest.mark.parametrize(
    ("kind_of_contact", "asked", "reason"),
    [
        ("Contact", "", "travels"),
        (None, "", "travels"),
        ("User", "", "contact-type"),
        ("Secondary", "", "contact-type"),
        ("User", 'contact_types = ["Contact", "User"]', "travels"),
        ("Contact", 'contact_types = ["User"]', "contact-type"),
    ],
)
def test_only_contacts_travel_unless_asked(
    kind_of_contact: str | None, asked: str, reason: str
) -> None:
    assert judged(contact(contactType=kind_of_contact), asked) == reason


@pytest.mark.parametrize("kind", ["note", "history", "opportunity", "activity"])
@pytest.mark.parametrize("linked", ["contacts", "companies", "groups", "opportunities"])
def test_followers_are_in_if_one_linked_record_is(kind: str, linked: str) -> None:
    row = activity("2026-05-20T08:00:00Z", contacts=None)
    row[linked] = [{"id": "out"}, {"id": "in"}]
    of = {"contacts": "contact", "companies": "company", "groups": "group"}.get(
        linked, "opportunity"
    )
    assert judged(row, known=Known({(of, "in")}), kind=kind) == "travels"
    assert judged(row, known=Known({("note", "in")}), kind=kind) == "no-link"


@pytest.mark.parametrize("links", [None, [], [None], [{}], [{"id": None}], "C1"])
def test_followers_without_a_usable_link_stay(links: object) -> None:
    row = contact(contacts=links)
    assert judged(row, known=Known({("contact", "C1")}), kind="note") == "no-link"


def test_secondary_contacts_follow_their_contact() -> None:
    row = contact(contactID="C9", contactType="Secondary")
    known = Known({("contact", "C9")})
    assert judged(row, REAL, known, kind="secondary_contact") == "travels"
    assert judged(row, REAL, Known(), kind="secondary_contact") == "no-parent"
    assert judged(row | {"isPrivate": True}, "", known, kind="secondary_contact") == "private"


def test_companies_and_groups_travel_unless_private() -> None:
    for kind in ("company", "group"):
        assert judged(contact(), REAL, kind=kind) == "travels"
        assert judged(contact(isPrivate=True), REAL, kind=kind) == "private"


def test_a_kind_that_is_not_named_stays() -> None:
    assert judged(contact(), 'kinds = ["note"]') == "kind-off"


def test_limited_access_is_asked_for_where_it_is_known() -> None:
    assert judged(contact(), known=Known(levels={"C1": "LimitedAccess"})) == "limited"
    assert judged(contact(), known=Known(levels={"C1": "Private"})) == "private"
    assert judged(contact(), known=Known(levels={"C1": "Public"})) == "travels"


def test_an_activity_outside_of_the_window_stays_and_one_without_a_time_is_refused() -> None:
    known = Known({("contact", "C1")})
    assert judged(activity("2026-05-20T08:00:00Z"), known=known, kind="activity") == "travels"
    assert judged(activity("2025-05-20T08:00:00Z"), known=known, kind="activity") == "window"
    for start in (None, "", "0001-01-01T00:00:00", "2026-02-30T08:00:00Z", "soon", 7):
        with pytest.raises(BadRecord, match="its startTime is"):
            judged(activity("x") | {"startTime": start}, known=known, kind="activity")


def test_every_reason_has_a_sentence_and_the_rule_stands_in_it() -> None:
    verdict = sync_set.judge("contact", living_in("Peru"), ruled(REAL), Known())
    assert verdict.sentence == (
        "It is outside of the sync set: see [[sync_set]] in the rules file (line 4 asks Country "
        "to be US or Canada or Mexico; line 6 asks Account Mgr to be Chris Huffman)."
    )
    assert all(sentence.endswith(".") for sentence in sync_set.SENTENCES.values())
    inside = sync_set.judge("contact", contact(), ruled(), Known())
    assert (inside.travels, inside.sentence) == (True, sync_set.SENTENCES["travels"])


def test_a_sync_set_never_names_a_rule_without_its_line() -> None:
    asked = '[[sync_set]]\n"City" = { empty = false }'
    verdict = sync_set.judge("contact", contact(), ruled(asked), Known())
    assert verdict.rule == "line 2 asks City to be filled in"


@given(
    status=st.sampled_from(["Customer", "Personal", "", None]),
    country=st.sampled_from(["US", "Mexico", "Peru", None]),
    rep=st.sampled_from(["Chris Huffman", "Allison Mikola", None]),
    private=st.sampled_from([True, False, None, "true"]),
)
def test_the_judgement_equals_the_rule_written_in_python(
    status: str | None, country: str | None, rep: str | None, private: object
) -> None:
    row = living_in(country, idStatus=status, customFields={"rep": rep}, isPrivate=private)
    wanted = (status != "Personal" and country in ("US", "Mexico")) or rep == "Chris Huffman"
    assert (judged(row, REAL) == "travels") is (wanted and private in (False, None))
