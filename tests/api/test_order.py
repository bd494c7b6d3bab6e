"""The order of checks: of two things that are wrong, the earlier one is told."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client, override_settings

from tests.office import Office, Program, manage, put, refused

KEY = {"Idempotency_Key": "k"}


def test_unknown_paths_come_before_the_token(db: None) -> None:
    for path in ("/nothing", "/", "/mailbox/", "/sessions/x", "/commands"):
        refused(Client().get(f"/api/v1{path}"), 404, "not-found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/mailbox", "GET"),
        ("OPTIONS", "/mailbox", "GET"),
        ("GET", "/sessions", "POST"),
        ("PATCH", "/batches", "POST"),
        ("POST", "/peer", "DELETE"),
    ],
)
def test_the_method_comes_before_the_token(db: None, method: str, path: str, allowed: str) -> None:
    answer = Client().generic(method, f"/api/v1{path}")
    refused(answer, 405, "method-not-allowed")
    assert answer["Allow"] == allowed


def test_an_announced_pause_comes_before_the_token(db: None) -> None:
    with override_settings(MAINTENANCE=True):
        answer = Client().get("/api/v1/mailbox")
    assert refused(answer, 503, "maintenance")["retry_after"] == int(answer["Retry-After"])


def test_missing_unknown_and_revoked_tokens_answer_alike(office: Office, phone: Program) -> None:
    manage("revoke", phone.id)
    headers = [{}, {"Authorization": "Bearer hhd_no"}, {"Authorization": "Basic eDp5"}]
    answers: list[Any] = [Client().get("/api/v1/mailbox", headers=header) for header in headers]
    answers.append(phone.get("/mailbox"))
    told = [refused(answer, 401, "token-invalid") for answer in answers]
    assert len({body.pop("request_id") for body in told}) == len(told)
    assert all(body == told[0] for body in told)


def test_the_install_comes_before_the_role(phone: Program) -> None:
    foreign = {"Install_Id": str(uuid.uuid4())}
    refused(phone.get("/mailbox", **foreign), 409, "device-cloned")
    refused(phone.post("/batches", b"x", **foreign), 409, "device-cloned")
    assert phone.get("/mailbox", Install_Id=str(phone.install_id)).status_code == 200


RESERVED = [
    ("device", "PUT", "/push-subscription"),
    ("device", "DELETE", "/push-subscription"),
    ("server", "POST", "/snapshots"),
    ("server", "GET", "/snapshots/rubbish"),
    ("server", "POST", "/snapshots/rubbish/commit"),
]


@pytest.mark.parametrize(("role", "method", "path"), RESERVED)
def test_the_role_comes_before_the_account(
    office: Office, server: Program, phone: Program, role: str, method: str, path: str
) -> None:
    right, wrong = (phone, server) if role == "device" else (server, phone)
    refused(right.call(method, path), 404, "not-found")
    manage("set_state", office.number, "suspended")
    refused(wrong.call(method, path), 403, "role-not-allowed")


def test_the_account_comes_before_the_key(office: Office, phone: Program) -> None:
    manage("set_state", office.number, "suspended")
    refused(phone.post("/batches", b"x"), 403, "account-inactive")


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


def test_a_mark_comes_before_the_cursors_form(
    server: Program, phone: Program, set_back: Callable[[Program], None]
) -> None:
    server.deliver(put("a"))
    cursor = phone.page()["cursor"]
    set_back(phone)
    refused(phone.get(f"/changes?after={cursor}"), 410, "cursor-ahead")
    refused(phone.get("/changes?after=rubbish"), 410, "cursor-ahead")
    refused(phone.post("/acks", {"cursor": "rubbish"}), 410, "cursor-ahead")


def test_too_many_requests(server: Program) -> None:
    answers = (server.get("/mailbox") for _ in range(5000))
    last = next(answer for answer in answers if answer.status_code != 200)
    assert refused(last, 429, "slow-down")["retry_after"] >= 1
