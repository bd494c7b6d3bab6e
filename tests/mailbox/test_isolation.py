"""One account never learns that another exists: what it is shown holds nothing foreign."""

import json
from typing import Any

import pytest

from accounts.models import Account
from mailbox import recent
from tests.office import Office, edit, manage, put, refused, said


class Filled(Office):
    """An account whose every record, edit and outcome bears its own mark."""

    def __init__(self, mark: str, records: int) -> None:
        super().__init__()
        self.mark = mark
        self.phone = self.device(f"Handy {mark}")
        self.server.deliver(*(put(f"{mark}-{n}", data={"of": mark}) for n in range(records)))
        self.batch: str = self.phone.deliver(edit(f"{mark}-0", 1, {"of": mark}))["batch"]
        refusal = {"batch": self.batch, "index": 0, "state": "rejected", "detail": f"Nein {mark}."}
        cursor = self.server.page()["cursor"]
        self.server.ack(cursor, outcomes=[refusal])
        self.phone.deliver(edit(f"{mark}-1", 1, {"of": mark}))
        opened = said(self.server.post("/snapshots", {"version": 99, "kinds": ["note"]}), 201)
        self.snapshot: str = opened["snapshot"]
        said(self.server.push(put(f"{mark}-late", 2, {"of": mark})), 202)


@pytest.fixture(params=["up", "down"])
def first_wall(db: None, request: pytest.FixtureRequest) -> None:
    """With the second wall down the first one has to hold alone."""
    manage("wall", request.param)


@pytest.fixture
def pair(first_wall: None) -> tuple[Filled, Filled]:
    one, other = Filled("rot", 3), Filled("blau", 5)
    manage("sweep")
    return one, other


def holds_nothing_of(stranger: Filled, shown: Any) -> None:
    text = json.dumps(shown, default=str)
    for sign in (stranger.mark, stranger.number, stranger.phone.id, stranger.server.id):
        assert sign not in text, sign


def test_pages_and_counts_are_its_own(pair: tuple[Filled, Filled]) -> None:
    for own, stranger in (pair, pair[::-1]):
        records = 4 if own.mark == "rot" else 6
        for path in ("/changes", "/changes?limit=2", "/mailbox"):
            holds_nothing_of(stranger, said(own.phone.get(path)))
            holds_nothing_of(stranger, said(own.server.get(path)))
        assert own.phone.mailbox()["waiting"]["total"] == records
        assert said(own.phone.post("/resync"), 202)["waiting"] == records
        assert len(own.phone.collect(limit=2)) == records
        assert len(own.server.collect()) == 1
        assert own.device("Nachzügler").mailbox()["waiting"]["total"] == records


def test_what_is_named_is_as_unknown_as_what_never_was(pair: tuple[Filled, Filled]) -> None:
    one, other = pair
    for path in (f"/batches/{one.batch}", f"/snapshots/{one.snapshot}"):
        own = one.phone if "batches" in path else one.server
        foreign = other.phone if "batches" in path else other.server
        said(own.get(path))
        told = refused(foreign.get(path), 404, "not-found")
        nothing = refused(foreign.get(path[:-4] + "0000"), 404, "not-found")
        assert told | {"request_id": ""} == nothing | {"request_id": ""}


def test_how_an_account_stands_tells_of_no_other(pair: tuple[Filled, Filled]) -> None:
    for own, stranger in (pair, pair[::-1]):
        status = manage("account_status", own.number)
        holds_nothing_of(stranger, status)
        assert status["account"]["records"] == (4 if own.mark == "rot" else 6)
        assert {p["unapplied"] for p in status["peers"]} == {0}
        told = [f for f in status["findings"] if f["code"] == "edits-refused"]
        assert len(told) == 1
        assert own.mark in json.dumps(told)
        account = Account.objects.get(number=own.number)
        assert recent.batches_by_state(account.pk) == {"applied": 4}
        assert len(recent.newest_batches(account.pk, limit=50)) == 4
        holds_nothing_of(stranger, recent.newest_changes(account.pk, limit=50))
