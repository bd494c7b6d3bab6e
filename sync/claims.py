"""Claiming what is due: of two who do it at once, each takes other rows."""

from datetime import datetime
from typing import Any

from django.db import connection


def due(
    table: str, key: str, *, now: datetime, until: datetime, at_most: int, also: str = ""
) -> list[Any]:
    """Move `due_at` of the rows due first to `until`; their keys.

    Whoever claimed and died leaves them due again then. `also`: more that is set.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET due_at = %s{also} WHERE {key} IN"
            f" (SELECT {key} FROM {table} WHERE due_at <= %s ORDER BY due_at LIMIT %s"
            f"  FOR NO KEY UPDATE SKIP LOCKED) RETURNING {key}",
            [until, now, at_most],
        )
        return [key for (key,) in cursor.fetchall()]
