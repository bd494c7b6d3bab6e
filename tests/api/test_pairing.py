import json
import uuid

import pytest
from django.test import Client, override_settings

from tests.office import Office, manage, redeem, refused, said


def code_for(office: Office, role: str = "device", *words: str) -> str:
    code: str = manage("pair", office.number, "--role", role, *words)["code"]
    return code


def test_a_code_becomes_a_token_once(office: Office) -> None:
    code = code_for(office)
    body = said(redeem(code, "Pixel 9"), 201)
    assert body["role"] == "device"
    assert body["token"].startswith("hhd_")
    assert body["account"] == {"name": "Prüf & Söhne", "number": office.number, "state": "active"}
    assert body["limits"]["batch_changes"] == 500
    refused(redeem(code), 404, "pairing-code-unknown")


def test_case_dashes_and_alike_letters_do_not_matter(office: Office) -> None:
    code = code_for(office)
    spelled = code.lower().replace("-", "").replace("0", "o").replace("1", "l")
    said(redeem(spelled), 201)


def test_a_lost_answer_burns_no_code(office: Office) -> None:
    code, install = code_for(office), uuid.uuid4()
    first = said(redeem(code, install_id=install), 201)
    again = said(redeem(code, install_id=install), 201)
    assert again["peer"] == first["peer"]
    assert again["token"] != first["token"]
    call = Client().get
    path = "/api/v1/mailbox"
    assert call(path, headers={"Authorization": f"Bearer {first['token']}"}).status_code == 401
    assert call(path, headers={"Authorization": f"Bearer {again['token']}"}).status_code == 200
    refused(redeem(code, install_id=install), 404, "pairing-code-unknown")  # it was used now


def test_an_expired_code_is_unknown(office: Office) -> None:
    code = code_for(office)
    office.age("10m")
    refused(redeem(code), 404, "pairing-code-unknown")


def test_an_inactive_account_pairs_nobody_and_burns_no_code(office: Office) -> None:
    code = code_for(office)
    manage("set_state", office.number, "suspended")
    refused(redeem(code), 403, "account-inactive")
    manage("set_state", office.number, "active")
    said(redeem(code), 201)


def test_a_second_server_retires_the_first(office: Office) -> None:
    second = office.pair("server", "NEUER-PC")
    refused(office.server.get("/mailbox"), 401, "token-invalid")
    assert second.mailbox()["highest_version"] == 0


def test_the_name_that_the_owner_chose_counts(office: Office) -> None:
    said(redeem(code_for(office, "device", "--name", "Werkstatt"), "android-4711"), 201)
    names = {peer["name"] for peer in manage("account_status", office.number)["peers"]}
    assert "Werkstatt" in names


@pytest.mark.parametrize(
    ("addresses", "throttled"),
    [
        (["192.0.2.7"], True),
        (["192.0.2.7", "192.0.2.8"], False),
        (["2001:db8::1", "2001:db8::2"], True),  # one /64 is one house
        (["2001:db8:0:1::1", "2001:db8:0:2::1"], False),
    ],
)
def test_twenty_wrong_tries_close_the_door(
    office: Office, addresses: list[str], throttled: bool
) -> None:
    code = code_for(office)
    for number in range(20):
        address = addresses[number % len(addresses)]
        refused(redeem("ZZZZ-ZZZZ", REMOTE_ADDR=address), 404, "pairing-code-unknown")
    answer = redeem(code, REMOTE_ADDR=addresses[0])
    if throttled:
        assert refused(answer, 429, "slow-down")["retry_after"] > 0
        assert "Retry-After" in answer
    else:
        said(answer, 201)


@override_settings(TRUSTED_PROXIES=1)
def test_behind_a_proxy_its_word_counts_and_without_it_the_connection(office: Office) -> None:
    code = code_for(office)
    for _ in range(20):
        redeem("ZZZZ-ZZZZ", HTTP_X_FORWARDED_FOR="203.0.113.9, 192.0.2.7")
    for told in ("192.0.2.7", "198.51.100.1, 192.0.2.7"):
        refused(redeem(code, HTTP_X_FORWARDED_FOR=told), 429, "slow-down")
    for number in range(20):
        redeem("ZZZZ-ZZZZ", REMOTE_ADDR=f"198.51.100.{number}")  # no word: each on its own
    said(redeem(code, REMOTE_ADDR="198.51.100.99"), 201)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"code": "x", "name": "", "install_id": str(uuid.uuid4())},
        {"code": "x", "name": "n" * 101, "install_id": str(uuid.uuid4())},
        {"code": "x", "name": "n", "install_id": "no"},
        {"code": "x", "name": "n\0", "install_id": str(uuid.uuid4())},
        {"code": "x", "name": "n", "platform": "p" * 41, "install_id": str(uuid.uuid4())},
    ],
)
def test_a_shape_that_is_wrong_is_said(db: None, body: dict[str, str]) -> None:
    answer = Client().post("/api/v1/pairings", json.dumps(body), content_type="application/json")
    refused(answer, 400, "invalid-request")


def test_unpairing_ends_the_token(office: Office) -> None:
    phone = office.device()
    assert phone.call("DELETE", "/peer").status_code == 204
    refused(phone.get("/mailbox"), 401, "token-invalid")
    states = {p["peer"]: p["state"] for p in manage("account_status", office.number)["peers"]}
    assert states[phone.id] == "unpaired"
