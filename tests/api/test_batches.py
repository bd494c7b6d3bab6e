import gzip
import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
import zstandard
from django.test import override_settings

from tests.office import (
    Office,
    Program,
    another_session,
    apply_all,
    delete,
    edit,
    put,
    refused,
    said,
    sweep_all,
)

ODD = b'{ "z":1,"a":1.50,"a":[ ], "n":"M\\u00fcller \xf0\x9f\x93\xae","nul":"\\u0000","b":1%s }' % (
    b"0" * 40
)


def body(*changes: bytes) -> bytes:
    return b'{"changes":[%s]}' % b",".join(changes)


def raw_put(record: str, data: bytes) -> bytes:
    return b'{"kind":"contact","id":"%s","op":"put","version":1,"data":%s}' % (
        record.encode(),
        data,
    )


@pytest.mark.parametrize("encoding", ["identity", "gzip", "zstd"])
def test_letters_stay_sealed(server: Program, phone: Program, encoding: str) -> None:
    text = body(raw_put("a", ODD), raw_put("b", b'"text \\ud83d\\udcee"'))
    pack: dict[str, Callable[[bytes], bytes]] = {
        "identity": bytes,
        "gzip": gzip.compress,
        "zstd": zstandard.compress,
    }
    sent = server.call(
        "POST",
        "/batches",
        pack[encoding](text),
        Idempotency_Key="k",
        Content_Encoding=encoding,
    )
    assert said(sent, 202)["accepted"] == 2
    apply_all()
    page = phone.get("/changes").content
    assert ODD in page
    assert b'"text \\ud83d\\udcee"' in page


BAD: list[tuple[str, dict[str, Any]]] = [
    ("change-invalid", {"kind": "Contact"}),
    ("change-invalid", {"kind": "a" * 33}),
    ("change-invalid", {"kind": "contact\n"}),
    ("change-invalid", {"id": ""}),
    ("change-invalid", {"id": "x" * 65}),
    ("change-invalid", {"id": "ä"}),
    ("change-invalid", {"id": "a b"}),
    ("change-invalid", {"id": 7}),
    ("change-invalid", {"op": "smash"}),
    ("change-invalid", {"op": "delete"}),
    ("change-invalid", {"version": "1"}),
    ("change-invalid", {"version": 0}),
    ("change-invalid", {"version": 2**63}),
    ("change-invalid", {"version": 1.0}),
    ("change-invalid", {"version": None}),
    ("change-invalid", {"version": True}),
    ("data-invalid", {"data": None}),
    ("data-invalid", {"data": 7}),
    ("data-invalid", {"data": [1]}),
    ("data-too-large", {"data": "x" * 262_143}),
]


def test_a_bad_change_is_refused_alone(server: Program, phone: Program) -> None:
    changes = []
    for number, (_, wrong) in enumerate(BAD):
        changes += [put(f"good{number}"), {**put(f"bad{number}"), **wrong}]
    done = server.deliver(*changes, "no object", {})
    assert [(r["index"], r["code"]) for r in done["rejected"]] == [
        *((2 * number + 1, code) for number, (code, _) in enumerate(BAD)),
        (len(changes), "change-invalid"),
        (len(changes) + 1, "change-invalid"),
    ]
    assert all(r["detail"] for r in done["rejected"])
    assert done["accepted"] == done["applied"] == len(BAD)
    assert phone.mailbox()["waiting"]["total"] == len(BAD)


SLOW = {
    "lone surrogate in data": (b'{"a":"\\ud800"}', "data-invalid"),
    "lone low surrogate in a key": (b'{"\\udc00":1}', "data-invalid"),
    "65 levels": (b'{"a":' * 64 + b"[]" + b"}" * 64, "data-invalid"),
    "2,000 levels": (b'{"a":' * 2000 + b"1" + b"}" * 2000, "data-invalid"),
    "100,000 levels": (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "data-invalid"),
}


@pytest.mark.parametrize("name", SLOW)
def test_what_the_decoder_refuses_whole_is_refused_alone(server: Program, name: str) -> None:
    data, code = SLOW[name]
    text = body(raw_put("a", b"{}"), raw_put("bad", data), raw_put("c", ODD))
    answer = said(server.post("/batches", text, Idempotency_Key="k"), 202)
    assert answer["accepted"] == 2
    assert [(r["index"], r["code"]) for r in answer["rejected"]] == [(1, code)]


