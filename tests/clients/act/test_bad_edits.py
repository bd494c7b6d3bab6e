"""An edit that cannot be taken ends with an outcome; it never stops those behind it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from clients.agent.act import line as act_line
from clients.agent.act.refusals import Broken, RightMissing, Unreachable
from tests.act.office import Office
from tests.clients.act.desk import RULES, Desk
from tests.clients.act.planned import PERSON, person_of, times

BY_ID = "GET /api/companies/{companyId}"
ODD: list[tuple[str, dict[str, Any]]] = [
    ("secondary_contact", {"fullName": "Nobody's", "contactID": {"id": 1}}),
    ("contact", {"fullName": "Odd", "customFields": {"a\0b": "x", "user1": ["x"]}}),
    ("contact", {"fullName": "Odd", "a\0b": "x", "What Mr. Odd said": 1}),
    ("contact", {"fullName": ["Odd"], "businessAddress": "Bern"}),
    ("note", {"noteText": {"a": 1}, "contacts": [{"id": ["x"]}]}),
    ("opportunity", {"name": "Odd", "products": [{"name": {"a": 1}}], "stage": {"id": [1]}}),
    ("activity", {"recurSpec": {"recurType": "Weekly", "day": {"daysOfWeek": 5}}}),
    (
        "activity",
        {"startTime": "9999-12-31T23:30:00-11:00", "endTime": "9999-12-31T23:45:00-11:00"},
    ),
    ("activity", {"isCleared": True, "history": {"startTime": 5}, "result": {"id": [1]}}),
]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    words = ("--activities", "12", "--series", "0", "--secondary", "8", "--histories", "5")
    with (
        Office(*words, contacts=20) as office,
        closing(Desk(office, tmp_path_factory.mktemp("bad"))) as desk,
    ):
        office.create("contact", fullName=PERSON, contactType="Contact")
        desk.read_well()
        yield desk


@pytest.fixture
def worked(shared: Desk) -> Iterator[Desk]:
    shared.office.do("reset")
    yield shared
    shared.office.do("clear-faults")
    shared.rules.write_text(RULES, encoding="utf-8")
    shared.act.health()


def rule(desk: Desk, before: str, after: str) -> None:
    assert before in RULES
    desk.rules.write_text(RULES.replace(before, after), encoding="utf-8")
    desk.act.health()


@pytest.mark.parametrize(("kind", "odd"), ODD, ids=[str(n) for n in range(len(ODD))])
def test_whatever_a_phone_sends_ends_with_an_outcome(
    worked: Desk, kind: str, odd: dict[str, Any]
) -> None:
    new = {"contacts": [{"id": person_of(worked)}], **times(2), **odd}
    for made in (new, {"\0": "\0", **new}):
        said = worked.edit(kind, **made)
        assert said["state"] in ("applied", "rejected")
        assert said.get("detail", "").isprintable()
        assert "Mr. Odd" not in said.get("detail", "")
    there = worked.ids(kind)[0]
    assert worked.edit(kind, there, **odd)["state"] in ("applied", "rejected")
    assert worked.edit("contact", worked.ids("contact")[0], jobTitle=kind)["state"] == "applied"


@pytest.mark.parametrize("kind", ["secondary_contact", "activity", "contact", "field"])
def test_a_delete_of_what_nobody_knows_ends_with_an_outcome(worked: Desk, kind: str) -> None:
    assert worked.edit(kind, str(uuid.uuid4()), "delete")["state"] in ("applied", "rejected")


def test_a_record_that_act_no_longer_shows_after_a_write_is_waited_for_and_then_left(
    worked: Desk,
) -> None:
    company, other = worked.ids("company")[:2]
    token = str(uuid.uuid4())
    worked.office.plan("crash", BY_ID, nth=2, times=1000)
    for _ in range(2):
        with pytest.raises(Broken):
            worked.edit("company", company, token=token, website="a.example")
    said = worked.edit("company", company, token=token, website="a.example")
    assert (said["state"], "may stand in Act!" in said["detail"]) == ("rejected", True)
    assert ("company", company) in worked.phone
    worked.office.do("clear-faults")
    assert worked.edit("company", other, website="b.example")["state"] == "applied"


def test_a_write_over_which_act_takes_too_long_is_looked_for_in_a_later_run(
    worked: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact, token = worked.ids("contact")[2], str(uuid.uuid4())
    monkeypatch.setattr(act_line, "PATIENCE", 4.0)
    worked.restart()
    worked.act.health()
    worked.office.plan("slow", "PATCH /api/contacts/{contactId}", seconds=5.0)
    with pytest.raises(Unreachable):
        worked.edit("contact", contact, token=token, jobTitle="Slow")
    assert worked.edit("contact", contact, token=token, jobTitle="Slow")["state"] == "applied"
    assert len(worked.writes()) == 1
    monkeypatch.undo()
    worked.restart()


def test_a_kind_that_may_not_be_read_any_more_is_refused_by_its_right(worked: Desk) -> None:
    deal, contact = worked.ids("opportunity")[0], worked.ids("contact")[1]
    worked.office.plan("forbidden", "GET /api/opportunities/*", times=1000, code=403)
    said = worked.edit("opportunity", deal, name="Mine")
    assert (said["state"], "Access opportunity" in said["detail"]) == ("rejected", True)
    assert worked.edit("contact", contact, jobTitle="Goes on")["state"] == "applied"
    worked.office.plan("forbidden", "GET /api/co*", times=1000, code=403)
    with pytest.raises(RightMissing):
        worked.edit("contact", contact, jobTitle="Nothing goes")


def test_where_act_does_not_show_it_the_phones_keep_what_they_have(worked: Desk) -> None:
    company = worked.ids("company")[2]
    seen, base = worked.phone["company", company], worked.version("company", company)
    worked.edit("company", company, description="Newer")
    worked.office.plan("crash", BY_ID, times=3)
    said = worked.edit("company", company, seen=seen, base=base, website="late.example")
    assert said["state"] == "rejected"
    assert worked.phone["company", company]["description"] == "Newer"
    worked.office.plan("crash", BY_ID, times=3)
    assert (
        worked.edit("company", company, base=10**6, website="lost.example")["state"] == "rejected"
    )
    assert worked.phone["company", company]["description"] == "Newer"


def test_what_has_left_the_phones_does_not_come_back_with_an_edit_that_is_refused(
    worked: Desk,
) -> None:
    call = worked.edit("activity", subject="Off", contacts=[{"id": person_of(worked)}], **times(2))
    key = ("activity", call["id"])
    seen, base = worked.phone[key], worked.version(*key)
    rule(worked, '"activity", ', "")
    worked.read_well()
    assert key not in worked.phone
    assert worked.edit(*key, seen=seen, base=base, subject="On")["state"] == "rejected"
    assert key not in worked.phone


def test_days_and_hours_never_mix(worked: Desk) -> None:
    call = worked.edit("activity", subject="Form", contacts=[{"id": person_of(worked)}], **times(2))
    worked.office.change("activity", call["id"], isAllDay=True)
    rule(worked, 'conflicts = "office"', 'conflicts = "phone"')
    said = worked.edit("activity", call["id"], endTime=times(2, 11)["endTime"])
    assert said["state"] == "applied", said
    held = worked.phone["activity", call["id"]]
    assert (held["isAllDay"], held["endTime"]) == (False, times(2, 11)["endTime"])
    assert "Act! did not take" not in said["detail"]


def test_a_beginning_that_is_taken_away_is_named(worked: Desk) -> None:
    call = worked.edit("activity", subject="Ends", contacts=[{"id": person_of(worked)}], **times(2))
    said = worked.edit("activity", call["id"], startTime=None, endTime=times(2, 12)["endTime"])
    assert (said["state"], said["detail"][:9]) == ("rejected", "startTime")
