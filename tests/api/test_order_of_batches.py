"""The order of checks of a batch: of two things that are wrong, the earlier one is told.

What comes before its key (path, token, rate, role and others) is in test_order.py.
"""

import json
import uuid
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test import override_settings

from tests.office import Program, apply_all, put, refused, said
from tests.snapshots import Snapshot

KEY = {"Idempotency_Key": "k"}
FULL = override_settings(MAILBOX_MAX_CHANGES=0)


def part(*changes: Any) -> bytes:
    """A batch that names a snapshot which nobody opened."""
    return json.dumps({"snapshot": str(uuid.uuid4()), "changes": changes}).encode()


def test_key_then_type_then_encoding_then_size_then_shape(server: Program) -> None:
    big = b" " * 5_000_000
    wrong = {"Content_Type": "text/plain", "Content_Encoding": "br"}
    refused(server.call("POST", "/batches", big, **wrong), 400, "idempotency-key-missing")
    refused(server.call("POST", "/batches", big, **wrong, **KEY), 415, "media-type-unsupported")
    wrong.pop("Content_Type")
    refused(server.call("POST", "/batches", big, **wrong, **KEY), 415, "encoding-unsupported")
    refused(server.call("POST", "/batches", big, **KEY), 413, "batch-too-large")
    refused(server.call("POST", "/batches", b"{", **KEY), 400, "invalid-json")


@pytest.mark.parametrize("key", ["", "ä", "x" * 129, "a b"])
def test_keys_of_a_wrong_form(server: Program, key: str) -> None:
    answer = server.post("/batches", {"changes": [put("a")]}, Idempotency_Key=key)
    refused(answer, 400, "idempotency-key-missing")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"{", "invalid-json"),
        (b"{}", "invalid-request"),
        (b'{"changes":[{}],"checkpoint":"\\u0000"}', "invalid-request"),
    ],
)
def test_the_shape_comes_before_a_reused_key(server: Program, text: bytes, code: str) -> None:
    said(server.push(put("a"), key="k"), 202)
    refused(server.post("/batches", text, **KEY), 400, code)
    refused(server.push(put("b"), key="k"), 422, "idempotency-key-reused")


def test_a_reused_key_comes_before_the_named_snapshot(server: Program) -> None:
    text = part(put("a"))
    refused(server.post("/batches", text, Idempotency_Key="another"), 404, "not-found")
    said(server.push(put("a"), key="k"), 202)
    refused(server.post("/batches", text, **KEY), 422, "idempotency-key-reused")


def test_a_replay_comes_before_the_named_snapshot(server: Program) -> None:
    """A part of a snapshot that is closed by now."""
    snapshot = Snapshot(server, 10)
    first = snapshot.push(put("a"), key="k")
    apply_all()
    said(snapshot.commit(1), 202)
    again = snapshot.push(put("a"), key="k")
    assert (again.status_code, again.content) == (202, first.content)
    assert again["Idempotent-Replayed"] == "true"
    refused(snapshot.push(put("b"), key="k"), 422, "idempotency-key-reused")
    refused(snapshot.push(put("a"), key="another"), 409, "snapshot-closed")


def test_a_key_that_came_before_comes_before_the_room(server: Program) -> None:
    first = server.push(put("a"), key="k")
    with FULL:
        again = server.push(put("a"), key="k")
        assert (again.status_code, again.content) == (202, first.content)
        assert again["Idempotent-Replayed"] == "true"
        refused(server.push(put("b"), key="k"), 422, "idempotency-key-reused")
        refused(server.push(put("b"), key="another"), 507, "mailbox-full")


def test_the_named_snapshot_comes_before_the_room(server: Program) -> None:
    closed = Snapshot(server, 10)
    closed.finish()
    with FULL:
        refused(server.post("/batches", part(put("a")), **KEY), 404, "not-found")
        refused(closed.push(put("a"), key="k"), 409, "snapshot-closed")


@pytest.mark.django_db(transaction=True)
def test_the_key_in_flight_comes_before_the_named_snapshot_and_the_room(server: Program) -> None:
    settings = connection.get_connection_params()
    known = {name: settings[name] for name in ("dbname", "user", "password", "host", "port")}
    with psycopg.connect(**known) as other, FULL:
        other.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{server.id}:k"])
        refused(server.post("/batches", part(put("a")), **KEY), 409, "in-progress")
        refused(server.push(put("a"), key="k"), 409, "in-progress")
        refused(server.push(put("a"), key="another"), 507, "mailbox-full")
        other.rollback()
        refused(server.push(put("a"), key="k"), 507, "mailbox-full")
