"""The order of checks: of two things that are wrong, the earlier one is told.

What a batch is checked for by itself is in test_order_of_batches.py.
"""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client, override_settings

from tests.office import Office, Program, manage, put, redeem, refused

NOBODYS = "0b9d5a3e-6a52-4a6c-9a4f-2f7f1f6d0c11"
MORE_THAN_THE_BURST = 5000


def first_other_than(status: int, ask: Callable[[], Any]) -> Any:
    """Ask again and again; the first answer of another status."""
    answers = (ask() for _ in range(MORE_THAN_THE_BURST))
    return next(answer for answer in answers if answer.status_code != status)


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


def test_path_and_method_come_before_an_announced_pause(db: None) -> None:
    with override_settings(MAINTENANCE=True):
        refused(Client().get("/api/v1/nothing"), 404, "not-found")
        refused(Client().post("/api/v1/mailbox"), 405, "method-not-allowed")


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


def test_the_token_comes_before_the_install(phone: Program) -> None:
    foreign = {"Install_Id": str(uuid.uuid4())}
    refused(phone.get("/mailbox", **foreign), 409, "device-cloned")
    refused(phone.get("/mailbox", Authorization="Bearer hhd_no", **foreign), 401, "token-invalid")
    manage("revoke", phone.id)
    refused(phone.get("/mailbox", **foreign), 401, "token-invalid")


def test_the_install_comes_before_the_rate(phone: Program) -> None:
    """A copy is told that it is one, however often it asks."""
    foreign = {"Install_Id": str(uuid.uuid4())}
    first_other_than(200, lambda: phone.get("/mailbox"))
    for _ in range(3):
        refused(phone.get("/mailbox", **foreign), 409, "device-cloned")


@pytest.mark.parametrize("code", ["role-not-allowed", "account-inactive", "peer-erased"])
def test_the_rate_comes_before_the_role_the_account_and_an_erase(
    office: Office, phone: Program, code: str
) -> None:
    path = "/snapshots" if code == "role-not-allowed" else "/resync"
    if code == "account-inactive":
        manage("set_state", office.number, "suspended")
    if code == "peer-erased":
        manage("command", office.number, phone.id, "erase")
    refused(phone.post(path), 403, code)
    refused(first_other_than(403, lambda: phone.post(path)), 429, "slow-down")


def test_the_role_comes_before_an_erase_and_that_before_the_account(
    office: Office, phone: Program
) -> None:
    manage("command", office.number, phone.id, "erase")
    manage("set_state", office.number, "suspended")
    refused(phone.post("/snapshots"), 403, "role-not-allowed")
    refused(phone.post("/resync"), 403, "peer-erased")


def test_the_install_comes_before_the_role(phone: Program) -> None:
    foreign = {"Install_Id": str(uuid.uuid4())}
    refused(phone.get("/mailbox", **foreign), 409, "device-cloned")
    refused(phone.post("/batches", b"x", **foreign), 409, "device-cloned")
    assert phone.get("/mailbox", Install_Id=str(phone.install_id)).status_code == 200


NOTHING_IN_IT = [
    ("device", "PUT", "/push-subscription", 415),
    ("device", "DELETE", "/push-subscription", 204),
    ("device", "GET", "/push-key", 200),
    ("server", "GET", "/snapshots/rubbish", 404),
]
NEEDS_AN_ACTIVE_ACCOUNT = ["/snapshots", f"/snapshots/{NOBODYS}/commit"]


@pytest.mark.parametrize(("role", "method", "path", "status"), NOTHING_IN_IT)
def test_the_role_comes_before_the_account(
    office: Office, server: Program, phone: Program, role: str, method: str, path: str, status: int
) -> None:
    right, wrong = (phone, server) if role == "device" else (server, phone)
    assert right.call(method, path).status_code == status
    manage("set_state", office.number, "suspended")
    refused(wrong.call(method, path), 403, "role-not-allowed")


