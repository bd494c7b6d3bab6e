"""How many statements a request costs in the steady state, and that the hot one is right."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import tokens
from accounts.clock import now
from accounts.models import Account
from sync import hot
from tests.office import Office, Program, apply_all, edit, manage, put, said
from tests.queries import asked


def statements(ask: Callable[..., Any], *words: Any, **more: Any) -> list[str]:
    """What a request asks the database, without the frame of its transactions."""
    with CaptureQueriesContext(connection) as queries:
        answer = ask(*words, **more)
    assert answer.status_code in (200, 202), answer.content
    return asked(queries)


@pytest.fixture
def settled(server: Program, phone: Program) -> tuple[Program, Program]:
    """Both have been heard of within this minute, in sessions of their own."""
    server.deliver(*(put(f"r{n}") for n in range(6)))
    phone.deliver(edit("r0", 1), edit("r1", 1))
    for program in (server, phone):
        program.mailbox()
        program.ack(program.page("?limit=1")["cursor"])
    return server, phone


def session_of(program: Program) -> dict[str, str]:
    """The header that names a session which the program begins now."""
    begun = said(program.post("/sessions", {"reason": "manual"}), 201)
    return {"Sync_Session": begun["session"]}


def test_a_poll_costs_one(settled: tuple[Program, Program]) -> None:
    for program in settled:
        assert len(statements(program.get, "/mailbox")) == 1


def test_the_first_poll_of_a_minute_notes_the_contact(
    office: Office, settled: tuple[Program, Program]
) -> None:
    office.age("1m")
    for program in settled:
        first = statements(program.get, "/mailbox")
        assert len(first) == 2
        assert "UPDATE sync_presence" in first[1]
        assert len(statements(program.get, "/mailbox")) == 1


@pytest.mark.parametrize("explicit", [False, True])
def test_a_page_costs_two(settled: tuple[Program, Program], explicit: bool) -> None:
    for program in settled:
        named = session_of(program) if explicit else {}
        assert len(statements(program.get, "/changes", **named)) == 2


@pytest.mark.parametrize("explicit", [False, True])
def test_an_acknowledgement_costs_four(settled: tuple[Program, Program], explicit: bool) -> None:
    server, phone = settled
    for program in settled:
        named = session_of(program) if explicit else {}
        cursor = program.page("?limit=1")["cursor"]
        assert len(statements(program.post, "/acks", {"cursor": cursor}, **named)) == 4
    batch = phone.deliver(edit("r2", 1), edit("r3", 1))["batch"]
    named = session_of(server) if explicit else {}
    cursor = server.page()["cursor"]
    outcomes = [{"batch": batch, "index": n, "state": "applied"} for n in range(2)]
    for body in ({"outcomes": outcomes[:1]}, {"cursor": cursor, "outcomes": outcomes}):
        assert len(statements(server.post, "/acks", body, **named)) == 4
    assert {o["state"] for o in said(phone.get(f"/batches/{batch}"))["outcomes"]} == {"applied"}


@pytest.mark.parametrize("explicit", [False, True])
def test_a_push_costs_three(settled: tuple[Program, Program], explicit: bool) -> None:
    for program, change in zip(settled, (put("x"), edit("x", 1)), strict=True):
        named = session_of(program) if explicit else {}
        assert len(statements(program.push, change, **named)) == 3


def test_the_poll_costs_the_same_whatever_lies_there(
    office: Office, settled: tuple[Program, Program]
) -> None:
    server, phone = settled
    for batch in range(3):
        server.deliver(*(put(f"{batch}-{n}") for n in range(300)))
    plan = statements(phone.get, "/mailbox")
    assert len(plan) == 1
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE mailbox_change")
        told: dict[str, Any] = {
            "token": tokens.digest(phone.token),
            "role": "device",
            "now": now(),
            "overdue": now(),
        }
        cursor.execute(f"EXPLAIN {plan[0]}", told)
        lines = [row[0] for row in cursor.fetchall()]
    assert not any("Seq Scan on mailbox_change" in line for line in lines), lines


def test_the_hot_statement_agrees_with_the_account(
    office: Office, server: Program, phone: Program
) -> None:
    server.deliver(put("a"))
    manage("command", office.number, phone.id, "sync-now")
    for program in (server, phone):
        caller = hot.caller(tokens.digest(program.token), program.role, now())
        polled = hot.poll(tokens.digest(program.token), program.role, now())
        assert caller is not None
        assert polled is not None
        assert polled[0] == caller
        assert caller.peer_id == uuid.UUID(program.id)
        assert caller.account_id == Account.objects.get(number=office.number).pk
        peers = manage("account_status", office.number)["peers"]
        shown = next(peer for peer in peers if peer["peer"] == program.id)
        assert shown["waiting"] == caller.waiting
        assert [c.do for c in polled[1].commands] == (["sync-now"] if program is phone else [])


def test_whoever_waits_looks_with_one_statement_too(server: Program, phone: Program) -> None:
    def look(program: Program) -> int:
        known = (tokens.digest(program.token), program.role, now())
        with CaptureQueriesContext(connection) as queries:
            looked = hot.look(*known)
        assert len(asked(queries)) == 1
        assert looked is not None
        assert looked[:2] == hot.poll(*known)
        return looked[2]

    assert look(phone) == 0
    phone.push(edit("a", None), edit("b", None))
    assert look(phone) == 2, "what is not applied yet has no outcome either"
    apply_all()
    assert (look(phone), look(server)) == (2, 0)
    [first, _] = server.collect()
    assert look(phone) == 2, "collected is not final"
    outcome = {"batch": first["batch"], "index": first["index"], "state": "conflict"}
    said(server.post("/acks", {"outcomes": [outcome]}))
    assert look(phone) == 1
