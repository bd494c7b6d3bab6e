"""How a line behaves: two requests at once, three tries, and Act!'s word on its rate."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.utils import format_datetime

import httpx
import pytest

from clients.agent.act import line as act_line
from clients.agent.act.line import Line
from clients.agent.act.pace import reset_in
from clients.agent.act.refusals import Broken, NotFound, QueryRefused, Refusal, TooBusy, Unreachable
from tests.clients.act.conftest import Hand
from tests.clients.act.scripted import DATABASE, USER, Asked, Said, Server, data

NOW = 1_760_000_000.0
LATER = datetime.fromtimestamp(NOW + 40, UTC)


@pytest.mark.parametrize(
    ("answer", "refusal"),
    [
        (Said(500), Broken),
        (Said(503), Broken),
        (Said(200, b'{"value": []}', cut=4), Unreachable),
        (data([{"id": "1"}], 500), Broken),
    ],
)
def test_reads_are_tried_three_times(
    server: Server, line: Line, answer: Said, refusal: type[Refusal]
) -> None:
    server.plays = lambda asked: answer
    with pytest.raises(refusal):
        line.rows("contacts")
    assert len(server.asked_at("/api/contacts")) == 3
    answers = iter([answer, answer, data([{"id": "1"}])])
    server.plays = lambda asked: next(answers)
    assert line.rows("contacts") == [{"id": "1"}]


@pytest.mark.parametrize("status", [400, 403, 404, 409, 415, 423])
def test_other_refusals_are_tried_once(server: Server, line: Line, status: int) -> None:
    server.plays = lambda asked: data({"message": "no"}, status)
    with pytest.raises(Refusal):
        line.get("contacts")
    assert len(server.asked_at("/api/contacts")) == 1


def test_nobody_there(hand: Hand, server: Server) -> None:
    # Port 9 (discard) listens nowhere.
    address = type(server.address)("http://127.0.0.1:9/act.web.api", False, True)
    line = Line(address, DATABASE, USER, lambda: "", clock=hand.clock)
    with pytest.raises(Unreachable, match="does not answer") as caught:
        line.get("contacts")
    assert (caught.value.code, line.requests) == ("act-unreachable", 3)
    line.close()


def test_an_answer_in_drops_ends_at_its_time(
    server: Server, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(act_line, "PATIENCE", 0.05)
    line = Line(server.address, DATABASE, USER, lambda: "", clock=hand.clock)
    ended = threading.Event()
    line.sign_in()
    server.plays = lambda asked: Said(200, b"[" + b" " * 500 + b"]", drops=ended)
    with pytest.raises(Unreachable, match="time-out"):
        line.get("contacts")
    ended.set()
    line.close()


def test_two_requests_at_once_over_all_threads(server: Server, line: Line) -> None:
    line.sign_in()
    both = threading.Barrier(2, timeout=30)
    counted = threading.Lock()
    inside: list[int] = [0]
    most: list[int] = []

    def plays(asked: Asked) -> Said:
        with counted:
            inside[0] += 1
            most.append(inside[0])
        # Passed by two alone: fewer than two would break it, more show themselves in `most`.
        both.wait()
        with counted:
            inside[0] -= 1
        return data([])

    server.plays = plays
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda n: line.get("contacts"), range(20)))
    assert max(most) == 2
    assert line.requests == 21


def rated(remaining: int, reset: object = 40, status: int = 200) -> Said:
    headers = {"X-RateLimit-Limit": "100", "X-RateLimit-Remaining": str(remaining)}
    body = data([])
    return Said(status, body.body, {**body.headers, **headers, "X-RateLimit-Reset": str(reset)})


def test_while_there_is_plenty_nothing_waits(server: Server, line: Line, hand: Hand) -> None:
    server.plays = lambda asked: rated(10)
    for _ in range(3):
        line.get("contacts")
    assert hand.slept == []


def test_when_it_gets_scarce_it_slows(server: Server, line: Line, hand: Hand) -> None:
    answers = iter([rated(9), rated(8), rated(100), rated(100)])
    server.plays = lambda asked: next(answers)
    for _ in range(4):
        line.get("contacts")
    assert hand.slept == [40 / 10, 40 / 9]


def test_at_nothing_it_waits_for_the_reset(server: Server, line: Line, hand: Hand) -> None:
    answers = iter([rated(0, 25), rated(100)])
    server.plays = lambda asked: next(answers)
    line.get("contacts")
    line.get("contacts")
    assert hand.slept == [25]


def test_429_waits_and_asks_again(server: Server, line: Line, hand: Hand) -> None:
    answers = iter([Said(429), Said(429, headers={"Retry-After": "7"}), data([])])
    server.plays = lambda asked: next(answers)
    assert line.get("contacts") == []
    assert hand.slept == [60, 7]


def test_429_without_end_is_told(server: Server, line: Line, hand: Hand) -> None:
    server.plays = lambda asked: Said(429)
    with pytest.raises(TooBusy):
        line.get("contacts")
    assert hand.slept == [60] * 5


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("40", 40),
        ("40.5", 40.5),
        ("0", 1),
        (str(int(NOW) + 40), 40),
        (str(int(NOW) * 1000 + 40_000), 40),
        (LATER.isoformat(), 40),
        (LATER.isoformat().replace("+00:00", "Z"), 40),
        (LATER.replace(tzinfo=None).isoformat(), 40),
        (format_datetime(LATER, usegmt=True), 40),
        (str(int(NOW) - 40), 60),
        ("999999", 60),
        ("-3", 60),
        ("nan", 60),
        ("soon", 60),
        ("", 60),
    ],
)
def test_the_forms_of_a_reset(said: str, seconds: float) -> None:
    response = httpx.Response(429, headers={"X-RateLimit-Reset": said})
    assert reset_in(response, NOW) == pytest.approx(seconds)


def test_a_reset_is_measured_by_the_servers_own_clock() -> None:
    there = datetime.fromtimestamp(NOW - 7200, UTC)
    headers = {"X-RateLimit-Reset": str(NOW - 7170), "Date": format_datetime(there, usegmt=True)}
    assert reset_in(httpx.Response(200, headers=headers), NOW) == 30


def test_a_404_of_act_is_no_record_and_another_404_says_nothing(server: Server, line: Line) -> None:
    server.plays = lambda asked: data({"message": "Contact not found."}, 404)
    assert line.get_or_none("contacts/1") is None
    with pytest.raises(NotFound):
        line.get("contacts/1")
    no_route = data({"message": "No HTTP resource was found that matches the request URI."}, 404)
    server.plays = lambda asked: no_route
    with pytest.raises(QueryRefused, match="does not know the route"):
        line.get_or_none("contacts/1")
    server.plays = lambda asked: Said(404, b"\xef\xbb\xbf<!DOCTYPE html><title>IIS</title>")
    with pytest.raises(Refusal, match="not as an Act! Web API"):
        line.get_or_none("contacts/1")
