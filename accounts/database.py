"""Statements of the hot path: prepared once a connection, their parameters travelling binary.

Django binds parameters into the text on the client's side, so PostgreSQL plans each statement
anew; for a statement that joins eight tables planning costs several times the execution.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from django.db import connection

Parameters = Sequence[Any] | Mapping[str, Any]


def prepared(sql: str, parameters: Parameters) -> list[tuple[Any, ...]]:
    """Run `sql` as a prepared statement on Django's connection; its rows, or none.

    Raises Django's database errors. Django's log of queries sees the statement too.
    """
    connection.ensure_connection()
    begun = time.monotonic()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(sql.encode(), parameters, prepare=True)
        rows = cursor.fetchall() if cursor.description else []
    if connection.queries_logged:
        connection.queries_log.append({"sql": sql, "time": f"{time.monotonic() - begun:.3f}"})
    return rows


def discard_broken() -> None:
    """After a lost connection: test the pool's idle ones, so that one request failed, not ten."""
    pool = getattr(connection, "pool", None)
    if pool is not None:
        pool.check()


def end_connection() -> None:
    """End this thread's connection, pooled or not, once nothing more is asked of it.

    libpq keeps the memory of the largest statement that a connection ever sent.
    """
    if connection.connection is not None and not connection.in_atomic_block:
        connection.connection.close()
        connection.close()
