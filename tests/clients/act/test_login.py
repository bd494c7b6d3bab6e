"""Signing in: the token, its renewal, and a password that is tried once."""

from __future__ import annotations

import base64
import traceback
from concurrent.futures import ThreadPoolExecutor

import pytest

from clients.agent.act.line import Line
from clients.agent.act.login import ASSUMED_LIFE, life_of
from clients.agent.act.refusals import (
    Broken,
    LicenceExpired,
    Locked,
    NotAct,
    RightMissing,
    SignInRefused,
    TokenRefused,
)
from clients.trouble import Exit, Trouble
from tests.clients.act.conftest import Hand
from tests.clients.act.scripted import (
    DATABASE,
    PASSWORD,
    USER,
    Asked,
    Said,
    Server,
    data,
    page,
    token,
)

REFUSED = Said(401)


def tokens(server: Server, *, minutes: float = 65) -> None:
    """A new token at each call, with its number; its life is known from its claims."""

    def authorize(asked: Asked) -> Said:
        number = len(server.asked_at("/authorize"))
        return page(f'"{token(id=number, iat=1000, exp=1000 + minutes * 60)}"\r\n')

    server.authorize = authorize


def test_the_password_travels_to_authorize_alone(server: Server, line: Line) -> None:
    line.get("contacts")
    sign_in, read = server.asked
    kind, packed = sign_in.headers["authorization"].split()
    assert (kind, base64.b64decode(packed).decode()) == ("Basic", f"{USER}:{PASSWORD}")
    assert sign_in.headers["act-database-name"] == DATABASE
    assert read.headers["authorization"] == f"Bearer {server.authorize(sign_in).body.decode()}"
    assert line.requests == 2


def test_a_token_is_renewed_by_itself_at_80_percent_of_its_life(
    server: Server, line: Line, hand: Hand
) -> None:
    tokens(server, minutes=10)
    line.get("contacts")
    hand.time += 0.79 * 600
    line.get("contacts")
    assert server.sign_ins == ["Basic"]
    hand.time += 0.02 * 600
    line.get("contacts")
    assert server.sign_ins == ["Basic", "Bearer"]
    hand.time += 601
    line.get("contacts")
    assert server.sign_ins == ["Basic", "Bearer", "Basic"]


@pytest.mark.parametrize("answer", [Said(401), page("<html>"), page(token(iat=1, exp=601))])
def test_where_tokens_are_not_exchanged_the_password_renews(
    server: Server, line: Line, hand: Hand, answer: Said
) -> None:
    first = page(token(iat=1, exp=601))
    server.authorize = lambda asked: (
        first if asked.headers["authorization"].startswith("Basic") else answer
    )
    line.get("contacts")
    hand.time += 500
    line.get("contacts")
    assert server.sign_ins == ["Basic", "Bearer", "Basic"]


@pytest.mark.parametrize(
    ("claims", "life"),
    [
        ({"exp": 5600, "iat": 5000}, 600),
        ({"exp": 5600}, 5600 - 5000),
        ({"exp": "2017-05-05T11:00:00Z", "iat": "2017-05-05T10:30:00"}, 1800),
        ({"iat": "2017-05-05T10:30:00.1234567Z", "un": "x"}, ASSUMED_LIFE),
        ({"exp": 10}, ASSUMED_LIFE),
        ({"exp": "soon"}, ASSUMED_LIFE),
        ({}, ASSUMED_LIFE),
    ],
)
def test_the_life_of_a_token(claims: dict[str, object], life: float) -> None:
    assert life_of(token(**claims), now=5000) == life


def test_what_is_no_token_has_the_assumed_life() -> None:
    assert life_of("a.b.c", now=5000) == ASSUMED_LIFE


def test_a_token_refused_in_mid_run_costs_one_sign_in(server: Server, line: Line) -> None:
    tokens(server)
    line.get("contacts")
    old = server.asked[-1].headers["authorization"]
    server.plays = lambda asked: REFUSED if asked.headers["authorization"] == old else data([])
    assert line.get("contacts") == []
    assert server.sign_ins == ["Basic", "Basic"]


