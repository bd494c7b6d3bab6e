"""The exact counts of what waits, kept by the transactions that change it.

Every function here runs under the mailbox lock.
"""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection


class Moved(NamedTuple):
    """A change that got a new place; `old_place` is None for a record unknown before."""

    kind: str
    place: int
    old_place: int | None
    size: int
    old_size: int | None


def add(mailbox_id: int, moved: Sequence[Moved], now: datetime) -> list[int]:
    """Raise the readers' counts by what was applied; returns who waited for nothing before.

    A record that a reader had not acknowledged yet was counted already: its newer version
    replaces the older one and adds nothing.
    """
    if not moved:
        return []
    newly_waiting = []
    total = Counter(change.kind for change in moved)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, acked, waiting, by_kind::text FROM mailbox_reader WHERE mailbox_id = %s",
            [mailbox_id],
        )
        rows = []
        for reader_id, acked, waiting, by_kind in cursor.fetchall():
            counted = Counter(
                change.kind
                for change in moved
                if change.old_place is not None and change.old_place > acked
            )
            kinds = Counter(json.loads(by_kind))
            kinds.update(total)
            kinds.subtract(counted)
            rows.append((reader_id, +kinds))
            if not waiting:
                newly_waiting.append(reader_id)
        cursor.execute(
            "UPDATE mailbox_reader r SET waiting = n.waiting, by_kind = n.by_kind,"
            " since = CASE WHEN r.waiting = 0 AND n.waiting > 0 THEN %s ELSE r.since END"
            " FROM unnest(%s::bigint[], %s::bigint[], %s::jsonb[]) AS n(id, waiting, by_kind)"
            " WHERE r.id = n.id",
            [
                now,
                [reader_id for reader_id, _ in rows],
                [kinds.total() for _, kinds in rows],
                [json.dumps(kinds) for _, kinds in rows],
            ],
        )
    return newly_waiting


def recount(mailbox_id: int, table: str) -> tuple[int, dict[str, int]]:
    """All that lies in a mailbox: the total, and by kind. `table` is one of this room's own."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT kind, count(*) FROM {table} WHERE mailbox_id = %s GROUP BY kind",
            [mailbox_id],
        )
        by_kind = dict(cursor.fetchall())
    return sum(by_kind.values()), by_kind
