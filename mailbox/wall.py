"""The second wall between accounts: row-level security on what a mailbox stores.

The first wall is that every statement names its mailbox. Behind it PostgreSQL shows only rows of
the mailboxes that `app.mailboxes` lists, and every row where `app.scope` is `all`; none where
nothing is set. Whoever sets them does it for one transaction alone, so that no pooled connection
carries them on: the functions here, and statements of the hot path that set `app.mailboxes` within
themselves (`SET_FOR_ACCOUNT`, `mailbox.read`, `sync.hot`). `app.scope` is set here alone.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

# Every table with letters, names or places in it. `manage.py wall` puts the wall up.
TABLES = (
    "mailbox_change",
    "mailbox_upchange",
    "mailbox_batch",
    "mailbox_content",
    "mailbox_outcome",
    "mailbox_reader",
    "mailbox_snapshot",
    "mailbox_named",
)

# Both mailboxes of an account, by an expression for its id.
SET_FOR_ACCOUNT = (
    "set_config('app.mailboxes', (SELECT array_agg(own.id)::text FROM mailbox_mailbox own"
    " WHERE own.account_id = {account}), true)"
)
_SET_ACCOUNT = f"SELECT {SET_FOR_ACCOUNT.format(account='%s')}, set_config('app.scope', '', true)"
_SET = "SELECT set_config('app.mailboxes', %s, true), set_config('app.scope', %s, true)"
_NOW = "SELECT current_setting('app.mailboxes', true), current_setting('app.scope', true)"


@contextmanager
def acting_for(account_id: int) -> Iterator[None]:
    """In the body, one transaction, the rows of this account's mailboxes are there, no others."""
    with _set(_SET_ACCOUNT, [account_id]):
        yield


@contextmanager
def acting_for_mailbox(mailbox_id: int) -> Iterator[None]:
    """In the body, one transaction, the rows of this mailbox are there, no others."""
    with _set(_SET, [f"{{{mailbox_id}}}", ""]):
        yield


@contextmanager
def across_accounts(reason: str) -> Iterator[None]:
    """In the body, one transaction, the rows of every account are there.

    `reason` says what for, to whoever reads the code.
    """
    if not reason:
        raise ValueError("Looking across accounts needs a reason.")
    with _set(_SET, ["", "all"]):
        yield


@contextmanager
def _set(sql: str, parameters: Sequence[Any]) -> Iterator[None]:
    """Set both for the body; then as before, where it is part of a larger transaction.

    After a failure nothing is set back: the transaction, or its savepoint, ends with it.
    """
    inside = connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        before: Sequence[str | None] = ()
        if inside:
            cursor.execute(_NOW)
            before = cursor.fetchone()
        cursor.execute(sql, parameters)
        yield
        if inside and not connection.needs_rollback:
            cursor.execute(_SET, [text or "" for text in before])


def put_up() -> None:
    """Enable row-level security, for the tables' owner too. Safe to repeat."""
    reason = "what an earlier release stored names no mailbox"
    with across_accounts(reason), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE mailbox_content c SET mailbox_id = b.mailbox_id FROM mailbox_batch b"
            " WHERE b.id = c.batch_id AND c.mailbox_id IS NULL"
        )
    _alter_each("ENABLE ROW LEVEL SECURITY", "FORCE ROW LEVEL SECURITY")


def take_down() -> None:
    """Disable it. Safe to repeat."""
    _alter_each("NO FORCE ROW LEVEL SECURITY", "DISABLE ROW LEVEL SECURITY")


def _alter_each(*words: str) -> None:
    """A table at a time: all together would be a deadlock with the requests that go on."""
    for table in TABLES:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table} {', '.join(words)}")


def left_out() -> list[str]:
    """The tables that do not stand behind the wall; none where no table has been made yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class"
            " WHERE oid = ANY(SELECT to_regclass(name) FROM unnest(%s::text[]) name)"
            " AND NOT (relrowsecurity AND relforcerowsecurity) ORDER BY relname",
            [list(TABLES)],
        )
        return [name for (name,) in cursor.fetchall()]


def is_up() -> bool:
    """Whether every table stands behind the wall."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_class WHERE oid = ANY(%s::regclass[])"
            " AND relrowsecurity AND relforcerowsecurity",
            [list(TABLES)],
        )
        return int(cursor.fetchone()[0]) == len(TABLES)