def test_64_levels_are_allowed(server: Program) -> None:
    data = b'{"a":' * 63 + b"[]" + b"}" * 63
    text = body(raw_put("a", data), raw_put("b", b'"' + b"[" * 500 + b'"'))
    assert said(server.post("/batches", text, Idempotency_Key="k"), 202)["accepted"] == 2


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b" ", "invalid-json"),
        (b"\0", "invalid-json"),
        (b"{", "invalid-json"),
        (b'{"changes":[NaN]}', "invalid-json"),
        (b'{"changes":[{"a":1,}]}', "invalid-json"),
        (b'{"changes":[{"kind":"\xff"}]}', "invalid-json"),
        (b'{"changes":' + b"[" * 100_000, "invalid-json"),
        (b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b',"changes":[]}', "invalid-json"),
        (b'{"changes":[{}]} x', "invalid-json"),
        (b"[]", "invalid-request"),
        (b"{}", "invalid-request"),
        (b'{"changes":[]}', "invalid-request"),
        (b'{"changes":{}}', "invalid-request"),
        (b'{"changes":[{}],"checkpoint":7}', "invalid-request"),
        (b'{"changes":[{}],"checkpoint":"\\u0000"}', "invalid-request"),
        (b'{"changes":[{}],"checkpoint":"\\ud800"}', "invalid-request"),
    ],
)
def test_a_body_that_is_wrong_as_a_whole(server: Program, text: bytes, code: str) -> None:
    refused(server.post("/batches", text, Idempotency_Key="k"), 400, code)


GZIPPED = gzip.compress(body(raw_put("a", ODD)))
ZSTD = zstandard.compress(body(raw_put("a", ODD)))


@pytest.mark.parametrize(
    ("encoding", "text", "status"),
    [
        ("gzip", GZIPPED[:-5], 400),
        ("gzip", GZIPPED + b"x", 400),
        ("gzip", GZIPPED + GZIPPED, 400),
        ("gzip", b"no gzip", 400),
        ("gzip", gzip.compress(b" " * 60_000_000), 413),
        ("zstd", ZSTD[:-5], 400),
        ("zstd", ZSTD + b"x", 400),
        ("zstd", ZSTD + ZSTD, 400),
        ("zstd", zstandard.compress(b" " * 60_000_000), 413),
        ("identity", b'{"changes":[' + b"{}," * 1_300_000 + b"{}]}", 413),
        ("gzip, gzip", GZIPPED, 415),
    ],
)
def test_bodies_in_disguise(server: Program, encoding: str, text: bytes, status: int) -> None:
    answer = server.call("POST", "/batches", text, Idempotency_Key="k", Content_Encoding=encoding)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/json; charset=bz2", "application/json;charset=latin-1"],
)
def test_other_types(server: Program, content_type: str) -> None:
    answer = server.call("POST", "/batches", b"{}", Idempotency_Key="k", Content_Type=content_type)
    refused(answer, 415, "media-type-unsupported")


def test_too_many_changes(server: Program, phone: Program) -> None:
    refused(server.push(*(put(f"r{n}") for n in range(501))), 413, "batch-too-large")
    said(server.push(*(put(f"r{n}") for n in range(500))), 202)
    refused(phone.push(*(edit(f"r{n}", None) for n in range(101))), 413, "batch-too-large")
    said(phone.push(*(edit(f"r{n}", None) for n in range(100))), 202)


