"""Quirks of access: tokens, refusals, rights, the gateway, rate headers, a locked database."""

import base64
import email.utils
import json
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.act.office import Caller, Office


@pytest.fixture(autouse=True)
def as_before(busy: Office, visitor: Caller) -> Iterator[None]:
    """Each test finds the doors open and a good token."""
    visitor.sign_in()
    yield
    busy.do("clear-faults")
    busy.do("refuse", code=None)
    busy.do("cloud", is_on=False)
    busy.do("rate", limit=None)
    busy.do("lock", state="UNLOCK")
    busy.do("rights", sees_all=True)


def claims(token: str) -> dict[str, object]:
    part = token.strip('"').split(".")[1]
    told: dict[str, object] = json.loads(base64.urlsafe_b64decode(part + "=="))
    return told


def test_the_token_comes_bare_as_html_and_sometimes_in_quotes(
    busy: Office, visitor: Caller
) -> None:
    answers = [visitor.authorize() for _ in range(2)]
    assert {answer.headers["content-type"].split(";")[0] for answer in answers} == {"text/html"}
    assert {answer.text[0] for answer in answers} == {'"', "e"}
    assert claims(answers[0].text)["un"] == busy.user
    assert claims(answers[0].text)["db"] == busy.database


def test_a_token_is_exchanged_for_another(busy: Office, visitor: Caller) -> None:
    answer = visitor.http.get(f"{busy.url}/authorize")
    assert answer.status_code == 200
    assert claims(answer.text) != claims(visitor.http.headers["Authorization"])


@pytest.mark.parametrize("wrong", ["user", "password", "database"])
def test_whatever_is_wrong_the_401_is_empty(visitor: Caller, wrong: str) -> None:
    answer = visitor.authorize(**{wrong: "nobody's"})
    assert (answer.status_code, answer.content) == (401, b"")


def test_a_token_ends_in_mid_run(busy: Office, visitor: Caller) -> None:
    busy.do("clock", seconds=64 * 60)
    assert visitor.get("contacts", top=1).status_code == 200
    busy.do("clock", seconds=2 * 60)
    answer = visitor.get("contacts", top=1)
    assert (answer.status_code, answer.content) == (401, b"")
    visitor.sign_in()
    assert visitor.get("contacts", top=1).status_code == 200


def test_without_credentials_a_data_route_crashes(busy: Office) -> None:
    answer = httpx.get(f"{busy.url}/api/contacts", trust_env=False)
    assert answer.status_code == 500
    assert answer.json()["exceptionType"] == "System.NullReferenceException"
    assert answer.json()["stackTrace"]


@pytest.mark.parametrize("code", [4030, 4031, 4032])
def test_codes_at_the_door(busy: Office, visitor: Caller, code: int) -> None:
    busy.do("refuse", code=code)
    answer = visitor.authorize()
    assert answer.status_code == 403
    assert str(code) in answer.text
    assert visitor.get("contacts", top=1).status_code == 401


def test_a_changed_password(busy: Office, visitor: Caller) -> None:
    busy.do("password", new="tomorrow")
    assert visitor.authorize().status_code == 401
    assert visitor.get("contacts", top=1).status_code == 200
    busy.do("password", new=busy.password)


def test_the_system_is_told_to_anybody(busy: Office) -> None:
    answer = httpx.get(f"{busy.url}/api/system", trust_env=False)
    assert answer.json()["apiVersion"] == "1.1.1324.1"


def test_the_gateway_stands_before_all_else_in_the_cloud(busy: Office, visitor: Caller) -> None:
    busy.do("cloud", is_on=True)
    root = busy.url.removesuffix("/act.web.api")
    assert visitor.http.get(f"{root}/elsewhere").status_code == 403
    assert visitor.http.get(f"{root}/firm-api/act.web.api/api/system").status_code == 200
    busy.do("revoke")
    assert "denied" in visitor.get("contacts").json()["message"]


@pytest.mark.parametrize("reset", ["seconds", "epoch", "date"])
def test_rate_headers_and_the_request_that_is_one_too_many(
    busy: Office, visitor: Caller, reset: str
) -> None:
    busy.do("clock", seconds=60 - busy.ask("state")["now"] % 60 + 1)
    busy.do("rate", limit=2, reset=reset)
    answers = [visitor.get("groups", top=1) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    left = [answer.headers["X-RateLimit-Remaining"] for answer in answers]
    assert left == ["1", "0", "0"]
    ends, now = answers[-1].headers["X-RateLimit-Reset"], busy.ask("state")["now"]
    if reset == "date":
        left_over = email.utils.parsedate_to_datetime(ends).timestamp() - now
    else:
        left_over = float(ends) - (now if reset == "epoch" else 0)
    assert 0 < left_over <= 61


def test_a_locked_database_says_so(busy: Office, visitor: Caller) -> None:
    busy.do("lock", state="LOCK", reason="Restore")
    assert visitor.get("contacts").status_code == 500
    told = visitor.get("database/maintenance/lock").json()
    assert (told["lockTypeId"], told["reasonId"]) == ("LOCK", "Restore")


def test_the_invisible_is_not_there(busy: Office, visitor: Caller) -> None:
    visible = next(told for told in busy.truth("contact") if told["is_visible"])["row"]["id"]
    assert visitor.get(f"contacts/{visible}").status_code == 200
    busy.turn_private("contact", visible)
    assert visitor.get(f"contacts/{visible}").status_code == 404
    assert visible not in {row["id"] for row in visitor.rows("contacts")}
    busy.turn_private("contact", visible, own=True)
    assert visitor.get(f"contacts/{visible}").json()["isPrivate"] is True
    busy.do("limit", kind="contact", id=visible)
    assert visitor.get(f"contacts/{visible}").status_code == 404
    busy.do("limit", kind="contact", id=visible, shared=True)
    access = visitor.get(f"contacts/{visible}/access").json()
    assert access["type"] == "LimitedAccess"
    assert busy.user in {one["name"] for one in access["accessors"]}


def test_without_the_right_only_own_records_are_seen(busy: Office, visitor: Caller) -> None:
    before = len(visitor.rows("notes"))
    busy.do("rights", sees_all=False)
    rows = visitor.rows("notes")
    assert 0 < len(rows) < before / 4
    assert {row["recordManager"] for row in rows} == {busy.user}
    names = {right["name"] for right in visitor.get("users/permissions").json()}
    assert "Web API Access" in names
    assert "Access All Non-Private Data" not in names


def test_rights_to_write_are_listed_by_kind(busy: Office, visitor: Caller) -> None:
    busy.do("rights", denied=["company", "note:delete"])
    user = visitor.rows("users")[0]["id"]
    rights = visitor.get(f"users/{user}/permissions").json()
    refused = {right["name"] for right in rights if not right["isAllowed"]}
    assert refused == {"Create/Edit Companies", "Delete My Companies", "Delete My Notes"}


def test_time_passes_by_itself_too(busy: Office) -> None:
    first = busy.ask("state")["now"]
    time.sleep(0.01)
    assert busy.ask("state")["now"] > first