@pytest.mark.parametrize("path", NEEDS_AN_ACTIVE_ACCOUNT)
def test_the_role_comes_before_the_account_and_that_before_the_type(
    office: Office, server: Program, phone: Program, path: str
) -> None:
    text = {"Content_Type": "text/plain"}
    refused(server.call("POST", path, b"x", **text), 415, "media-type-unsupported")
    manage("set_state", office.number, "suspended")
    refused(server.call("POST", path, b"x", **text), 403, "account-inactive")
    refused(phone.call("POST", path, b"x", **text), 403, "role-not-allowed")


def test_the_account_comes_before_the_key(office: Office, phone: Program) -> None:
    manage("set_state", office.number, "suspended")
    refused(phone.post("/batches", b"x"), 403, "account-inactive")


def test_an_erase_comes_before_the_key(office: Office, phone: Program) -> None:
    refused(phone.post("/batches", b"x"), 400, "idempotency-key-missing")
    manage("command", office.number, phone.id, "erase")
    refused(phone.post("/batches", b"x"), 403, "peer-erased")


def test_a_mark_comes_before_the_cursors_form(
    server: Program, phone: Program, set_back: Callable[[Program], None]
) -> None:
    server.deliver(put("a"))
    cursor = phone.page()["cursor"]
    set_back(phone)
    refused(phone.get(f"/changes?after={cursor}"), 410, "cursor-ahead")
    refused(phone.get("/changes?after=rubbish"), 410, "cursor-ahead")
    refused(phone.post("/acks", {"cursor": "rubbish"}), 410, "cursor-ahead")


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        (f"/sessions/{NOBODYS}/finish", {"result": "maybe"}),
        ("/sessions/rubbish/finish", {}),
        (f"/commands/{NOBODYS}/done", {"result": "maybe"}),
        ("/commands/rubbish/done", {"detail": 7}),
    ],
)
def test_type_then_shape_then_the_named_object(
    phone: Program, path: str, wrong: dict[str, Any]
) -> None:
    refused(
        phone.call("POST", path, b"{", Content_Type="text/plain"), 415, "media-type-unsupported"
    )
    refused(phone.post(path, b"{"), 400, "invalid-json")
    refused(phone.post(path, wrong), 400, "invalid-request")
    nul = {"result": "failed", "detail": "\0", "error": {"code": "\0"}}
    refused(phone.post(path, nul), 400, "invalid-request")
    refused(phone.post(path, {"result": "ok"}), 404, "not-found")


def test_the_shape_comes_before_the_pairing_code(office: Office) -> None:
    refused(redeem("ZZZZ-ZZZZ", name=""), 400, "invalid-request")
    refused(redeem("ZZZZ-ZZZZ"), 404, "pairing-code-unknown")


def test_the_rate_comes_before_the_shape_where_pairing_codes_are_tried(office: Office) -> None:
    for _ in range(20):
        refused(redeem("ZZZZ-ZZZZ"), 404, "pairing-code-unknown")
    refused(redeem("ZZZZ-ZZZZ", name=""), 429, "slow-down")


def test_the_shape_comes_before_a_mark(
    server: Program, phone: Program, set_back: Callable[[Program], None]
) -> None:
    server.deliver(put("a"))
    cursor = phone.page()["cursor"]
    set_back(phone)
    refused(phone.get(f"/changes?after={cursor}"), 410, "cursor-ahead")
    refused(phone.get("/changes?limit=0"), 400, "invalid-request")
    refused(phone.post("/acks", b"{"), 400, "invalid-json")
    refused(phone.post("/acks", {}), 400, "invalid-request")
    refused(phone.post("/acks", {"cursor": 7}), 400, "invalid-request")
    refused(phone.post("/acks", {"cursor": cursor}), 410, "cursor-ahead")


def test_too_many_requests(server: Program) -> None:
    last = first_other_than(200, lambda: server.get("/mailbox"))
    assert refused(last, 429, "slow-down")["retry_after"] >= 1
