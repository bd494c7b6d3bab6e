"""An agent that is killed, and an Act! that fails: the end is the same, and nothing is lost."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from clients.agent.connectors.base import Chunk
from clients.agent.store import Store
from clients.database import sole_user
from clients.trouble import Trouble
from tests.clients.act.desk import Desk, assert_equal
from tests.clients.act.test_reaching import contact_ids

MOMENTS = 8
NOTES = "GET /api/notes"
HISTORIES = "GET /api/History"


class Killed(BaseException):
    """The program ends here, between two transactions."""


def kill_after(desk: Desk, patch: pytest.MonkeyPatch, chunks: int) -> None:
    """Read, end after so many chunks, and start anew."""
    numbers = iter(range(chunks))
    kill_when(desk, patch, lambda: next(numbers, None) is None)


def kill_at(desk: Desk, patch: pytest.MonkeyPatch, route: str) -> None:
    """Read, end where whole records of this route are asked for, and start anew."""
    desk.office.do("reset")
    kill_when(desk, patch, lambda: route in pages_of(desk, "200"))


def kill_when(desk: Desk, patch: pytest.MonkeyPatch, reached: Callable[[], bool]) -> None:
    changes = desk.act.changes

    def until(*asked: Any, **how: Any) -> Iterator[Chunk]:
        for chunk in changes(*asked, **how):
            if reached():
                raise Killed
            yield chunk

    patch.setattr(desk.act, "changes", until)
    with suppress(Killed):
        desk.read()
    desk.restart()


def test_an_agent_killed_again_and_again_ends_where_an_undisturbed_one_does(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(14)
    for _ in range(MOMENTS):
        kill_after(desk, monkeypatch, chance.randrange(2, 60))
    desk.read_well()
    assert_equal(desk)
    desk.office.office_day(40)
    for _ in range(MOMENTS):
        kill_after(desk, monkeypatch, chance.randrange(2, 30))
    desk.pass_time(hours=7)
    kill_after(desk, monkeypatch, 12)
    desk.read_well()
    assert_equal(desk)


def test_a_kill_undoes_no_page_that_was_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    kill_after(desk, monkeypatch, 8)
    desk.office.do("reset")
    desk.read_well()
    asked = [one for one in desk.office.log() if one["route"] == "GET /api/companies"]
    assert dict(asked[0]["query"])["$filter"].startswith("edited ge ")


def pages_of(desk: Desk, size: str) -> set[str]:
    """The routes whose pages of that size were asked for since the last reset."""
    return {one["route"] for one in desk.office.log() if dict(one["query"]).get("$top") == size}


def compared(desk: Desk) -> set[str]:
    """The routes whose records were compared by id alone since the last reset."""
    return pages_of(desk, "1000")


def test_a_killed_sweep_goes_on_behind_what_it_has_compared(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    kill_at(desk, monkeypatch, NOTES)
    assert "GET /api/contacts" in compared(desk)
    gone = contact_ids(desk)[0]
    desk.office.delete("contact", gone)
    desk.pass_time(hours=4)
    kill_at(desk, monkeypatch, HISTORIES)
    assert compared(desk) == {NOTES}
    desk.read_well()
    assert ("contact", gone) in desk.phone
    # The next is due 6 h after the beginning of this one, not after its end.
    desk.pass_time(hours=3)
    desk.read_well()
    assert_equal(desk)


def test_a_killed_sweep_of_long_ago_is_begun_anew(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    kill_at(desk, monkeypatch, NOTES)
    desk.office.delete("contact", contact_ids(desk)[0])
    desk.pass_time(hours=6)
    desk.read_well()
    assert_equal(desk)


def test_faults_of_every_kind_end_the_same(desk: Desk) -> None:
    for number, what in enumerate(
        ("third-envelope", "html", "cut-json", "crash", "unavailable", "cut-connection", "empty")
    ):
        desk.office.plan(what, "GET /api/*", percent=2, seed=number)
    desk.office.plan("unauthorized", "GET /api/*", percent=2, seed=99)
    for round in range(4):
        desk.read()
        desk.office.office_day(10, seed=round)
        desk.pass_time(hours=3)
    desk.office.do("clear-faults")
    desk.pass_time(hours=7)
    desk.read()
    desk.pass_time(hours=7)
    desk.read_well()
    assert_equal(desk)


@pytest.mark.parametrize("what", ["third-envelope", "html", "cut-json"])
def test_a_page_that_is_not_understood_moves_no_cursor_and_deletes_nothing(
    desk: Desk, what: str
) -> None:
    desk.read_well()
    before = desk.phone
    contact = contact_ids(desk)[0]
    note = desk.office.create("note", contacts=[contact], noteText="late")
    desk.office.change("contact", contact, jobTitle="Boss")
    desk.office.plan(what, NOTES, times=1000)
    desk.pass_time(hours=6)
    [trouble] = desk.read().troubles
    assert trouble.code == "act-answer-unreadable"
    assert desk.act.unread() == {"note"}
    assert before.keys() <= desk.phone.keys()
    assert desk.phone["contact", contact]["jobTitle"] == "Boss"
    desk.office.do("clear-faults")
    desk.read_well()
    assert ("note", note) in desk.phone
    assert_equal(desk)


@pytest.mark.parametrize(
    ("property", "value"),
    [("id", None), ("id", "x" * 65), ("id", "a\nb"), ("displayDate", "soon")],
)
def test_a_record_that_cannot_travel_is_refused_with_its_place_and_the_others_go_on(
    desk: Desk, property: str, value: str | None
) -> None:
    desk.office.plan("tamper", NOTES, property=property, value=value, times=1000)
    desk.read()
    [refusal] = [line for line in desk.act.refusals() if "note" in line]
    assert "left out" in refusal
    assert "\n" not in refusal
    assert any(kind == "note" for kind, _ in desk.phone)
    desk.office.do("clear-faults")
    desk.pass_time(hours=7)
    desk.read_well()
    assert_equal(desk)


def test_a_record_that_fails_three_times_is_set_aside_and_the_cursor_goes_on(desk: Desk) -> None:
    desk.read_well()
    contact = contact_ids(desk)[0]
    deal = desk.office.create("opportunity", name="Deal", contacts=[contact])
    desk.office.plan("crash", "GET /api/opportunities/{opportunityId}/products", times=1000)
    state = desk.act._state
    before = state.cursor("opportunity")
    for tries in (1, 2, 3):
        assert state.cursor("opportunity") == before, tries
        desk.read()
    assert state.cursor("opportunity") != before
    told = state.failures.told()
    assert [one["aside"] for one in told if one["id"] == deal] == [True]
    assert desk.act.pending() == len(told)
    desk.office.do("clear-faults")
    desk.pass_time(hours=6)
    desk.read_well()
    assert ("opportunity", deal) in desk.phone
    assert desk.act.pending() == 0


def test_a_changed_password_is_tried_once_and_then_left_alone(desk: Desk) -> None:
    desk.read_well()
    desk.office.do("password", new="other")
    desk.office.do("revoke")
    desk.restart()
    desk.office.do("reset")
    for _ in range(3):
        with pytest.raises(Trouble, match="connect") as raised:
            desk.read()
        assert raised.value.code == "crm-sign-in-refused"
    routes = desk.office.counters()["routes"]
    assert routes["GET /authorize"] == 1


def test_a_damaged_state_stops_and_a_lost_one_is_made_up_for_by_a_snapshot(desk: Desk) -> None:
    desk.read_well()
    gone = contact_ids(desk)[0]
    desk.close()
    file = desk.store.db.path
    file.write_bytes(b"no database" * 1000)
    with pytest.raises(sqlite3.DatabaseError):
        Store(desk.folder, "A1")
    for path in desk.folder.glob(f"{file.name}*"):
        path.unlink()
    desk.office.delete("contact", gone)
    desk.restart()
    reading = desk.read(snapshot=True)
    assert (reading.troubles, reading.left) == ([], set())
    assert "contact" in reading.whole
    assert_equal(desk)


def test_a_second_agent_in_the_same_folder_is_refused(desk: Desk) -> None:
    refused = pytest.raises(Trouble, match="Another run")
    with sole_user(desk.folder), refused, sole_user(desk.folder):
        pass
