"""Acknowledging: a reader's place moves forward, its counts down; a server reports outcomes."""

import uuid
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import NamedTuple

from django.db import connection, transaction

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


class _Advanced(NamedTuple):
    waiting: int
    passed: int


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
)
UPDATE mailbox_reader r SET acked = greatest(r.acked, %(place)s),
    waiting = r.waiting - total.n, by_kind = remaining.by_kind,
    since = CASE WHEN r.waiting > total.n THEN r.since END
FROM old, total, remaining WHERE r.id = old.id
RETURNING r.waiting, total.n
"""
_ADVANCE_DOWN = _ADVANCE.format(table="mailbox_change")
_ADVANCE_UP = _ADVANCE.format(table="mailbox_upchange")


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
    3. Count and move; then the reports, of which the first final one of a change stays.
    """
    with transaction.atomic():
        mailbox = locks.lock(mailbox_id)
        if place is not None and place > mailbox.head:
            set_mark(reader_id, CURSOR_AHEAD, generation=generation, now=now)
            return Acknowledged(0, 0, [], CURSOR_AHEAD)
        advanced = _advance(mailbox, peer_id, reader_id, generation, place or 0)
        if advanced is None:
            return Acknowledged(0, 0, [], _why_not(peer_id, reader_id))
        not_found = _take(mailbox_id, reports, now) if reports else []
        if mailbox.direction == "up" and advanced.passed:
            _mark_collected(mailbox_id, place or 0)
    return Acknowledged(advanced.waiting, advanced.passed, not_found)


def _advance(
    mailbox: locks.Locked, peer_id: uuid.UUID, reader_id: int, generation: int, place: int
) -> _Advanced | None:
    rows = prepared(
        _ADVANCE_DOWN if mailbox.direction == "down" else _ADVANCE_UP,
        {
            "peer": peer_id,
            "reader": reader_id,
            "generation": generation,
            "mailbox": mailbox.id,
            "place": place,
        },
    )
    return _Advanced(*rows[0]) if rows else None


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


def _mark_collected(mailbox_id: int, place: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE mailbox_outcome SET state = 'collected'"
            " WHERE mailbox_id = %s AND place <= %s AND state = 'waiting'",
            [mailbox_id, place],
        )


_TAKE = """
WITH sent AS (
    SELECT * FROM unnest(%s::int[], %s::uuid[], %s::int[], %s::text[], %s::text[], %s::bigint[],
        %s::text[]) AS u(nth, batch, index, state, record_id, version, detail)
), known AS (
    SELECT DISTINCT ON (o.batch_id, o.index) s.*, o.batch_id FROM sent s
    JOIN mailbox_batch b ON b.uuid = s.batch AND b.mailbox_id = %s
    JOIN mailbox_outcome o ON o.batch_id = b.id AND o.index = s.index
    ORDER BY o.batch_id, o.index, s.nth
), taken AS (
    UPDATE mailbox_outcome o SET state = k.state, version = k.version, detail = k.detail,
        record_id = coalesce(k.record_id, o.record_id), final_at = %s
    FROM known k WHERE o.batch_id = k.batch_id AND o.index = k.index AND o.final_at IS NULL
)
SELECT s.nth FROM sent s
WHERE NOT EXISTS (SELECT FROM known k WHERE k.batch = s.batch AND k.index = s.index)
ORDER BY s.nth
"""


def _take(mailbox_id: int, reports: Sequence[Report], now: datetime) -> list[int]:
    """Store final outcomes; returns the positions of those that name no change of ours."""
    rows = [(nth, *astuple(report)) for nth, report in enumerate(reports)]
    columns = [list(column) for column in zip(*rows, strict=True)]
    return [nth for (nth,) in prepared(_TAKE, [*columns, mailbox_id, now])]
