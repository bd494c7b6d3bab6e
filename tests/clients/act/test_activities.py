"""A phone's appointments stand in Act!: changed, moved, cleared, planned and deleted, once each."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from clients.agent.act.conflicts import Conflicts
from clients.trouble import Trouble
from tests.act.office import Caller
from tests.clients.act.desk import Desk
from tests.clients.act.planned import (
    Data,
    Planned,
    at,
    histories,
    number,
    ops,
    person_of,
    row,
    said,
    times,
)


@pytest.fixture
def desk(planned: Planned) -> Iterator[Desk]:
    planned.desk.office.do("reset")
    yield planned.desk
    planned.desk.office.do("clear-faults")
    planned.desk.office.do("rights")


@pytest.fixture
def person(desk: Desk) -> str:
    return person_of(desk)


@pytest.fixture
def call(planned: Planned) -> str:
    """In three days, with that person, on the phone."""
    return planned.calls.pop()


def unchanged(before: Data, after: Data, *but: str) -> None:
    moved = {name for name in after if after[name] != before[name]}
    assert moved - {"edited"} == set(but)


def test_what_is_changed_is_written_and_nothing_else(desk: Desk, call: str) -> None:
    before = row(desk, call)
    assert said(desk.edit("activity", call, location="Bern", leadMinutes=30)) == ("applied", "")
    unchanged(before, row(desk, call), "location", "leadMinutes")
    assert desk.phone["activity", call]["location"] == "Bern"
    assert ops(desk) == [("activity", "change")]


def test_moved_to_another_day_it_has_another_id_in_act_and_the_same_on_the_phone(
    desk: Desk, call: str
) -> None:
    before = row(desk, call)
    for days in (10, 12):
        assert said(desk.edit("activity", call, **times(days, 14))) == ("applied", "")
        assert row(desk, call)["startTime"] == at(days, 14)
    assert row(desk, call)["id"] != before["id"]
    assert desk.phone["activity", call]["startTime"] == at(12, 14)


def test_one_that_the_office_has_moved_is_found_where_it_is_now(desk: Desk, call: str) -> None:
    desk.office.do("move", id=row(desk, call)["id"], start=at(20))
    assert said(desk.edit("activity", call, location="Bern")) == ("applied", "")
    assert (row(desk, call)["startTime"], row(desk, call)["location"]) == (at(20), "Bern")
    assert desk.phone["activity", call]["startTime"] == at(20)


def test_moved_out_of_the_calendars_days_it_leaves_the_phones(desk: Desk, call: str) -> None:
    state, detail = said(desk.edit("activity", call, **times(400)))
    assert (state, "not on the phones" in detail) == ("applied", True)
    assert row(desk, call)["startTime"] == at(400)
    assert ("activity", call) not in desk.phone


def test_whole_days_and_hours_turn_into_each_other(desk: Desk, call: str) -> None:
    day = at(5)[:10]
    whole: Data = {"isAllDay": True, "startTime": day, "endTime": day}
    assert said(desk.edit("activity", call, **whole)) == ("applied", "")
    assert row(desk, call)["startTime"] == f"{day}T00:00:00Z"
    assert {n: desk.phone["activity", call][n] for n in whole} == whole
    assert said(desk.edit("activity", call, isAllDay=False, **times(6))) == ("applied", "")
    assert (row(desk, call)["isAllDay"], row(desk, call)["startTime"]) == (False, at(6))


def test_rich_text_survives_until_the_text_itself_is_changed(desk: Desk, call: str) -> None:
    before = row(desk, call)["details"]
    desk.edit("activity", call, subject="Still rich")
    assert row(desk, call)["details"] == before
    assert said(desk.edit("activity", call, details="Plain & short")) == ("applied", "")
    assert desk.phone["activity", call]["details"] == "Plain & short"


def test_who_does_not_travel_stays_invited(desk: Desk, call: str, person: str) -> None:
    hidden = desk.office.create("contact", fullName="Nobody Knows", contactType="Contact")
    desk.office.do("private", kind="contact", id=hidden, own=True)
    desk.office.change("activity", call, contacts=[person, hidden])
    desk.read_well()
    [other] = [id for id in desk.ids("contact") if id != person][:1]
    contacts = [{"id": other}]
    assert said(desk.edit("activity", call, contacts=contacts)) == ("applied", "")
    assert {link["id"] for link in row(desk, call)["contacts"]} == {hidden, other}
    assert hidden not in str(desk.phone["activity", call])


@pytest.mark.parametrize("tells", [True, False])
def test_cleared_with_a_result_it_has_one_history_which_travels_at_once(
    desk: Desk, call: str, tells: bool
) -> None:
    """`tells`: whether Act! says which histories an activity has."""
    if not tells:
        desk.office.plan("missing", "GET /api/activities/*", times=1000)
    subject = row(desk, call)["subject"]
    asked: Data = {"result": {"name": "Call Left Message"}, "history": {"details": "On his box."}}
    assert said(desk.edit("activity", call, isCleared=True, **asked)) == ("applied", "")
    assert ops(desk) == [("activity", "clear")]
    [made] = histories(desk, subject)
    assert made["historyTypeID"] == 17
    assert made["details"].startswith("On his box.")
    assert desk.phone["activity", call]["isCleared"] is True
    assert not {"result", "history"} & desk.phone["activity", call].keys()

    assert said(desk.edit("activity", call, isCleared=False)) == ("applied", "")
    assert row(desk, call)["isCleared"] is False
    assert len(histories(desk, subject)) == 1


def test_fields_are_written_before_it_is_cleared(desk: Desk, call: str) -> None:
    done = {"isCleared": True, "subject": f"{call} is done", **times(-1)}
    assert said(desk.edit("activity", call, **done)) == ("applied", "")
    assert ops(desk) == [("activity", "change"), ("activity", "clear")]
    [made] = histories(desk, done["subject"])
    # Nobody said what came of it: a call is completed.
    assert (made["historyTypeID"], made["startTime"]) == (1, at(-1))


def test_what_was_written_stands_where_it_cannot_be_cleared(desk: Desk, call: str) -> None:
    desk.office.plan("crash", "PUT /api/tasks/*/clear", times=3)
    state, detail = said(desk.edit("activity", call, isCleared=True, location="Bern"))
    assert (state, "did not take isCleared." in detail) == ("applied", True)
    assert (row(desk, call)["location"], row(desk, call)["isCleared"]) == ("Bern", False)
    desk.office.plan("crash", "PUT /api/tasks/*/clear", times=3)
    assert said(desk.edit("activity", call, isCleared=True))[0] == "rejected"
    assert ops(desk) == [("activity", "change")]


def test_what_the_office_has_cleared_is_not_cleared_again(desk: Desk, call: str) -> None:
    version, seen = desk.version("activity", call), desk.phone["activity", call]
    desk.office.do("clear", id=row(desk, call)["id"])
    cleared: Data = {"isCleared": True, "result": {"id": 2}}
    state, detail = said(desk.edit("activity", call, seen=seen, base=version, **cleared))
    assert (state, "result" in detail) == ("applied", True)
    assert ops(desk) == []


@pytest.mark.parametrize("lost", ["cut-connection", "cut-json"])
def test_a_lost_answer_is_looked_for_and_nothing_is_written_twice(
    desk: Desk, call: str, person: str, lost: str
) -> None:
    for route in ("POST /api/tasks", "PATCH /api/tasks/*", "PUT /api/tasks/*/clear"):
        desk.office.plan(lost, route)
    subject = f"Lost {number()}"
    new = {"subject": subject, "contacts": [{"id": person}], "isCleared": True, **times(2)}
    assert said(desk.edit("activity", activityTypeId=1, **new)) == ("applied", "")
    assert said(desk.edit("activity", call, location=lost)) == ("applied", "")
    desk.office.plan(lost, "DELETE /api/tasks/*")
    assert said(desk.edit("activity", call, op="delete")) == ("applied", "")
    wanted = ["create", "clear", "change", "delete"]
    assert ops(desk) == [("activity", op) for op in wanted]
    assert len(histories(desk, subject)) == 1


@pytest.mark.parametrize("forgets", [False, True])
def test_a_run_that_ended_amid_a_write_goes_on_where_it_was(
    desk: Desk, person: str, forgets: bool
) -> None:
    """`forgets`: Act! keeps no marker, so the content has to tell."""
    if forgets:
        desk.office.do("drop", kind="activity", names=["calendarUid"])
    subject = f"Begun {number()}"
    new = {"subject": subject, "contacts": [{"id": person}], "isCleared": True, **times(2)}
    again = {"token": subject, "activityTypeId": 1, **new}
    desk.office.plan("cut-connection", "POST /api/tasks")
    for look in ("POST /api/sync-data/*", "GET /api/contacts/*"):
        desk.office.plan("unavailable", look, times=1000)
    with pytest.raises(Trouble):
        desk.edit("activity", **again)
    desk.office.do("clear-faults")
    desk.office.plan("cut-connection", "PUT /api/tasks/*/clear")
    desk.office.plan("unavailable", "GET /api/tasks/{taskId}", nth=2, times=1000)
    with pytest.raises(Trouble):
        desk.edit("activity", **again)
    desk.office.do("clear-faults")
    assert ops(desk) == [("activity", "create"), ("activity", "clear")]
    assert said(desk.edit("activity", **again)) == ("applied", "")
    desk.office.do("drop", kind="activity", names=[])
    assert ops(desk) == [("activity", "create"), ("activity", "clear")]
    assert len(histories(desk, subject)) == 1


def test_the_same_new_one_in_another_batch_is_not_made_again(desk: Desk, person: str) -> None:
    new = {"subject": "Once", "contacts": [{"id": person}], "activityTypeId": 1, **times(2)}
    id = str(uuid.uuid4())
    made = [desk.edit("activity", id, **new)["id"] for _ in range(2)]
    assert made[0] == made[1] != id
    assert ops(desk) == [("activity", "create")]


NOBODY = "00000000-0000-0000-0000-000000000000"
NO_GOOD: list[tuple[Data, str]] = [
    ({"contacts": []}, "contacts"),
    ({"contacts": [{"id": NOBODY}]}, "contacts"),
    ({"startTime": "soon"}, "startTime"),
    ({"startTime": "2026-12-01T09:00:00"}, "startTime"),
    ({"endTime": at(1)}, "endTime"),
    ({"isAlarmed": "yes"}, "isAlarmed"),
    ({"activityTypeName": "Siesta"}, "activityTypeName"),
    ({"isCleared": True, "result": {"name": "Slept"}}, "result"),
    ({"scheduledFor": "Somebody"}, "scheduledFor"),
    ({"recurSpec": {"recurType": "Daily"}}, "recurSpec"),
    ({"scope": "all"}, "scope"),
]
NO_GOOD_ANEW: list[tuple[Data, str]] = [
    ({"contacts": []}, "contacts"),
    ({"startTime": None}, "startTime"),
    ({"on_behalf_of": "Nobody Here"}, "on_behalf_of"),
]


def test_what_is_no_good_is_refused_by_name_before_act_is_asked(
    desk: Desk, call: str, person: str
) -> None:
    for wrong, named in NO_GOOD:
        state, detail = said(desk.edit("activity", call, **wrong))
        assert (state, named in detail) == ("rejected", True), (wrong, detail)
    new = {"subject": "New", "contacts": [{"id": person}], **times(2)}
    for wrong, named in NO_GOOD_ANEW:
        state, detail = said(desk.edit("activity", **{**new, **wrong}))
        assert (state, named in detail) == ("rejected", True), (wrong, detail)
        assert "Nobody Here" not in detail
    assert ops(desk) == []


def test_what_act_drops_is_said(desk: Desk, call: str) -> None:
    desk.office.do("drop", kind="activity", names=["location"])
    told = said(desk.edit("activity", call, location="Bern", leadMinutes=45))
    assert told == ("applied", "Act! did not take location.")
    assert said(desk.edit("activity", call, location="Bern"))[0] == "rejected"
    desk.office.do("drop", kind="activity", names=[])


def test_a_right_that_is_missing_is_named(desk: Desk, call: str, person: str) -> None:
    desk.office.do("rights", denied=["activity"])
    new = {"subject": "New", "contacts": [{"id": person}], **times(2)}
    for outcome, named in (
        (desk.edit("activity", call, location="Bern"), "Change"),
        (desk.edit("activity", call, isCleared=True), "Change"),
        (desk.edit("activity", call, op="delete"), "Delete"),
        (desk.edit("activity", **new), "Create"),
    ):
        state, detail = said(outcome)
        assert (state, f"{named} activity" in detail) == ("rejected", True), detail
    assert desk.phone["activity", call]["isCleared"] is False


@contextmanager
def policy(desk: Desk, name: str) -> Iterator[None]:
    """Not the rules of the next reading: those are back by then."""
    written = desk.rules.read_text()
    desk.rules.write_text(written.replace('conflicts = "office"', f'conflicts = "{name}"'))
    desk.act.health()
    yield
    desk.rules.write_text(written)
    desk.act.health()


@pytest.mark.parametrize(
    ("stands", "state", "location", "minutes"),
    [("office", "conflict", "Ulm", 15), ("phone", "applied", "Bern", 45)],
)
def test_the_same_field_changed_twice_follows_the_policy(
    desk: Desk, call: str, stands: str, state: str, location: str, minutes: int
) -> None:
    desk.office.change("activity", call, location="Ulm", bannerColor="#FF0000")
    with policy(desk, stands):
        told, detail = said(desk.edit("activity", call, location="Bern", leadMinutes=45))
    assert (told, "location" in detail) == (state, True)
    now = row(desk, call)
    assert (now["location"], now["leadMinutes"]) == (location, minutes)
    assert now["bannerColor"] == desk.phone["activity", call]["bannerColor"] == "#FF0000"


def test_a_conflict_that_was_settled_for_the_phone_is_written_once(desk: Desk, call: str) -> None:
    desk.office.change("activity", call, location="Ulm", bannerColor="#FF0000")
    with policy(desk, "ask"):
        told = desk.edit("activity", call, location="Bern", isCleared=True, result={"id": 2})
    assert (told["state"], ops(desk)) == ("conflict", [])
    conflicts = Conflicts(desk.store.db.connection)
    [waiting] = conflicts.on("activity", call)
    with desk.store.db.transaction():
        conflicts.let_phone_stand(waiting.number)
    for _ in range(2):
        desk.read_well()
    assert ops(desk) == [("activity", "change"), ("activity", "clear")]
    assert (row(desk, call)["location"], row(desk, call)["bannerColor"]) == ("Bern", "#FF0000")
    assert desk.phone["activity", call]["isCleared"] is True
    [made] = histories(desk, row(desk, call)["subject"])
    assert (made["historyTypeID"], conflicts.count()) == (2, 0)


@pytest.mark.parametrize("how", ["delete", "put"])
def test_what_the_office_changed_is_deleted_by_the_phones_policy_alone(
    desk: Desk, call: str, how: str
) -> None:
    desk.office.change("activity", call, location="Ulm")
    asked: Data = {"op": "delete"} if how == "delete" else {"isDeleted": True}
    version, seen = desk.version("activity", call), desk.phone["activity", call]
    assert said(desk.edit("activity", call, **asked))[0] == "conflict"
    assert desk.phone["activity", call]["location"] == "Ulm"
    with policy(desk, "phone"):
        told = said(desk.edit("activity", call, seen=seen, base=version, **asked))
    assert (told[0], bool(told[1])) == ("applied", True)
    assert ("activity", call) not in desk.phone
    assert ops(desk) == [("activity", "delete")]


def test_what_the_office_changes_before_a_delete_is_repeated_stays(desk: Desk, call: str) -> None:
    token = str(uuid.uuid4())
    desk.office.plan("unavailable", "DELETE /api/tasks/{taskId}")
    desk.office.plan("unavailable", "GET /api/*", nth=2, times=1000)
    with pytest.raises(Trouble):
        desk.edit("activity", call, "delete", token=token)
    desk.office.do("clear-faults")
    desk.office.change("activity", call, location="Ulm")
    assert said(desk.edit("activity", call, "delete", token=token))[0] == "conflict"
    assert desk.phone["activity", call]["location"] == "Ulm"


def test_what_is_gone_is_gone(desk: Desk, call: str) -> None:
    desk.office.do("delete", kind="activity", id=call)
    assert said(desk.edit("activity", call, location="Bern"))[0] == "rejected"
    assert ("activity", call) not in desk.phone


def test_planned_for_somebody_else_in_the_office(desk: Desk, person: str) -> None:
    with Caller(desk.office) as caller:
        names = [one["displayName"] for one in caller.rows("users")]
    [user] = [name for name in names if name != desk.office.user][:1]
    subject = f"For another {number()}"
    new = {"subject": subject, "contacts": [{"id": person}], "on_behalf_of": user, **times(2)}
    outcome = desk.edit("activity", **new)
    assert said(outcome) == ("applied", "")
    assert row(desk, outcome["id"])["scheduledFor"] == user
    assert desk.phone["activity", outcome["id"]]["scheduledFor"] == user
