"""What is too large for the mailbox, or comes in more than one request."""

from __future__ import annotations

import json

from tests.clients.program import Account, Client

MANY = 1200


def set_limit(client: Client, name: str, value: int) -> None:
    kept = client.data_dir / "pairing.json"
    pairing = json.loads(kept.read_text(encoding="utf-8"))
    pairing["limits"][name] = value
    kept.write_text(json.dumps(pairing), encoding="utf-8")


def test_a_batch_that_is_too_large_goes_in_halves(account: Account) -> None:
    office, phone = account.office(), account.phone("phone")
    # As if the mailbox had lowered its limits since the pairing.
    set_limit(office, "batch_changes", MANY)
    office.write("contact.csv", "id,n\n" + "".join(f"R{n},{n}\n" for n in range(MANY)))
    assert office.sync().answer["sent"] == MANY
    phone.sync_until(lambda: len(phone.records("contact")) == MANY)
    # In order: the versions stand as the rows do.
    records = phone.records("contact")
    assert [records[f"R{n}"]["version"] for n in range(MANY)] == list(range(1, MANY + 1))


def test_a_record_that_is_too_large_is_refused_alone_and_named(account: Account) -> None:
    office, phone = account.office(), account.phone("phone")
    big = {"A": "x" * 300_000, "B": "small", "C": "y" * 5_000_000}
    office.write("note.csv", "id,text\n" + "".join(f"{id},{text}\n" for id, text in big.items()))
    ran = office.sync()
    assert ran.answer["sent"] == 1
    refused = {entry["id"]: entry["code"] for entry in office.status()["refused"]}
    assert refused == {"A": "data-too-large", "C": "data-too-large"}
    assert office.status()["unsent"] == 0
    phone.sync_until(lambda: set(phone.records("note")) == {"B"})
    office.write("note.csv", "id,text\nA,short\nB,small\nC,short\n")
    assert office.sync().answer["sent"] == 2
    assert office.status()["refused"] == []


def test_more_edits_than_one_batch_holds_travel_in_several(account: Account) -> None:
    office, phone = account.office(), account.phone("phone")
    set_limit(phone, "device_batch_changes", 2)
    ids = [f"R{n}" for n in range(5)]
    office.write("note.csv", "id,text\n" + "".join(f"{id},a\n" for id in ids))
    office.sync()
    phone.sync_until(lambda: len(phone.records("note")) == len(ids))
    for id in ids:
        phone.run("edit", "note", id, "text=b")
    assert phone.sync().answer["sent"] == len(ids)
    office.take(len(ids))
    phone.sync_until(lambda: all(edit["state"] == "applied" for edit in phone.edits("note")))
    assert office.read("note.csv").count(",b") == len(ids)
