"""Acknowledgements while batches are applied, and two of one reader at once: counts stay exact."""

from functools import partial

import pytest

from tests.office import Office, delete, edit, put, said
from tests.races.books import check_books, check_drained, mailboxes, outcomes, rows
from tests.races.gates import HELD, gate, mailbox_held, waiters
from tests.races.race import Race, apply_due, statuses, twin

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_acknowledgement_that_waited_counts_what_lies_there_then(office: Office) -> None:
    """It waits behind an apply that replaces half of what it acknowledges."""
    phone = office.device()
    down, _ = mailboxes(office)
    office.server.deliver(put(HELD), *(put(f"r{n}") for n in range(9)))
    cursor = phone.page()["cursor"]
    said(office.server.push(put(HELD, 2), *(put(f"r{n}", 2) for n in range(4))), 202)
    with gate("mailbox_change") as held, waiters() as waiting:
        applied = waiting.begin(partial(apply_due, down))
        acked = waiting.begin(partial(phone.ack, cursor))
        held.release()
        assert applied() == 1
        assert acked() == {"waiting": 5, "rejected": []}
    assert phone.mailbox()["waiting"]["by_kind"] == {"contact": 5}
    check_drained(office, phone)


def test_an_apply_that_waited_counts_what_was_acknowledged_meanwhile(office: Office) -> None:
    """Replacing what a reader has acknowledged adds to what waits for it."""
    phone = office.device()
    down, _ = mailboxes(office)
    office.server.deliver(put("a"), put("b"), put("c"))
    cursor = phone.page()["cursor"]
    said(office.server.push(put("a", 2), put("b", 2)), 202)
    with mailbox_held(down) as held, waiters() as waiting:
        acked = waiting.begin(partial(phone.ack, cursor))
        applied = waiting.begin(partial(apply_due, down))
        held.release()
        assert acked()["waiting"] == 0
        assert applied() == 1
    assert phone.mailbox()["waiting"]["total"] == 2
    check_drained(office, phone)


def test_acknowledging_while_a_batch_replaces() -> None:
    race = Race("acknowledgement against apply")
    for chance in race:
        office = Office()
        phone = office.device()
        down, _ = mailboxes(office)
        office.server.deliver(*(put(f"r{n}") for n in range(8)))
        cursor = phone.page(f"?limit={chance.randint(2, 8)}")["cursor"]
        ids = chance.sample(range(10), 5)
        changes = [put(f"r{n}", 2) for n in ids[1:]]
        said(office.server.push(delete(f"r{ids[0]}", 2), *changes), 202)
        applied, acked = race.at_once(
            partial(apply_due, down),
            partial(phone.post, "/acks", {"cursor": cursor}),
        )
        assert applied == 1
        assert acked.status_code == 200
        check_drained(office, phone)


def test_two_acknowledgements_of_one_reader() -> None:
    """The further one counts, whichever comes first; the older moves nothing back."""
    race = Race("acknowledgement against acknowledgement")
    for _ in race:
        office = Office()
        phone = office.device()
        office.server.deliver(*(put(f"r{n}") for n in range(6)))
        near = phone.page("?limit=2")["cursor"]
        far = phone.page("?limit=5")["cursor"]
        answers = race.at_once(
            partial(phone.post, "/acks", {"cursor": near}),
            partial(twin(phone).post, "/acks", {"cursor": far}),
        )
        assert statuses(answers) == [200, 200]
        assert phone.mailbox()["waiting"]["total"] == 1
        assert [c["id"] for c in phone.page()["changes"]] == ["r5"]
        check_books(office)


def test_a_server_acknowledges_while_edits_arrive() -> None:
    """Outcomes are of what it was told; the edits that came meanwhile wait."""
    race = Race("a server's acknowledgement against apply")
    for _ in race:
        office = Office()
        server, phone = office.server, office.device()
        _, up = mailboxes(office)
        first = phone.deliver(edit("a", 1), edit("b", 1))["batch"]
        cursor = server.page()["cursor"]
        second = said(phone.push(edit("a", 1), edit("c", None)), 202)["batch"]
        report = {"batch": first, "index": 0, "state": "applied", "id": "a", "version": 9}
        body = {"cursor": cursor, "outcomes": [report]}
        applied, acked = race.at_once(partial(apply_due, up), partial(server.post, "/acks", body))
        assert applied == 1
        assert said(acked)["rejected"] == []
        assert outcomes(said(phone.get(f"/batches/{first}"))) == ["applied", "collected"]
        assert outcomes(said(phone.get(f"/batches/{second}"))) == ["waiting", "waiting"]
        check_books(office)
        assert [(c["batch"], c["id"]) for c in server.collect()] == [(second, "a"), (second, "c")]
        check_books(office)


def test_two_reports_of_one_outcome() -> None:
    """The first final one stays: both are told the same afterwards."""
    race = Race("outcome against outcome")
    for _ in race:
        office = Office()
        server, phone = office.server, office.device()
        batch = phone.deliver(edit("a", 1))["batch"]

        def report(state: str, batch: str = batch) -> dict[str, object]:
            return {"outcomes": [{"batch": batch, "index": 0, "state": state, "detail": state}]}

        answers = race.at_once(
            partial(server.post, "/acks", report("conflict")),
            partial(twin(server).post, "/acks", report("rejected")),
        )
        assert statuses(answers) == [200, 200]
        (outcome,) = said(phone.get(f"/batches/{batch}"))["outcomes"]
        assert outcome["state"] == outcome["detail"]
        assert said(server.post("/acks", report("applied")))["rejected"] == []
        assert said(phone.get(f"/batches/{batch}"))["outcomes"] == [outcome]
        assert rows("SELECT final_at IS NULL FROM mailbox_outcome WHERE detail = 'applied'") == []
