"""Whoever has news by a look of their own is never left out, and the others count as heard of."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from accounts import clock
from accounts.tokens import digest
from sync import hot
from sync.models import Presence
from sync.stirring import Waits, stirred
from sync.waiting import Seen
from tests.office import Office, Program, edit, manage, put, said


def seat(program: Program) -> Waits:
    """What a look of the program sees now."""
    looked = hot.look(digest(program.token), program.role, clock.now())
    assert looked is not None
    caller, mail, open_edits = looked
    account = caller.account_state(clock.now()), int(caller.interval.total_seconds())
    seen = Seen(account, frozenset(command.id for command in mail.commands), open_edits)
    return Waits(caller.peer_id, seen)


def news(*waits: Waits) -> list[bool]:
    found = stirred(waits, now=clock.now())
    return [wait.peer_id in found for wait in waits]


@pytest.fixture
def waits(office: Office, server: Program, phone: Program) -> tuple[Waits, Waits]:
    """Both wait; an edit of the phone's is on its way, and everything else has arrived."""
    server.deliver(put("a"))
    phone.collect()
    phone.deliver(edit("a", 1))
    server.page()
    server.ack(server.page()["cursor"])
    return seat(server), seat(phone)


def deliver(office: Office, phone: Program) -> None:
    office.server.deliver(put("b"))


def deliver_up(office: Office, phone: Program) -> None:
    phone.deliver(edit("a", 1))


def ask_server(office: Office, phone: Program) -> None:
    manage("command", office.number, office.server.id, "sync-now")


def ask_phone(office: Office, phone: Program) -> None:
    manage("command", office.number, phone.id, "sync-now")


def suspend(office: Office, phone: Program) -> None:
    manage("set_state", office.number, "suspended")


def expire(office: Office, phone: Program) -> None:
    manage("set_state", office.number, "active", "--until", "2020-12-31")


def revoke(office: Office, phone: Program) -> None:
    manage("revoke", phone.id)


def change_interval(office: Office, phone: Program) -> None:
    manage("set_interval", office.number, "device", "7")


def new_epoch(office: Office, phone: Program) -> None:
    manage("new_epoch", office.number)


def end_edit(office: Office, phone: Program) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL app.scope = 'all'")
        cursor.execute("UPDATE mailbox_outcome SET state = 'applied', final_at = now()")
        cursor.execute("SET LOCAL app.scope = ''")


def leave_unapplied(office: Office, phone: Program) -> None:
    said(office.server.push(put("c", 3)), 202)
    office.age("21s")


def keep_session_open(office: Office, phone: Program) -> None:
    said(phone.post("/sessions", {"reason": "manual"}), 201)


@pytest.mark.parametrize(
    ("happens", "server_has_news", "phone_has_news"),
    [
        (lambda office, phone: None, False, False),
        (deliver, False, True),
        (deliver_up, True, False),
        (ask_server, True, False),
        (ask_phone, False, True),
        (suspend, True, True),
        (expire, True, True),
        (revoke, False, True),
        (change_interval, False, True),
        (new_epoch, True, True),
        (end_edit, False, True),
        (leave_unapplied, False, True),
        (keep_session_open, False, True),
    ],
)
def test_who_has_news(
    office: Office,
    phone: Program,
    waits: tuple[Waits, Waits],
    happens: Callable[[Office, Program], None],
    server_has_news: bool,
    phone_has_news: bool,
) -> None:
    assert news(*waits) == [False, False]
    happens(office, phone)
    assert news(*waits) == [server_has_news, phone_has_news]


def test_whoever_waits_without_news_is_in_contact_and_up_to_date(
    office: Office, server: Program, phone: Program, waits: tuple[Waits, Waits]
) -> None:
    office.age("10m")
    before = {row.peer_id: row for row in Presence.objects.all()}
    news(*waits)
    for row in Presence.objects.all():
        assert row.last_contact
        assert clock.now() - row.last_contact < timedelta(minutes=1)
        was_synced = before[row.peer_id].last_sync
        if str(row.peer_id) == phone.id:
            assert row.last_sync == row.last_contact
        else:
            assert row.last_sync == was_synced


def test_whoever_has_news_is_not_heard_of_by_it(
    office: Office, phone: Program, waits: tuple[Waits, Waits]
) -> None:
    deliver(office, phone)
    office.age("10m")
    news(waits[1])
    row = Presence.objects.get(pk=uuid.UUID(phone.id))
    assert row.last_contact
    assert clock.now() - row.last_contact >= timedelta(minutes=10)


def test_nobody_is_told_of_another(waits: tuple[Waits, Waits]) -> None:
    other = Office()
    stranger = other.device()
    said(stranger.get("/mailbox"))
    other.server.deliver(put("x"))
    assert news(*waits, seat(stranger)) == [False, False, True]
