"""Outcomes by the thousand: taken like few, though never decoded all at once."""

import uuid
from typing import Any

import pytest

from tests.office import Office, Program, apply_all, edit, refused, said

SENTENCE = "The office had changed it. " * 8  # hundreds of them are a large body


def unknown(number: int) -> list[dict[str, Any]]:
    one = {"batch": str(uuid.UUID(int=7)), "index": 0, "state": "rejected", "detail": SENTENCE}
    return [dict(one) for _ in range(number)]


@pytest.fixture
def edited(phone: Program) -> str:
    """The batch of one edit that waits for the server."""
    batch: str = said(phone.push(edit("a", None)), 202)["batch"]
    apply_all()
    return batch


def test_many_are_taken_like_few(office: Office, phone: Program, edited: str) -> None:
    outcomes = unknown(900)
    outcomes[0] |= {"batch": "no id"}
    outcomes[333] |= {"batch": edited, "state": "applied", "id": "b", "version": 5}
    outcomes[777] |= {"batch": edited}  # the first stays
    cursor = office.server.page()["cursor"]
    told = office.server.ack(cursor, outcomes=outcomes, unasked="\ud800")
    assert told["waiting"] == 0
    unheard = [index for index in range(900) if index not in (333, 777)]
    assert [one["index"] for one in told["rejected"]] == unheard
    (became,) = said(phone.get(f"/batches/{edited}"))["outcomes"]
    assert (became["state"], became["id"], became["version"]) == ("applied", "b", 5)


def test_a_bad_one_among_many_leaves_all_untaken(
    office: Office, phone: Program, edited: str
) -> None:
    outcomes = unknown(900)
    outcomes[0] |= {"batch": edited}
    bad: dict[str, Any]
    for bad in ({"state": "maybe"}, {"detail": "a\0"}, {"detail": "\ud800"}, {"version": -1}):
        outcomes[-1] = unknown(1)[0] | bad
        answer = office.server.post("/acks", {"outcomes": outcomes})
        refused(answer, 400, "invalid-request")
    cut = b'{"outcomes":[' + b'"%s",' % (b"x" * 70_000)
    refused(office.server.post("/acks", cut), 400, "invalid-json")
    refused(office.server.post("/acks", cut[:13] + b"[" * 70_000), 400, "invalid-json")
    (became,) = said(phone.get(f"/batches/{edited}"))["outcomes"]
    assert became["state"] == "waiting"


def test_what_a_large_body_names_twice_counts_last(office: Office) -> None:
    filler = b'"unasked":"%s",' % (b"x" * 70_000)
    body = b'{%s"outcomes":[{}],"outcomes":null,"outcomes":[]}' % filler
    assert said(office.server.post("/acks", body))["rejected"] == []
    for wrong in (b'{%s"outcomes":{}}', b'{%s"outcomes":null}', b'{%s"cursor":5}'):
        refused(office.server.post("/acks", wrong % filler), 400, "invalid-request")


def test_too_many_are_refused(office: Office) -> None:
    outcomes = unknown(5001)
    refused(office.server.post("/acks", {"outcomes": outcomes}), 413, "batch-too-large")
    told = said(office.server.post("/acks", {"outcomes": outcomes[:-1]}))
    assert len(told["rejected"]) == 5000
