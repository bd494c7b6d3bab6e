"""The answers of the three requests about snapshots, and of the batches that are their parts."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.office import Office, Program, apply_all, edit, manage, put, refused, said, sweep_all
from tests.snapshots import Snapshot, part


def as_told(answer: Any) -> bytes:
    """A refusal byte for byte, but for its request's id."""
    told: bytes = answer.content
    return told.replace(answer.json()["request_id"].encode(), b"")


def test_one_that_is_open(server: Program) -> None:
    snapshot = Snapshot(server, 10, "note", "contact", "note")
    begun = datetime.fromisoformat(server.mailbox()["time"])
    assert snapshot.opened["expires"].endswith("Z")
    left = datetime.fromisoformat(snapshot.opened["expires"]) - begun
    assert timedelta(hours=23, minutes=59) < left <= timedelta(hours=24)
    assert said(server.get(f"/snapshots/{snapshot.id}")) == {
        "snapshot": snapshot.id,
        "state": "open",
        "version": 10,
        "kinds": ["contact", "note"],
        "accepted": 0,
        "expires": snapshot.opened["expires"],
    }


def test_one_is_open_at_a_time(server: Program) -> None:
    first = Snapshot(server, 10)
    again = server.post("/snapshots", {"version": 11, "kinds": ["note"]})
    assert refused(again, 409, "snapshot-open")["snapshot"] == first.id
    first.finish()
    Snapshot(server, 11, "note")


def test_its_version_lies_above_all_that_were_given(server: Program) -> None:
    def is_refused(version: int) -> bool:
        asked = {"version": version, "kinds": ["contact"]}
        answer = server.post("/snapshots", asked)
        if answer.status_code == 400:
            assert "version" in refused(answer, 400, "invalid-request")["detail"]
        return bool(answer.status_code == 400)

    server.deliver(put("a", 9))
    assert is_refused(9)
    said(server.push(put("a", 20)), 202)  # received, not applied
    assert is_refused(20)
    apply_all()
    assert is_refused(20)
    Snapshot(server, 30).finish(put("a", 25))
    assert server.mailbox()["highest_version"] == 30
    assert is_refused(30)
    assert not is_refused(31)
    assert server.mailbox()["highest_version"] == 30  # given only from the commit on


@pytest.mark.parametrize(
    "wrong",
    [
        {"kinds": []},
        {"kinds": ["Contact"]},
        {"kinds": ["a" * 33]},
        {"kinds": ["contact\n"]},
        {"kinds": "contact"},
        {"kinds": None},
        {"version": 0},
        {"version": 2**63},
        {"version": "7"},
        {"version": 7.0},
        {"version": True},
        {"version": None},
    ],
)
def test_openings_of_a_wrong_form(server: Program, wrong: dict[str, Any]) -> None:
    asked = {"version": 7, "kinds": ["contact"]} | wrong
    refused(server.post("/snapshots", asked), 400, "invalid-request")
    del asked[next(iter(wrong))]
    refused(server.post("/snapshots", asked), 400, "invalid-request")
    Snapshot(server, 7)


@pytest.mark.parametrize("changes", [-1, "1", 1.0, None, True])
def test_commits_of_a_wrong_form(server: Program, changes: Any) -> None:
    snapshot = Snapshot(server, 7)
    path = f"/snapshots/{snapshot.id}/commit"
    refused(server.post(path, {"changes": changes}), 400, "invalid-request")
    refused(server.post(path, {}), 400, "invalid-request")
    assert snapshot.state == "open"


def test_type_then_shape_then_the_named_one(server: Program) -> None:
    for name in (uuid.uuid4(), "rubbish"):
        path = f"/snapshots/{name}/commit"
        answer = server.call("POST", path, b"{", Content_Type="text/plain")
        refused(answer, 415, "media-type-unsupported")
        refused(server.post(path, b"{"), 400, "invalid-json")
        refused(server.post(path, {}), 400, "invalid-request")
        refused(server.post(path, {"changes": 0}), 404, "not-found")
        refused(server.get(f"/snapshots/{name}"), 404, "not-found")
        refused(part(server, str(name), put("a")), 404, "not-found")
    refused(part(server, 7, put("a")), 400, "invalid-request")


def test_a_commit_waits_for_all_that_was_accepted(server: Program) -> None:
    snapshot = Snapshot(server, 10)
    said(snapshot.push(put("a"), put("b"), {**put("c"), "op": "smash"}), 202)
    waiting = refused(snapshot.commit(2), 409, "snapshot-incomplete")
    assert waiting["retry_after"] >= 1
    apply_all()
    for wrong in (0, 1, 3):
        refused(snapshot.commit(wrong), 409, "snapshot-incomplete")
    assert snapshot.state == "open"
    assert said(snapshot.commit(2), 202) == {"state": "applying"}


