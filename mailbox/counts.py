"""The exact counts of what waits, kept by the transactions that change it.

Every function here runs under the mailbox lock.
"""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection

PAGE_ENVELOPE = 160  # what a change weighs on a page besides its texts, at most, in bytes


class Moved(NamedTuple):
    """A change that got a new place; `old_place` is None where none lay here before.

    `live`: by how much it changed the number of records that are not deleted.
    """

    kind: str
    place: int
    old_place: int | None
    size: int
    old_size: int | None
    live: int


class Removed(NamedTuple):
    """A change that is gone from a mailbox, or only a stub from now on; not replaced.

    `place` is None for what was a stub already. `live` as in Moved.
    """

    kind: str
    place: int | None
    size: int
    live: int


def add(mailbox_id: int, moved: Sequence[Moved], now: datetime) -> list[int]:
    """Raise the mailbox's and its readers' counts by what got places, the head among them.

    Returns who waited for nothing before. A record that a reader had not acknowledged yet was
    counted already: its newer version replaces the older one and adds nothing.
    """
    if not moved:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE mailbox_mailbox SET head = head + %s, rows = rows + %s, bytes = bytes + %s,"
            " live = live + %s WHERE id = %s",
            [
                len(moved),
                sum(change.old_place is None for change in moved),
                sum(change.size - (change.old_size or 0) for change in moved),
                sum(change.live for change in moved),
                mailbox_id,
            ],
        )
    total = Counter(change.kind for change in moved)
    newly_waiting = []
    kinds_of = {}
    for reader in _readers(mailbox_id):
        counted = Counter(
            change.kind
            for change in moved
            if change.old_place is not None and change.old_place > reader.acked
        )
        kinds = reader.by_kind + total
        kinds.subtract(counted)
        kinds_of[reader.id] = +kinds
        if not reader.by_kind:
            newly_waiting.append(reader.id)
    _store(kinds_of, now)
    return newly_waiting


def remove(mailbox_id: int, removed: Sequence[Removed]) -> list[int]:
    """Lower the counts by what is gone; returns the readers that had not acknowledged it."""
    if not removed:
        return []
    kinds_of = {}
    for reader in _readers(mailbox_id):
        gone = Counter(c.kind for c in removed if c.place is not None and c.place > reader.acked)
        if gone:
            kinds_of[reader.id] = reader.by_kind - gone
    _store(kinds_of, None)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE mailbox_mailbox SET rows = rows - %s, bytes = bytes - %s, live = live + %s"
            " WHERE id = %s",
            [
                sum(change.place is not None for change in removed),
                sum(change.size for change in removed),
                sum(change.live for change in removed),
                mailbox_id,
            ],
        )
    return list(kinds_of)


class _Reader(NamedTuple):
    id: int
    acked: int
    by_kind: Counter[str]


def _readers(mailbox_id: int) -> list[_Reader]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, acked, by_kind::text FROM mailbox_reader WHERE mailbox_id = %s",
            [mailbox_id],
        )
        return [
            _Reader(reader_id, acked, Counter(json.loads(by_kind)))
            for reader_id, acked, by_kind in cursor.fetchall()
        ]


def _store(kinds_of: dict[int, Counter[str]], now: datetime | None) -> None:
    """Write readers' new counts; `now` is when those began to wait that waited for nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE mailbox_reader r SET waiting = n.waiting, by_kind = n.by_kind,"
            " since = CASE WHEN n.waiting = 0 THEN NULL WHEN r.waiting = 0 THEN %s"
            " ELSE r.since END"
            " FROM unnest(%s::bigint[], %s::bigint[], %s::jsonb[]) AS n(id, waiting, by_kind)"
            " WHERE r.id = n.id",
            [
                now,
                list(kinds_of),
                [kinds.total() for kinds in kinds_of.values()],
                [json.dumps(kinds) for kinds in kinds_of.values()],
            ],
        )


def recount(mailbox_id: int, table: str) -> tuple[int, dict[str, int]]:
    """All that lies in a mailbox: the total, and by kind. `table` is one of this room's own."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT kind, count(*) FROM {table} WHERE mailbox_id = %s AND place IS NOT NULL"
            " GROUP BY kind",
            [mailbox_id],
        )
        by_kind = dict(cursor.fetchall())
    return sum(by_kind.values()), by_kind