def test_a_fresh_token_refused_too_ends_it(server: Server, line: Line) -> None:
    tokens(server)
    server.plays = lambda asked: REFUSED
    with pytest.raises(TokenRefused):
        line.get("contacts")
    assert server.sign_ins == ["Basic", "Basic"]
    assert len(server.asked_at("/api/contacts")) == 2


def test_a_changed_password_is_tried_once(server: Server, line: Line) -> None:
    line.get("contacts")
    server.authorize = server.plays = lambda asked: REFUSED
    for _ in range(3):
        with pytest.raises(SignInRefused) as caught:
            line.get("contacts")
        assert caught.value.code == "crm-sign-in-refused"
        assert caught.value.exit_code != Exit.OK
    assert server.sign_ins == ["Basic", "Basic"]


def test_threads_share_one_sign_in_and_one_refusal(server: Server, line: Line) -> None:
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda n: line.get("contacts"), range(12)))
        assert server.sign_ins == ["Basic"]
        server.authorize = server.plays = lambda asked: REFUSED
        reads = [threads.submit(line.get, "notes") for _ in range(12)]
        assert all(isinstance(read.exception(), SignInRefused) for read in reads)
    assert server.sign_ins == ["Basic", "Basic"]


@pytest.mark.parametrize(
    ("answer", "refusal", "words"),
    [
        (Said(401), SignInRefused, "database ACT2018Demo.*connect"),
        (data({"message": "x"}, 401), SignInRefused, "does not say why"),
        (Said(401, reason="Invalid logon provided"), SignInRefused, "user Chris Huffman or the"),
        (Said(401, b"4032"), RightMissing, "Web API Access"),
        (Said(403, b'{"code":4031}'), LicenceExpired, "renew"),
        (page("<html>Welcome to IIS"), NotAct, "not as an Act! Web API"),
        (page("<html>not found", 404), NotAct, "not as an Act! Web API"),
        (Said(302, headers={"Location": "https://else/?u=1"}), NotAct, "on to https://else/: use"),
    ],
)
def test_a_refused_sign_in_says_why(
    server: Server, line: Line, answer: Said, refusal: type[Trouble], words: str
) -> None:
    server.authorize = lambda asked: answer
    with pytest.raises(refusal, match=words):
        line.sign_in()
    assert server.sign_ins == ["Basic"]


def test_a_server_that_fails_once_at_the_sign_in_is_asked_again(server: Server, line: Line) -> None:
    answers = iter([Said(503), page(token())])
    server.authorize = lambda asked: next(answers)
    line.sign_in()
    assert len(server.sign_ins) == 2


def test_a_server_that_keeps_failing_at_the_sign_in(server: Server, line: Line) -> None:
    server.authorize = lambda asked: Said(500)
    with pytest.raises(Broken):
        line.sign_in()
    assert len(server.sign_ins) == 3


def test_a_locked_database_is_not_taken_for_a_wrong_password(server: Server, line: Line) -> None:
    server.authorize = lambda asked: REFUSED
    server.plays = lambda asked: data({"lockTypeId": "LOCK", "reasonId": "Restore"})
    with pytest.raises(Locked, match="Restore"):
        line.sign_in()


@pytest.mark.parametrize(("user", "database"), [("a:b", "x"), ("", "x"), ("a", ""), ("a", "x\ny")])
def test_names_that_cannot_sign_in(server: Server, user: str, database: str) -> None:
    with pytest.raises(Trouble) as caught:
        Line(server.address, database, user, lambda: "")
    assert caught.value.exit_code == Exit.USAGE


def test_no_failure_holds_the_password(server: Server, line: Line) -> None:
    packed = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    for answer in (Said(401), Said(500), Said(200, b"x", cut=1)):
        server.authorize = lambda asked, answer=answer: answer  # type: ignore[misc]
        with pytest.raises(Trouble) as caught:
            line.sign_in()
        error: BaseException | None = caught.value
        told = "".join(traceback.format_exception(caught.value)) + repr(vars(line))
        while error is not None:
            told += repr(vars(error))
            assert not hasattr(error, "request")
            error = error.__cause__ or error.__context__
        assert PASSWORD not in told
        assert packed not in told
