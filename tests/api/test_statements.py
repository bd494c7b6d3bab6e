"""How many statements a request costs in the steady state, and that the hot one is right."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import tokens
from accounts.clock import now
from sync import hot
from tests.office import Office, Program, edit, manage, put, said


def statements(act: Callable[[], Any]) -> list[str]:
    """What `act` asks the database, without the frame of its transactions."""
    with CaptureQueriesContext(connection) as queries:
        act()
    frame = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    return [q["sql"] for q in queries if not q["sql"].startswith(frame)]


@pytest.fixture
def settled(server: Program, phone: Program) -> tuple[Program, Program]:
    """Both have been heard of within this minute, in sessions of their own."""
    server.deliver(*(put(f"r{n}") for n in range(6)))
    phone.deliver(edit("r0", 1), edit("r1", 1))
    for program in (server, phone):
        program.mailbox()
        program.ack(program.page("?limit=1")["cursor"])
    return server, phone


def test_a_poll_costs_one(settled: tuple[Program, Program]) -> None:
    for program in settled:
        assert len(statements(program.mailbox)) == 1


def test_a_page_costs_two(settled: tuple[Program, Program]) -> None:
    for program in settled:
        assert len(statements(program.page)) == 2


def test_an_acknowledgement_costs_four(settled: tuple[Program, Program]) -> None:
    _, phone = settled
    cursor = phone.page("?limit=2")["cursor"]
    assert len(statements(lambda: phone.ack(cursor))) == 4


def test_a_push_costs_three(settled: tuple[Program, Program]) -> None:
    server, phone = settled
    assert len(statements(lambda: said(server.push(put("x")), 202))) == 3
    assert len(statements(lambda: said(phone.push(edit("x", 1)), 202))) == 3


def test_the_poll_costs_the_same_whatever_lies_there(
    office: Office, settled: tuple[Program, Program]
) -> None:
    server, phone = settled
    for batch in range(3):
        server.deliver(*(put(f"{batch}-{n}") for n in range(300)))
    plan = statements(phone.mailbox)
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
        assert caller.account_number == office.number
        peers = manage("account_status", office.number)["peers"]
        shown = next(peer for peer in peers if peer["peer"] == program.id)
        assert shown["waiting"] == caller.waiting
        assert [c.do for c in polled[1].commands] == (["sync-now"] if program is phone else [])
