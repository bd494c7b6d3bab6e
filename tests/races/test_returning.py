"""Resyncs and what the storage time ends, against apply and acknowledgement."""

from functools import partial

import pytest

from accounts import clock
from mailbox import expire
from sync import restored
from tests.office import Office, Program, another_session, delete, edit, put, refused, said
from tests.races.books import check_books, check_drained, mailboxes, outcomes, versions
from tests.races.gates import HELD, gate, mailbox_held, waiters
from tests.races.race import Race, apply_due, twin

pytestmark = pytest.mark.django_db(transaction=True)


def expire_slice(mailbox_id: int) -> int:
    """What the sweep does with a mailbox where something is due."""
    return expire.expire(mailbox_id, now=clock.now()).removed


def test_a_resync_that_waited_counts_what_was_applied_meanwhile(office: Office) -> None:
    phone = office.device()
    down, _ = mailboxes(office)
    office.server.deliver(put("a"), put("b"))
    phone.collect()
    said(office.server.push(put("a", 2), put(HELD), put("c")), 202)
    with gate("mailbox_change") as held, waiters() as waiting:
        applied = waiting.begin(partial(apply_due, down))
        resynced = waiting.begin(partial(phone.post, "/resync"))
        held.release()
        assert applied() == 1
        assert said(resynced(), 202) == {"from": "mailbox", "waiting": 4}
    assert versions(phone.collect()) == {"a": 2, "b": 1, HELD: 1, "c": 1}
    check_drained(office, phone)


def test_a_resync_ends_an_acknowledgement_that_waited(office: Office) -> None:
    """The older cursor must not carry the reader over what it was to be told again."""
    phone = office.device()
    down, _ = mailboxes(office)
    office.server.deliver(put("a"), put("b"))
    cursor = phone.page()["cursor"]
    with mailbox_held(down) as held, waiters() as waiting:
        resynced = waiting.begin(partial(phone.post, "/resync"))
        acked = waiting.begin(partial(twin(phone).post, "/acks", {"cursor": cursor}))
        held.release()
        assert said(resynced(), 202)["waiting"] == 2
        refused(acked(), 400, "cursor-invalid")
    assert [c["id"] for c in phone.collect()] == ["a", "b"]


def test_resyncing_while_a_batch_is_applied() -> None:
    race = Race("resync against apply")
    for chance in race:
        office = Office()
        down, _ = mailboxes(office)
        phone = office.device()
        office.server.deliver(*(put(f"r{n}") for n in range(5)))
        phone.collect()
        ids = chance.sample(range(8), 4)
        said(office.server.push(*(put(f"r{n}", 2) for n in ids)), 202)
        applied, resynced = race.at_once(partial(apply_due, down), partial(phone.post, "/resync"))
        assert applied == 1
        assert said(resynced, 202)["from"] == "mailbox"
        check_books(office)
        newest = {f"r{n}": 1 for n in range(5)} | {f"r{n}": 2 for n in ids}
        assert versions(phone.collect()) == newest
        check_books(office)


def test_resyncing_while_acknowledging() -> None:
    """Whichever comes first, the reader is at the start afterwards."""
    race = Race("resync against acknowledgement")
    for _ in race:
        office = Office()
        phone = office.device()
        office.server.deliver(put("a"), put("b"), put("c"))
        cursor = phone.page("?limit=2")["cursor"]
        acked, resynced = race.at_once(
            partial(phone.post, "/acks", {"cursor": cursor}),
            partial(twin(phone).post, "/resync"),
        )
        assert said(resynced, 202)["waiting"] == 3
        if acked.status_code != 200:
            refused(acked, 400, "cursor-invalid")
        assert [c["id"] for c in phone.collect()] == ["a", "b", "c"]
        check_books(office)


