"""Holding one side at a chosen moment: by a row that another holds, or by a gate in a table."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
from django.db import connection

from tests.office import another_session
from tests.races.race import Side, in_background

HELD = "held"  # the record that is stopped at the gate
_GATE = 0x67617465

# Whoever writes the record waits for the lock in the midst of its transaction.
_UP = f"""
CREATE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) ->> 'record_id' = '{HELD}' OR to_jsonb(NEW) -> 'record_ids' ? '{HELD}' THEN
        PERFORM pg_advisory_xact_lock({_GATE});
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER gate BEFORE INSERT ON {{table}} FOR EACH ROW EXECUTE FUNCTION wait_at_gate();
"""
_DOWN = "DROP TRIGGER gate ON {table}; DROP FUNCTION wait_at_gate()"


class Held:
    """Something that another session holds until `release`."""

    def __init__(self, holder: psycopg.Connection) -> None:
        self._holder = holder

    def release(self) -> None:
        """Let everyone who waits go on, first come, first served."""
        self._holder.execute("SELECT pg_advisory_unlock_all()")
        self._holder.commit()


class Waiters:
    """Sides begun one after another, each known to wait before the next one begins."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self._pool = pool
        self._begun = 0

    def begin(self, side: Side) -> Side:
        """Begin a side and return once it waits for a lock; the call returned gives its answer."""
        answer = in_background(self._pool, side)
        self._begun += 1
        _until_waiting(self._begun)
        return answer


@contextmanager
def gate(table: str) -> Iterator[Held]:
    """Stop whoever writes the record HELD into `table`, in the midst of its transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_UP.format(table=table))
    try:
        with another_session() as holder:
            holder.execute(f"SELECT pg_advisory_lock({_GATE})")
            holder.commit()
            yield Held(holder)
    finally:
        with connection.cursor() as cursor:
            cursor.execute(_DOWN.format(table=table))


@contextmanager
def mailbox_held(mailbox_id: int) -> Iterator[Held]:
    """Hold the mailbox lock, as another request would."""
    with another_session() as holder:
        holder.execute("SELECT FROM mailbox_mailbox WHERE id = %s FOR NO KEY UPDATE", [mailbox_id])
        yield Held(holder)


@contextmanager
def table_held(table: str) -> Iterator[Held]:
    """Stop whoever reads the table."""
    with another_session() as holder:
        holder.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield Held(holder)


@contextmanager
def waiters() -> Iterator[Waiters]:
    """Threads for what is to wait."""
    with ThreadPoolExecutor(4) as pool:
        yield Waiters(pool)


def _until_waiting(sides: int) -> None:
    """Return once this many sessions wait for a lock in this database."""
    until = time.monotonic() + 60
    with another_session() as looker:
        looker.autocommit = True
        while time.monotonic() < until:
            if sessions_waiting(looker) >= sides:
                return
            time.sleep(0.002)
    raise AssertionError(f"not {sides} sides came to wait")


def sessions_waiting(looker: psycopg.Connection) -> int:
    """How many sessions of this database wait for a lock."""
    row = looker.execute(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    ).fetchone()
    return int(row[0]) if row else 0
