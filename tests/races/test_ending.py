"""Revoking, erasing and suspending against who collects at that moment.

After the answer of the call that ended it not one byte more is told; what began before may
finish.
"""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from tests.office import (
    Office,
    Program,
    another_session,
    manage,
    put,
    refused,
    said,
    sweep_all,
)
from tests.races.books import check_books, check_drained, mailboxes
from tests.races.gates import mailbox_held, table_held, waiters
from tests.races.race import Race, apply_due, statuses
from tests.wakeups.push_service import PushService

pytestmark = pytest.mark.django_db(transaction=True)

End = Callable[[Office, Program], Any]


def revoke(office: Office, phone: Program) -> None:
    manage("revoke", phone.id)


def erase(office: Office, phone: Program) -> None:
    manage("command", office.number, phone.id, "erase")


def suspend(office: Office, phone: Program) -> None:
    manage("set_state", office.number, "suspended")


def unpair(office: Office, phone: Program) -> None:
    assert phone.call("DELETE", "/peer").status_code == 204


every_end = pytest.mark.parametrize(
    ("end", "status", "code"),
    [
        (revoke, 401, "token-invalid"),
        (unpair, 401, "token-invalid"),
        (erase, 403, "peer-erased"),
        (suspend, 403, "account-inactive"),
    ],
    ids=["revoked", "unpaired", "erased", "suspended"],
)


def stocked() -> tuple[Office, Program]:
    """An office whose phone has three changes before it, and was seen by the mailbox."""
    office = Office()
    phone = office.device()
    office.server.deliver(put("a"), put("b"), put("c"))
    assert phone.mailbox()["waiting"]["total"] == 3
    return office, phone


@every_end
def test_what_began_before_the_end_may_finish_and_nothing_after(
    end: End, status: int, code: str
) -> None:
    office, phone = stocked()
    with table_held("mailbox_change") as held, waiters() as waiting:
        begun = waiting.begin(partial(phone.get, "/changes"))
        end(office, phone)
        refused(phone.get("/changes"), status, code)
        held.release()
        assert begun().status_code in (200, status)
    refused(phone.get("/changes"), status, code)
    check_books(office)


@every_end
def test_collecting_until_the_end_and_after_it(end: End, status: int, code: str) -> None:
    race = Race(f"{code} against a pull")
    for _ in race:
        office, phone = stocked()
        ended = threading.Event()

        def collect(phone: Program = phone, ended: threading.Event = ended) -> list[int]:
            """Pull until three pulls began after the answer of what ended it; their statuses."""
            before: set[int] = set()
            after: list[int] = []
            while len(after) < 3:
                late = ended.is_set()
                answer = phone.get("/changes?limit=1")
                if late:
                    refused(answer, status, code)
                    after.append(answer.status_code)
                else:
                    before.add(answer.status_code)
            assert before <= {200, status}
            return after

        def finish(
            office: Office = office, phone: Program = phone, ended: threading.Event = ended
        ) -> None:
            try:
                end(office, phone)
            finally:
                ended.set()

        pulled, _ = race.at_once(collect, finish)
        assert pulled == [status] * 3
        check_books(office)


def test_acknowledging_while_it_is_revoked() -> None:
    """Neither waits for the other for ever; its counts leave with the reader."""
    race = Race("revocation against acknowledgement and apply")
    for _ in race:
        office, phone = stocked()
        tablet = office.device("Tablet")
        down, _ = mailboxes(office)
        cursor = phone.page("?limit=2")["cursor"]
        said(office.server.push(put("a", 2), put("d")), 202)
        acked, _, applied = race.at_once(
            partial(phone.post, "/acks", {"cursor": cursor}),
            partial(manage, "revoke", phone.id),
            partial(apply_due, down),
        )
        assert acked.status_code in (200, 401)
        assert applied == 1
        refused(phone.post("/acks", {"cursor": cursor}), 401, "token-invalid")
        check_drained(office, tablet)


def test_an_acknowledgement_that_waited_moves_no_ended_reader(office: Office) -> None:
    """Of a server, whose place is its account's: its successor must find it where it was."""
    phone, old = office.device(), office.server
    phone.deliver({**put("a"), "base_version": None})
    cursor = old.page()["cursor"]
    _, up = mailboxes(office)
    with mailbox_held(up) as held, waiters() as waiting:
        late = waiting.begin(partial(old.post, "/acks", {"cursor": cursor}))
        manage("revoke", old.id)
        held.release()
        refused(late(), 401, "token-invalid")
    successor = office.pair("server", "NEUER-PC")
    assert successor.mailbox()["waiting"]["total"] == 1
    assert [c["id"] for c in successor.collect()] == ["a"]


def test_nothing_is_lost_by_a_suspension() -> None:
    race = Race("suspension against push, pull and apply")
    for _ in race:
        office, phone = stocked()
        down, _ = mailboxes(office)
        *answers, _, _ = race.at_once(
            partial(office.server.push, put("d")),
            partial(phone.get, "/changes"),
            partial(apply_due, down),
            partial(suspend, office, phone),
        )
        assert {answer.status_code for answer in answers} <= {200, 202, 403}
        apply_due(down)
        accepted = 202 in statuses(answers)
        assert phone.mailbox()["waiting"]["total"] == 3 + accepted
        manage("set_state", office.number, "active")
        assert [c["id"] for c in phone.collect()] == ["a", "b", "c"] + ["d"] * accepted
        check_books(office)


def test_a_devices_end_waits_for_whoever_has_news_of_its_account(
    office: Office, service: PushService
) -> None:
    """Both write the account's health and then its subscriptions."""
    phone = office.device()
    subscribed = phone.call("PUT", "/push-subscription", service.subscription())
    assert subscribed.status_code == 204
    sweep_all()
    with another_session() as news, waiters() as waiting:
        news.execute("UPDATE sync_accounthealth SET due_at = due_at")
        ended = waiting.begin(partial(revoke, office, phone))
        news.execute("UPDATE sync_pushsubscription SET due_at = due_at")
        news.commit()
        ended()
    refused(phone.get("/mailbox"), 401, "token-invalid")