class Grown:
    """A phone that has read an old delete, and can acknowledge it just before it expires."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.phone = office.device()
        self.down, _ = mailboxes(office)
        office.server.deliver(put("a"), put("b"))
        self.phone.collect()
        office.server.deliver(delete("a", 2))
        office.age("61d")
        self.cursor = self.phone.page()["cursor"]

    def expire(self) -> int:
        return expire_slice(self.down)

    def ack(self) -> int:
        answer = self.phone.post("/acks", {"cursor": self.cursor})
        if answer.status_code != 200:
            refused(answer, 410, "cursor-expired")
        return int(answer.status_code)

    def check(self, acked: int) -> None:
        """Either it had acknowledged the delete, or it is told; and nothing waits."""
        told = self.phone.mailbox()
        assert told.get("resync") == (None if acked == 200 else "cursor-expired")
        assert told["waiting"]["total"] == 0
        check_books(self.office)
        if acked != 200:
            assert said(self.phone.post("/resync"), 202)["waiting"] == 1
        assert [c["id"] for c in self.phone.collect()] == ([] if acked == 200 else ["b"])


@pytest.mark.parametrize("acknowledged_first", [True, False], ids=["in-time", "too-late"])
def test_what_expires_behind_an_acknowledgement(office: Office, acknowledged_first: bool) -> None:
    grown = Grown(office)
    sides = [grown.ack, grown.expire]
    with mailbox_held(grown.down) as held, waiters() as waiting:
        begun = [waiting.begin(s) for s in (sides if acknowledged_first else reversed(sides))]
        held.release()
        answers = [answer() for answer in begun]
    assert sorted(answers) == [1, 200 if acknowledged_first else 410]
    grown.check(max(answers))


def test_expiring_while_acknowledging() -> None:
    race = Race("expire_stale against acknowledgement")
    for _ in race:
        grown = Grown(Office())
        acked, removed = race.at_once(grown.ack, grown.expire)
        assert removed == 1
        grown.check(acked)


def test_expiring_while_a_put_replaces_the_delete() -> None:
    """What is replaced just then is no longer old: nobody lost it."""
    race = Race("expire_stale against apply")
    for _ in race:
        grown = Grown(Office())
        office, phone = grown.office, grown.phone
        said(office.server.push(put("a", 3)), 202)
        removed, applied = race.at_once(grown.expire, partial(apply_due, grown.down))
        assert applied == 1
        assert ("resync" in phone.mailbox()) == (removed == 1)
        check_books(office)
        if removed:
            said(phone.post("/resync"), 202)
        assert versions(phone.collect())["a"] == 3
        check_books(office)


def report(program: Program, batch: str, cursor: str) -> int:
    outcome = {"batch": batch, "index": 0, "state": "applied", "version": 7}
    answer = program.post("/acks", {"cursor": cursor, "outcomes": [outcome]})
    return int(answer.status_code)


def test_an_edit_expires_while_its_outcome_is_reported() -> None:
    """The first final state stays, and the server is told if it came too late."""
    race = Race("expire_stale against an outcome")
    for _ in race:
        office = Office()
        server, phone = office.server, office.device()
        _, up = mailboxes(office)
        batch = phone.deliver(edit("a", 1))["batch"]
        office.age("61d")
        cursor = server.page()["cursor"]
        reported, _ = race.at_once(
            partial(report, server, batch, cursor), partial(expire_slice, up)
        )
        assert reported in (200, 410)
        state = "applied" if reported == 200 else "expired"
        assert outcomes(said(phone.get(f"/batches/{batch}"))) == [state]
        assert ("resync" in server.mailbox()) == (reported == 410)
        check_books(office)


def test_two_sweeps_at_once() -> None:
    race = Race("expire_stale against expire_stale")
    for _ in race:
        grown = Grown(Office())
        assert sorted(race.at_once(grown.expire, grown.expire)) == [0, 1]
        refused(grown.phone.get("/changes"), 410, "cursor-expired")
        grown.check(410)


def test_two_sweeps_after_a_restore_begin_one_epoch() -> None:
    race = Race("a new epoch against a new epoch")
    for _ in race:
        office = Office()
        server, phone = office.server, office.device()
        server.deliver(put("a"))
        restored.follow_database(now=clock.now())
        with another_session() as other:
            other.execute(
                "UPDATE mailbox_mailbox m SET origin = 'elsewhere' FROM accounts_account a"
                " WHERE a.id = m.account_id AND a.number = %s",
                [office.number],
            )
        sweep = partial(restored.follow_database, now=clock.now())
        assert sorted(race.at_once(sweep, sweep)) == [0, 1]
        assert [c["do"] for c in server.mailbox()["commands"]] == ["resend-all"]
        assert phone.mailbox()["resync"] == "epoch-changed"
        check_books(office)
