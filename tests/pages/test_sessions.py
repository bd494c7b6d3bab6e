"""All syncs with filters, page by page, and one with what it sent."""

import re
import uuid
from urllib.parse import unquote

import pytest

from hhcportal.pages.sessions import SHOWN
from tests.office import Program, edit, manage, put, said
from tests.pages.person import Person

LINK = re.compile(r'href="[^"]*/sessions/([0-9a-f-]{36})/"')
OLDER = re.compile(r'rel="next" href="([^"]+)"')


def hold(program: Program, result: str = "ok", **more: object) -> str:
    """A session from start to finish; its id."""
    begun = said(program.post("/sessions", {"reason": "manual"}), 201)["session"]
    said(program.post(f"/sessions/{begun}/finish", {"result": result, **more}))
    return str(begun)


def listed(person: Person, query: str = "") -> list[str]:
    return LINK.findall(person.read(f"sessions/{query}"))


def test_no_sync_yet(petra: Person) -> None:
    assert "No sync fits this." in petra.seen("sessions/")


def test_filters_and_their_opposites(petra: Person, server: Program, phone: Program) -> None:
    good = hold(server)
    bad = hold(phone, "failed", error={"code": "disk-full", "detail": "no space"})
    running = said(phone.post("/sessions", {"reason": "scheduled"}), 201)["session"]
    assert listed(petra) == [running, bad, good]
    assert listed(petra, f"?peer={server.id}") == [good]
    assert listed(petra, "?result=failed") == [bad]
    assert listed(petra, "?result=open") == [running]
    assert "its disk is full · no space" in petra.seen("sessions/?result=failed")
    manage("age", petra.number, "--by", "10d")
    assert listed(petra, "?days=7") == []
    assert set(listed(petra, "?days=30")) == {running, bad, good}
    manage("age", petra.number, "--by", "30d")
    assert listed(petra, "?days=30") == []
    assert set(listed(petra, "?days=0")) == {running, bad, good}


@pytest.mark.parametrize("ended", [False, True])
def test_all_syncs_of_a_program_are_a_link_away(petra: Person, phone: Program, ended: bool) -> None:
    held = hold(phone)
    manage("age", petra.number, "--by", "200d")
    if ended:
        manage("revoke", phone.id)
    [link] = re.findall(
        r'href="[^"]*(sessions/[^"]*)">All its syncs', petra.read(f"devices/{phone.id}/")
    )
    assert listed(petra, link.removeprefix("sessions/").replace("&amp;", "&")) == [held]


@pytest.mark.parametrize(
    "query",
    [
        "?peer=nobody",
        "?peer=%00",
        "?result=great",
        "?days=-1",
        "?days=1e9",
        "?before=x",
        "?before=20260101T000000.000000_x",
        f"?before=00010101T000000.000000_{uuid.UUID(int=0)}",
    ],
)
def test_what_no_form_sends_is_not_asked(petra: Person, server: Program, query: str) -> None:
    hold(server)
    assert petra.get(petra.at(f"sessions/{query}")).status_code == 200


def test_page_by_page_each_session_comes_once(
    petra: Person, server: Program, phone: Program
) -> None:
    # In turn: one program alone would ask too often.
    held = [hold((phone, server)[number % 2]) for number in range(SHOWN + 3)]
    first = petra.read("sessions/?days=7")
    [older] = OLDER.findall(first)
    assert "days=7" in older
    then = petra.read("sessions/" + unquote(older).replace("&amp;", "&"))
    assert LINK.findall(first) + LINK.findall(then) == held[::-1]
    assert "To the newest" in then
    assert not OLDER.findall(then)


def test_one_session_names_what_it_sent_and_what_was_refused(
    petra: Person, server: Program
) -> None:
    begun = said(server.post("/sessions", {"reason": "manual", "client_version": "9.1"}), 201)
    named = {"Sync_Session": begun["session"]}
    batch = server.deliver(put("a"), put("b"), put("bad", 0), **named)["batch"]
    said(server.post(f"/sessions/{begun['session']}/finish", {"result": "ok"}))
    server.deliver(put("later"))
    page = petra.seen(f"sessions/{begun['session']}/")
    assert "Sync of BÜRO-PC" in page
    assert batch in page
    assert "sorted in" in page
    assert "Change 3: contact bad: not of the agreed form" in page
    assert "Sent 2" in page
    assert page.count("sorted in") == 1


def test_a_clock_that_is_off_and_a_sleep_are_told(petra: Person, phone: Program) -> None:
    slept = [{"from": "2026-01-01T01:00:00Z", "until": "2026-01-01T06:00:00Z"}]
    body = {"reason": "start", "now": "2020-01-01T00:00:00Z", "slept": slept}
    begun = said(phone.post("/sessions", body), 201)["session"]
    page = petra.seen(f"sessions/{begun}/")
    assert "Its clock" in page
    assert "slow" in page
    assert "Slept until" in page


def test_syncs_are_forgotten_but_each_programs_last_two(
    petra: Person, server: Program, phone: Program
) -> None:
    first, second, _ = hold(server), hold(server), hold(server)
    of_phone = hold(phone)
    phone.deliver(edit("c1", None))  # in an implicit session
    manage("age", petra.number, "--by", "89d")
    assert manage("sweep")["sessions-forgotten"] == 0
    assert "Syncs are kept for 90 days" in petra.seen("sessions/")
    manage("age", petra.number, "--by", "2d")
    assert manage("sweep")["sessions-forgotten"] == 1
    known = [
        petra.get(petra.at(f"sessions/{key}/")).status_code for key in (first, second, of_phone)
    ]
    assert known == [404, 200, 200]
    assert manage("sweep")["sessions-forgotten"] == 0
    hold(server)
    assert manage("sweep")["sessions-forgotten"] == 1


def test_what_fails_is_told_however_long_ago(petra: Person, phone: Program) -> None:
    for _ in range(3):
        hold(phone, "failed", error={"code": "disk-full", "detail": "no space"})
    manage("age", petra.number, "--by", "91d")
    assert manage("sweep")["sessions-forgotten"] == 1
    assert 'data-finding="sync-failing"' in petra.read("")


def test_a_card_keeps_the_time_of_what_is_forgotten(petra: Person, phone: Program) -> None:
    phone.deliver(edit("c1", None))
    manage("age", petra.number, "--by", "1h")
    manage("sweep")
    manage("age", petra.number, "--by", "91d")
    hold(phone)
    hold(phone)
    [when] = re.findall(r"Last sent 1 record · (.+?) Still", petra.seen(""))
    assert manage("sweep")["sessions-forgotten"] == 1
    assert f"Last sent {when}" in petra.seen("")


def test_another_accounts_session_is_unknown(
    petra: Person, stranger: Person, phone: Program
) -> None:
    begun = hold(phone)
    unknown = stranger.get(stranger.at(f"sessions/{uuid.uuid4()}/"))
    foreign = stranger.get(stranger.at(f"sessions/{begun}/"))
    assert foreign.status_code == unknown.status_code == 404
    assert foreign.content == unknown.content
    assert listed(stranger, f"?peer={phone.id}") == []
