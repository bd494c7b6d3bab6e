"""Acknowledging: a reader's place moves forward, its counts down; a server reports outcomes."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction

from accounts.database import prepared
from mailbox import locks
from mailbox.resync import CURSOR_AHEAD, PeerGone, set_mark

RESYNCED = "resynced"  # no mark: the cursor is of a generation that has ended


@dataclass(frozen=True, slots=True)
class Report:
    """What the server says became of one up-change. `batch` None: an unreadable id."""

    batch: uuid.UUID | None
    index: int
    state: str
    record_id: str | None
    version: int | None
    detail: str


class Acknowledged(NamedTuple):
    """`passed` changes were newly acknowledged; `mark` is set where the cursor was refused."""

    waiting: int
    passed: int
    not_found: list[int]  # positions in the reports
    mark: str = ""


# Runs under the mailbox lock, taken by an earlier statement: so the count sees every change
# that has a place, and no apply can replace one between the count and the update.
_ADVANCE = """
WITH old AS (
    SELECT id, acked, by_kind FROM mailbox_reader
    WHERE id = %(reader)s AND generation = %(generation)s AND mark = ''
        AND EXISTS (SELECT FROM accounts_peer p WHERE p.id = %(peer)s AND p.state = 'active')
), passed AS (
    SELECT c.kind, count(*) AS n FROM {table} c, old
    WHERE c.mailbox_id = %(mailbox)s AND c.place > old.acked AND c.place <= %(place)s
    GROUP BY c.kind
), total AS (
    SELECT coalesce(sum(n), 0)::bigint AS n FROM passed
), remaining AS (
    SELECT coalesce(jsonb_object_agg(k.key, k.value::bigint - coalesce(p.n, 0))
        FILTER (WHERE k.value::bigint > coalesce(p.n, 0)), '{{}}') AS by_kind
    FROM old CROSS JOIN LATERAL jsonb_each_text(old.by_kind) k LEFT JOIN passed p ON p.kind = k.key
){outcomes}
UPDATE mailbox_reader r SET acked = greatest(r.acked, %(place)s),
    waiting = r.waiting - total.n, by_kind = remaining.by_kind,
    since = CASE WHEN r.waiting > total.n THEN r.since END,
    fetches = CASE WHEN r.acked < %(place)s THEN 0 ELSE r.fetches END
FROM old, total, remaining WHERE r.id = old.id
RETURNING r.waiting, total.n, {not_found}
"""
_ADVANCE_DOWN = _ADVANCE.format(table="mailbox_change", outcomes="", not_found="'{}'::int[]")

# A server's reports, of which the first of a change counts, and the first that ever came stays.
# What it was told of and did not report on is collected from now on; a change that is reported
# on is left to `taken`, for of two updates of one row in a statement only one is made.
_OUTCOMES = """, sent AS (
    SELECT * FROM unnest(%(nth)s::int[], %(batch)s::uuid[], %(index)s::int[], %(state)s::text[],
        %(record_id)s::text[], %(version)s::bigint[], %(detail)s::text[])
        AS u(nth, batch, index, state, record_id, version, detail)
), known AS (
    SELECT DISTINCT ON (o.batch_id, o.index) s.*, o.batch_id FROM sent s
    JOIN mailbox_batch b ON b.uuid = s.batch AND b.mailbox_id = %(mailbox)s
    JOIN mailbox_outcome o ON o.batch_id = b.id AND o.index = s.index
    ORDER BY o.batch_id, o.index, s.nth
), taken AS (
    UPDATE mailbox_outcome o SET state = k.state, version = k.version, detail = k.detail,
        record_id = coalesce(k.record_id, o.record_id), final_at = %(now)s
    FROM known k, old
    WHERE o.batch_id = k.batch_id AND o.index = k.index AND o.final_at IS NULL
), collected AS (
    UPDATE mailbox_outcome o SET state = 'collected' FROM old
    WHERE o.mailbox_id = %(mailbox)s AND o.place <= %(place)s AND o.state = 'waiting'
        AND NOT EXISTS (SELECT FROM known k WHERE k.batch_id = o.batch_id AND k.index = o.index)
)"""
_NOT_FOUND = """ARRAY(
    SELECT s.nth FROM sent s
    WHERE NOT EXISTS (SELECT FROM known k WHERE k.batch = s.batch AND k.index = s.index)
    ORDER BY s.nth
)"""
_ADVANCE_UP = _ADVANCE.format(table="mailbox_upchange", outcomes=_OUTCOMES, not_found=_NOT_FOUND)


def acknowledge(
    *,
    peer_id: uuid.UUID,
    reader_id: int,
    mailbox_id: int,
    generation: int,
    place: int | None,
    reports: Sequence[Report],
    now: datetime,
) -> Acknowledged:
    """Move the reader to `place` (older: no move) and take the server's reports.

    1. The mailbox lock, as a statement of its own.
    2. A place beyond the head marks the reader; nothing else is done then, nor for a reader
       that is marked or was resynced since the cursor was read.
    3. Count and move, and take the reports, in one statement.
    """
    with transaction.atomic():
        mailbox = locks.lock(mailbox_id)
        if place is not None and place > mailbox.head:
            set_mark(reader_id, CURSOR_AHEAD, generation=generation, now=now)
            return Acknowledged(0, 0, [], CURSOR_AHEAD)
        told = {
            "peer": peer_id,
            "reader": reader_id,
            "generation": generation,
            "mailbox": mailbox.id,
            "place": place or 0,
        }
        if mailbox.direction == "down":
            advanced = prepared(_ADVANCE_DOWN, told)
        else:
            advanced = prepared(_ADVANCE_UP, told | _columns(reports) | {"now": now})
        if not advanced:
            return Acknowledged(0, 0, [], _why_not(peer_id, reader_id))
    return Acknowledged(*advanced[0])


def _columns(reports: Sequence[Report]) -> dict[str, list[Any]]:
    """The reports with their positions, a column each."""
    columns: dict[str, list[Any]] = {"nth": list(range(len(reports)))}
    for column in fields(Report):
        columns[column.name] = [getattr(report, column.name) for report in reports]
    return columns


def _why_not(peer_id: uuid.UUID, reader_id: int) -> str:
    """The mark, or that the cursor is of an ended generation. Raises PeerGone."""
    rows = prepared(
        "SELECT r.mark FROM mailbox_reader r, accounts_peer p"
        " WHERE r.id = %s AND p.id = %s AND p.state = 'active'",
        [reader_id, peer_id],
    )
    if not rows:
        raise PeerGone
    return rows[0][0] or RESYNCED