def test_a_change_that_is_stale_counts_as_accepted(server: Program) -> None:
    server.deliver(put("a", 5))
    snapshot = Snapshot(server, 10)
    snapshot.deliver(put("a", 5))
    refused(snapshot.commit(0), 409, "snapshot-incomplete")
    said(snapshot.commit(1), 202)


def test_a_commit_is_answered_alike_for_ever(office: Office, server: Program) -> None:
    snapshot = Snapshot(server, 10)
    first = snapshot.commit(0)
    for changes in (0, 7):
        assert snapshot.commit(changes).content == first.content
    apply_all()
    assert snapshot.state == "applied"
    office.age("25h")
    sweep_all()
    assert (snapshot.commit(0).status_code, snapshot.commit(0).content) == (202, first.content)
    assert snapshot.state == "applied"


@pytest.mark.parametrize("end", ["committed", "dropped"])
def test_one_that_has_ended_takes_no_parts(office: Office, server: Program, end: str) -> None:
    snapshot = Snapshot(server, 10)
    first = snapshot.push(put("a"), key="k")
    apply_all()
    if end == "committed":
        said(snapshot.commit(1), 202)
    else:
        office.age("24h")
        refused(snapshot.commit(1), 409, "snapshot-closed")
        assert snapshot.state == "dropped"
    refused(snapshot.push(put("b")), 409, "snapshot-closed")
    again = snapshot.push(put("a"), key="k")
    assert (again.status_code, again.content) == (202, first.content)
    assert again["Idempotent-Replayed"] == "true"
    refused(snapshot.push(put("b"), key="k"), 422, "idempotency-key-reused")
    apply_all()
    assert said(server.get(f"/snapshots/{snapshot.id}"))["accepted"] == 1


def test_a_day_ends_one_that_was_not_committed(office: Office, server: Program) -> None:
    first = Snapshot(server, 10)
    office.age("23h")
    sweep_all()
    assert first.state == "open"
    office.age("1h")
    second = Snapshot(server, 10)  # before any sweep
    assert (first.state, second.state) == ("dropped", "open")
    office.age("25h")
    assert manage("sweep")["snapshots-dropped"] == 1
    assert second.state == "dropped"


def test_a_device_makes_none(server: Program, phone: Program) -> None:
    snapshot = Snapshot(server, 10)
    opening = {"version": 11, "kinds": ["contact"]}
    for answer in (
        phone.post("/snapshots", opening),
        phone.get(f"/snapshots/{snapshot.id}"),
        phone.post(f"/snapshots/{snapshot.id}/commit", {"changes": 0}),
    ):
        refused(answer, 403, "role-not-allowed")
    # `snapshot` is a server's member: in a device's batch it is one of those that are ignored.
    said(part(phone, str(uuid.uuid4()), edit("a", None)), 202)
    assert snapshot.state == "open"


def test_an_inactive_account_makes_none_and_commits_none(office: Office, server: Program) -> None:
    snapshot = Snapshot(server, 10)
    manage("set_state", office.number, "suspended")
    opening = {"version": 11, "kinds": ["contact"]}
    refused(server.post("/snapshots", opening), 403, "account-inactive")
    refused(snapshot.commit(0), 403, "account-inactive")
    refused(snapshot.push(put("a")), 403, "account-inactive")
    assert snapshot.state == "open"
    manage("set_state", office.number, "active")
    said(snapshot.commit(0), 202)


def test_anothers_snapshot_is_as_unknown_as_none(
    server: Program, other: Callable[[], Office]
) -> None:
    foreign = Snapshot(other().server, 10)
    asks: list[Callable[[str], Any]] = [
        lambda name: server.get(f"/snapshots/{name}"),
        lambda name: server.post(f"/snapshots/{name}/commit", {"changes": 0}),
        lambda name: part(server, name, put("a")),
    ]
    for ask in asks:
        refused(ask(foreign.id), 404, "not-found")
        assert as_told(ask(foreign.id)) == as_told(ask(str(uuid.uuid4())))
    assert foreign.state == "open"
    Snapshot(server, 10)  # what another has open is in nobody's way


def test_a_retired_servers_snapshot_is_dropped(office: Office, server: Program) -> None:
    snapshot = Snapshot(server, 10)
    successor = office.pair("server", "BÜRO-NEU")
    assert said(successor.get(f"/snapshots/{snapshot.id}"))["state"] == "dropped"
    refused(part(successor, snapshot.id, put("a")), 409, "snapshot-closed")
    Snapshot(successor, 10)


def test_a_revoked_servers_snapshot_is_dropped(office: Office, server: Program) -> None:
    snapshot = Snapshot(server, 10)
    manage("revoke", server.id)
    successor = office.pair("server", "BÜRO-NEU")
    assert said(successor.get(f"/snapshots/{snapshot.id}"))["state"] == "dropped"
