"""The second wall between accounts: a statement without a filter finds nothing foreign."""

from typing import Any

import pytest
from django.db import Error, connection, transaction

from accounts import tokens
from accounts.clock import now
from accounts.models import Account
from mailbox import read, wall
from sync import hot
from tests.office import Office, Program, edit, manage, put, said

# What `filled` leaves in each table, in one account.
ROWS = {
    "mailbox_change": 2, "mailbox_upchange": 1, "mailbox_batch": 4, "mailbox_content": 1,
    "mailbox_outcome": 1, "mailbox_reader": 2, "mailbox_snapshot": 1, "mailbox_named": 1,
}  # fmt: skip


# Transactions of their own, as in the program: the wall is set for one at a time.
pytestmark = pytest.mark.django_db(transaction=True)


def filled(number: int) -> list[Office]:
    """So many accounts with rows in every table behind the wall."""
    offices = [Office() for _ in range(number)]
    for office in offices:
        phone = office.device()
        office.server.deliver(put("a"))
        phone.deliver(edit("a", 1))
        opened = said(office.server.post("/snapshots", {"version": 9, "kinds": ["contact"]}), 201)
        part = {"changes": [put("b", 2)], "snapshot": opened["snapshot"]}
        said(office.server.post("/batches", part, Idempotency_Key="part"), 202)
    manage("sweep")
    for office in offices:
        said(office.server.push(put("c", 3)), 202)
    return offices


def counted() -> dict[str, int]:
    with connection.cursor() as cursor:
        numbers = {}
        for table in wall.TABLES:
            cursor.execute(f"SELECT count(*) FROM {table}")
            numbers[table] = cursor.fetchone()[0]
        return numbers


def key(office: Office) -> int:
    return Account.objects.get(number=office.number).pk


def test_every_table_with_a_mailbox_stands_behind_it() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.columns"
            " WHERE column_name = 'mailbox_id' AND table_schema = 'public'"
        )
        assert {name for (name,) in cursor.fetchall()} == set(wall.TABLES) == set(ROWS)
    assert wall.is_up()


def test_nothing_is_there_while_no_account_is_set() -> None:
    filled(1)
    assert set(counted().values()) == {0}


def test_an_account_sees_its_own_rows_alone() -> None:
    one, other = filled(2)
    for office in (one, other):
        with wall.acting_for(key(office)):
            assert counted() == ROWS
    assert set(counted().values()) == {0}
    with wall.across_accounts("to count"):
        assert all(counted()[table] >= 2 * rows for table, rows in ROWS.items())


def test_what_was_set_before_counts_again_afterwards() -> None:
    one, other = filled(2)
    with wall.acting_for(key(one)):
        with wall.across_accounts("to look"):
            pass
        with pytest.raises(ZeroDivisionError), wall.acting_for(key(other)):
            _ = 1 / 0
        with pytest.raises(Error), wall.acting_for(key(other)), connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
        assert counted() == ROWS


def test_a_row_of_another_account_cannot_be_written() -> None:
    one, other = filled(2)
    with wall.acting_for(key(other)), connection.cursor() as cursor:
        cursor.execute("SELECT mailbox_id FROM mailbox_reader WHERE peer_id IS NOT NULL")
        (theirs,) = cursor.fetchone()
    with wall.acting_for(key(one)), connection.cursor() as cursor:
        cursor.execute("UPDATE mailbox_reader SET acked = 0 WHERE mailbox_id = %s", [theirs])
        assert cursor.rowcount == 0
        with pytest.raises(Error, match="row-level security"), transaction.atomic():
            cursor.execute("UPDATE mailbox_reader SET mailbox_id = %s", [theirs])


def test_the_wall_can_be_taken_down_for_an_earlier_release() -> None:
    filled(1)
    assert manage("wall", "show") == {"wall": "up"}
    assert manage("wall", "down") == {"wall": "down"}
    assert counted()["mailbox_change"] > 0
    assert manage("wall", "up") == {"wall": "up"}
    assert counted()["mailbox_change"] == 0


def test_what_waits_is_walked_by_the_index_and_never_sorted(
    office: Office, server: Program, phone: Program
) -> None:
    for batch in range(3):
        server.deliver(*(put(f"{batch}-{n}") for n in range(300)))
    caller = hot.caller(tokens.digest(phone.token), "device", now())
    assert caller is not None
    told: dict[str, Any] = {
        "token": tokens.digest(phone.token), "role": "device", "now": now(), "overdue": now()
    }  # fmt: skip
    page: dict[str, Any] = {
        "mailboxes": f"{{{caller.mailbox_id}}}", "after": None, "reader": caller.reader_id,
        "rows": 201, "bytes": 4_000_000, "now": now(), "window": now(),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE mailbox_change")
        for sql, parameters in ((hot._POLL_SQL["device"], told), (read._DOWN, page)):
            cursor.execute(f"EXPLAIN {sql}", parameters)
            lines = [line for (line,) in cursor.fetchall()]
            scans = [line for line in lines if "on mailbox_change" in line]
            assert len(scans) == 1, lines
            assert "Index Scan using mailbox_change_place" in scans[0], lines