def test_a_repeated_batch_is_answered_as_it_was(server: Program, phone: Program) -> None:
    changes = [put("a"), {**put("b"), "op": "smash"}]
    first = server.push(*changes, key="k")
    apply_all()
    again = server.push(*changes, key="k")
    assert again.status_code == 202
    assert again.content == first.content
    assert again["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first
    apply_all()
    assert phone.mailbox()["waiting"]["total"] == 1


def test_the_same_key_with_another_body_is_wrong(server: Program, phone: Program) -> None:
    said(server.push(put("a"), key="k"), 202)
    refused(server.push(put("b"), key="k"), 422, "idempotency-key-reused")
    said(phone.push(edit("a", 1), key="k"), 202)  # keys are a peer's own


def test_a_refused_batch_does_not_use_its_key(server: Program) -> None:
    refused(server.post("/batches", b"{}", Idempotency_Key="k"), 400, "invalid-request")
    said(server.push(put("a"), key="k"), 202)


def test_keys_live_for_thirty_days(office: Office, server: Program) -> None:
    said(server.push(put("a"), key="k"), 202)
    office.age("31d")
    sweep_all()
    said(server.push(put("b"), key="k"), 202)


@pytest.mark.django_db(transaction=True)
def test_the_same_key_in_flight(office: Office, server: Program) -> None:
    with another_session() as other:
        other.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{server.id}:k"])
        refused(server.push(put("a"), key="k"), 409, "in-progress")
    said(server.push(put("a"), key="k"), 202)


def test_stale_versions_and_ties(server: Program, phone: Program) -> None:
    done = server.deliver(
        put("a", 5, {"n": 1}), put("a", 7, {"n": 2}), put("a", 7, {"n": 3}), put("b", 1)
    )
    assert (done["applied"], done["stale"]) == (2, 2)
    done = server.deliver(put("a", 6), put("a", 7), delete("b", 1))
    assert (done["applied"], done["stale"]) == (0, 3)
    kept = {c["id"]: (c["version"], c["data"]) for c in phone.collect()}
    assert kept["a"] == (7, {"n": 3})


def test_a_delete_of_an_unknown_record_is_kept(server: Program, phone: Program) -> None:
    server.deliver(delete("never", 4))
    assert phone.collect() == [{"kind": "contact", "id": "never", "op": "delete", "version": 4}]


def test_nothing_accepted_is_still_an_answer(server: Program) -> None:
    done = server.deliver({**put("a"), "op": "no"})
    assert (done["accepted"], done["applied"], done["state"]) == (0, 0, "applied")


def test_batches_are_their_senders_alone(
    server: Program, phone: Program, other: Callable[[], Office]
) -> None:
    batch = said(server.push(put("a")), 202)["batch"]
    unknown = refused(server.get(f"/batches/{uuid.uuid4()}"), 404, "not-found")
    for stranger in (phone, other().server):
        told = refused(stranger.get(f"/batches/{batch}"), 404, "not-found")
        assert {**told, "request_id": ""} == {**unknown, "request_id": ""}
    refused(server.get("/batches/rubbish"), 404, "not-found")


def test_checkpoint_and_version_floor(server: Program, phone: Program) -> None:
    text = {"changes": [put("a", 9)], "checkpoint": "cp1"}
    said(server.post("/batches", text, Idempotency_Key="1"), 202)
    told = server.mailbox()
    assert (told["checkpoint"], told["highest_version"]) == (None, 9)  # received, not applied
    apply_all()
    assert server.mailbox()["checkpoint"] == "cp1"
    server.deliver(put("a", 3))
    told = server.mailbox()
    assert (told["checkpoint"], told["highest_version"]) == ("cp1", 9)
    assert "checkpoint" not in phone.mailbox()


def test_an_unknown_snapshot_is_not_found(server: Program) -> None:
    text = {"changes": [put("a")], "snapshot": str(uuid.uuid4())}
    refused(server.post("/batches", text, Idempotency_Key="1"), 404, "not-found")


@override_settings(MAILBOX_MAX_CHANGES=2)
def test_a_full_mailbox_takes_deletes_alone(server: Program) -> None:
    server.deliver(put("a"), put("b"))
    first = server.push(delete("a", 2), key="k")
    refused(server.push(put("c"), delete("b", 2)), 507, "mailbox-full")
    assert said(first, 202)["accepted"] == 1
    assert server.push(delete("a", 2), key="k")["Idempotent-Replayed"] == "true"


@override_settings(MAILBOX_MAX_BYTES=3000)
def test_a_mailbox_is_full_of_bytes_too(server: Program) -> None:
    server.deliver(put("a"))
    server.deliver(put("b", data="x" * 3000))
    refused(server.push(put("c")), 507, "mailbox-full")
    server.deliver(delete("b", 2))
    said(server.push(put("c")), 202)


def test_a_device_sends_base_versions(server: Program, phone: Program) -> None:
    server.deliver(put("a", 5))
    new = str(uuid.uuid4())
    changes = [
        edit("a", 5, ref="r1"),
        edit(new, None),
        {**edit("a", 5), "version": 99},
        {"kind": "contact", "id": "a", "op": "delete"},
        edit("a", 0),
        edit("a", 5, ref="r\0"),
        edit("a", 5, ref="r" * 65),
    ]
    done = phone.deliver(*changes)
    assert done["accepted"] == 4
    assert [r["index"] for r in done["rejected"]] == [4, 5, 6]
    page = server.page()
    assert page["full"] is False
    batch = done["batch"]
    assert [
        (c["id"], c["op"], c["base_version"], c["ref"], c["batch"], c["index"], c["device"])
        for c in page["changes"]
    ] == [
        ("a", "put", 5, "r1", batch, 0, phone.id),
        (new, "put", None, None, batch, 1, phone.id),
        ("a", "put", 5, None, batch, 2, phone.id),
        ("a", "delete", None, None, batch, 3, phone.id),
    ]
    assert all("version" not in change for change in page["changes"])


def test_a_device_sees_outcomes_before_and_after_applying(phone: Program) -> None:
    pushed = said(phone.push(edit("a", 5, ref="r")), 202)
    waiting = {"index": 0, "ref": "r", "state": "waiting", "id": "a", "version": None}
    told = said(phone.get(f"/batches/{pushed['batch']}"))
    assert told["state"] == "received"
    assert told["outcomes"] == [{**waiting, "detail": ""}]
    apply_all()
    told = said(phone.get(f"/batches/{pushed['batch']}"))
    assert told["state"] == "applied"
    assert told["outcomes"] == [{**waiting, "detail": ""}]


def test_a_body_may_hold_unknown_members(server: Program) -> None:
    text = json.dumps({"new": {"x": [1]}, "changes": [{**put("a"), "more": [{}]}]}).encode()
    assert said(server.post("/batches", text, Idempotency_Key="k"), 202)["accepted"] == 1
