"""A device says how it can be woken. What it says is checked, for the server will go there."""

import socket
from typing import Any

import pytest
from django.test import override_settings

from tests.office import Office, Program, manage, refused, said
from tests.wakeups.push_service import Browser, text

PUBLIC = "https://push.example.net/p/1"


def subscription(endpoint: str = PUBLIC, **keys: str) -> dict[str, Any]:
    return {"endpoint": endpoint, "keys": {**Browser().keys, **keys}}


def put(phone: Program, body: Any) -> Any:
    return phone.call("PUT", "/push-subscription", body)


def test_it_is_taken_and_given_up_however_often(phone: Program) -> None:
    for body in (subscription(), subscription(), {**subscription(), "expirationTime": None}):
        assert put(phone, body).status_code == 204
    for _ in range(2):
        assert phone.call("DELETE", "/push-subscription").status_code == 204
    refused(phone.get("/push-subscription"), 405, "method-not-allowed")


def test_what_padding_does_to_a_key_is_nobodys_business(phone: Program) -> None:
    keys = {name: f"{value}{'=' * (-len(value) % 4)}" for name, value in Browser().keys.items()}
    assert put(phone, {"endpoint": PUBLIC, "keys": keys}).status_code == 204


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example.net/p/1",
        "http://127.0.0.1:9000/p/1",
        "ftp://push.example.net/p/1",
        "https://127.0.0.1/p/1",
        "https://10.1.2.3/p/1",
        "https://192.168.178.1/p/1",
        "https://169.254.169.254/latest/meta-data",
        "https://100.64.0.1/p/1",
        "https://0.0.0.0/p/1",
        "https://224.0.0.1/p/1",
        "https://[::1]/p/1",
        "https://[fd00::1]/p/1",
        "https://[fe80::1]/p/1",
        "https://[::ffff:10.0.0.1]/p/1",
        "https://[64:ff9b::a00:1]/p/1",
        "https://[2002:a00:1::]/p/1",
        "https://user@push.example.net/p/1",
        "https://:secret@push.example.net/p/1",
        "https://push.example.net:99999/p/1",
        "https://push.example.net:0/p/1",
        "https:///p/1",
        "https://push.example.net/ü",
        "https://push.example.net/a b",
        "https://push.example.net/a\nb",
        "https://[::1/p/1",
        "//push.example.net/p/1",
        "push",
        "",
        "https://push.example.net/" + "a" * 2048,
    ],
)
def test_an_endpoint_where_no_push_goes_is_refused(phone: Program, endpoint: str) -> None:
    refused(put(phone, subscription(endpoint)), 400, "invalid-request")


@override_settings(PUSH_TO_LOOPBACK=True)
def test_only_where_it_is_allowed_this_machine_is_a_push_service(phone: Program) -> None:
    for host in ("127.0.0.1", "localhost", "[::1]"):
        assert put(phone, subscription(f"http://{host}:9000/p/1")).status_code == 204
    for endpoint in ("http://10.0.0.1/p/1", "http://push.example.net/p", "https://127.0.0.1/p/1"):
        refused(put(phone, subscription(endpoint)), 400, "invalid-request")


@pytest.mark.parametrize(
    "keys",
    [
        {"auth": ""},
        {"auth": text(b"15 bytes are few")[:-1]},
        {"auth": text(b"a" * 17)},
        {"auth": "*" * 22},
        {"p256dh": ""},
        {"p256dh": text(b"\4" + b"\1" * 64)},
        {"p256dh": text(b"\4" + b"\1" * 63)},
        {"p256dh": "ü" * 87},
    ],
)
def test_keys_that_are_none_are_refused(phone: Program, keys: dict[str, str]) -> None:
    refused(put(phone, subscription(**keys)), 400, "invalid-request")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "invalid-json"),
        (b"[]", "invalid-request"),
        ({"endpoint": PUBLIC}, "invalid-request"),
        ({"endpoint": 1, "keys": {}}, "invalid-request"),
        ({"endpoint": PUBLIC, "keys": {"p256dh": "a"}}, "invalid-request"),
    ],
)
def test_a_body_of_another_form_is_refused(phone: Program, body: Any, code: str) -> None:
    refused(put(phone, body), 400, code)


def test_who_may(office: Office, server: Program, phone: Program) -> None:
    for method in ("PUT", "DELETE"):
        refused(server.call(method, "/push-subscription"), 403, "role-not-allowed")
    refused(server.get("/push-key"), 403, "role-not-allowed")
    manage("set_state", office.number, "suspended")
    assert put(phone, subscription()).status_code == 204
    manage("command", office.number, phone.id, "erase")
    refused(put(phone, subscription()), 403, "peer-erased")


def test_the_key_is_one_for_everybody_and_stays(office: Office, phone: Program) -> None:
    key = said(phone.get("/push-key"))
    assert key == said(office.device("tablet").get("/push-key"))
    assert len(key["key"]) == 87


def test_nobody_is_looked_up_for_it(phone: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """A request does not wait for a name server; the address is checked when a push goes out."""

    def asked(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(socket, "getaddrinfo", asked)
    assert put(phone, subscription()).status_code == 204
