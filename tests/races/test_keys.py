"""One idempotency key at once, by requests of one peer: one effect, and everybody is told it."""

import uuid
from functools import partial
from typing import Any

import pytest

from tests.office import Office, Program, edit, put, refused, said
from tests.races.books import check_drained, mailboxes, rows
from tests.races.gates import HELD, gate, waiters
from tests.races.race import Race, apply_due, statuses, twin

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_key_in_flight_is_told_and_then_replayed(office: Office) -> None:
    server = office.server
    with gate("mailbox_content") as held, waiters() as waiting:
        first = waiting.begin(partial(server.push, put(HELD), key="k"))
        again = twin(server)
        refused(again.push(put(HELD), key="k"), 409, "in-progress")
        refused(again.push(put("other"), key="k"), 409, "in-progress")
        said(again.push(put("another"), key="another"), 202)
        held.release()
        stored = first()
    replay = server.push(put(HELD), key="k")
    assert said(replay, 202) == said(stored, 202)
    assert ("Idempotent-Replayed" in stored, replay["Idempotent-Replayed"]) == (False, "true")
    refused(server.push(put("other"), key="k"), 422, "idempotency-key-reused")


def check_one_batch(office: Office, sender: Program, answers: list[Any], changes: int) -> None:
    """One answer is the first; the others are its replay or said to be in flight."""
    taken = [answer for answer in answers if answer.status_code == 202]
    assert len({said(answer, 202)["batch"] for answer in taken}) == 1
    assert sum("Idempotent-Replayed" not in answer for answer in taken) == 1
    assert {status for status in statuses(answers) if status != 202} <= {409}
    batches = rows("SELECT accepted FROM mailbox_batch WHERE peer_id = %s", sender.id)
    assert batches == [(changes,)]
    contents = "SELECT count(*) FROM mailbox_content c JOIN mailbox_batch b ON b.id = c.batch_id"
    assert rows(f"{contents} WHERE b.peer_id = %s", sender.id) == [(1,)]


def test_the_same_push_three_times_at_once() -> None:
    race = Race("one key, one body")
    for _ in race:
        office = Office()
        server, key = office.server, str(uuid.uuid4())
        changes = [put("a"), put("b")]
        sides = [partial(twin(server).push, *changes, key=key) for _ in range(3)]
        check_one_batch(office, server, race.at_once(*sides), 2)
        down, _ = mailboxes(office)
        assert apply_due(down) == 1
        phone = office.device()
        assert phone.mailbox()["waiting"]["total"] == 2
        check_drained(office, phone)


def test_the_same_edits_at_once_and_while_they_are_applied() -> None:
    """An edit sent twice stands once in the up mailbox, applied before the second or not."""
    race = Race("one key of edits against apply")
    for _ in race:
        office = Office()
        phone, key = office.device(), str(uuid.uuid4())
        _, up = mailboxes(office)
        *answers, _ = race.at_once(
            partial(phone.push, edit("a", 1), key=key),
            partial(twin(phone).push, edit("a", 1), key=key),
            partial(apply_due, up),
        )
        apply_due(up)
        replay = phone.push(edit("a", 1), key=key)
        assert replay["Idempotent-Replayed"] == "true"
        assert {said(a, 202)["batch"] for a in answers if a.status_code == 202} == {
            said(replay, 202)["batch"]
        }
        assert set(statuses(answers)) <= {202, 409}
        assert apply_due(up) == 0
        assert len(office.server.collect()) == 1


def test_one_key_for_two_bodies_at_once() -> None:
    """One of them is the batch of this key; the other is refused and has no effect."""
    race = Race("one key, two bodies")
    for _ in race:
        office = Office()
        server, key = office.server, str(uuid.uuid4())
        answers = race.at_once(
            partial(server.push, put("a"), key=key),
            partial(twin(server).push, put("b"), key=key),
        )
        assert statuses(answers) in ([202, 409], [202, 422])
        down, _ = mailboxes(office)
        apply_due(down)
        winner = "a" if answers[0].status_code == 202 else "b"
        assert [c["id"] for c in office.device().collect()] == [winner]
        loser = put("b" if winner == "a" else "a")
        refused(server.push(loser, key=key), 422, "idempotency-key-reused")
