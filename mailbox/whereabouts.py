"""Where one record stands in an account's mailboxes, by its id: never its content."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from mailbox.wall import acting_for

SHOWN_AT_MOST = 20


class Lying(NamedTuple):
    """A record's newest version in the down mailbox.

    `taken_at`: when the mailbox accepted it, in `batch` unless that is forgotten or a snapshot
    deleted it. `place` None: a stub, every device that was connected has collected it, and
    `taken_at` is when the mailbox let go of the letter. `waits_for`: the devices that have not
    acknowledged it.
    """

    kind: str
    record_id: str
    op: str
    version: int
    size: int
    taken_at: datetime
    place: int | None
    batch: uuid.UUID | None
    waits_for: tuple[uuid.UUID, ...]


class Unsorted(NamedTuple):
    """A change of the record in a batch that is not applied: `received` still, or `failed`."""

    direction: str
    kind: str
    op: str
    batch: uuid.UUID
    peer_id: uuid.UUID
    state: str
    received_at: datetime


class Edit(NamedTuple):
    """A device's edit of the record, and what became of it; `detail` is the office's word."""

    kind: str
    batch: uuid.UUID
    peer_id: uuid.UUID
    state: str
    detail: str
    received_at: datetime
    final_at: datetime | None


@dataclass(frozen=True)
class Whereabouts:
    """All that both mailboxes know of an id; one record a kind. Newest first."""

    lying: tuple[Lying, ...]
    unsorted: tuple[Unsorted, ...]
    edits: tuple[Edit, ...]


_LYING = f"""
SELECT c.kind, c.record_id, c.op, c.version, c.size, c.taken_at, c.place,
    (SELECT b.uuid FROM mailbox_batch b
     WHERE b.mailbox_id = c.mailbox_id AND b.received_at = c.taken_at AND c.place IS NOT NULL
     ORDER BY b.id LIMIT 1),
    ARRAY(SELECT r.peer_id FROM mailbox_reader r
          WHERE r.mailbox_id = c.mailbox_id AND r.acked < c.place)
FROM mailbox_mailbox m
JOIN mailbox_change c ON c.mailbox_id = m.id
WHERE m.account_id = %s AND m.direction = 'down' AND c.record_id = %s AND (%s = '' OR c.kind = %s)
    AND c.kind = ANY (%s)
ORDER BY c.taken_at DESC LIMIT {SHOWN_AT_MOST}
"""
# The key begins with the kind: walked from kind to kind, not through every record.
_KINDS = """
WITH RECURSIVE known AS (
    SELECT min(c.kind) AS kind FROM mailbox_change c WHERE c.mailbox_id = %(mailbox)s
    UNION ALL
    SELECT (SELECT min(c.kind) FROM mailbox_change c
            WHERE c.mailbox_id = %(mailbox)s AND c.kind > known.kind)
    FROM known WHERE known.kind IS NOT NULL
)
SELECT array_agg(kind) FILTER (WHERE kind IS NOT NULL) FROM known
"""
_DOWN = "SELECT id FROM mailbox_mailbox WHERE account_id = %s AND direction = 'down'"

# Few batches are not applied; what they carry lies in arrays.
_UNSORTED = f"""
SELECT m.direction, u.kind, u.op, b.uuid, b.peer_id, b.state, b.received_at
FROM mailbox_mailbox m
JOIN mailbox_batch b ON b.mailbox_id = m.id AND b.state IN ('received', 'failed')
JOIN mailbox_content c ON c.batch_id = b.id
CROSS JOIN LATERAL unnest(c.kinds, c.record_ids, c.ops) AS u(kind, record_id, op)
WHERE m.account_id = %s AND u.record_id = %s AND (%s = '' OR u.kind = %s)
    AND %s = ANY (c.record_ids)
ORDER BY b.id DESC LIMIT {SHOWN_AT_MOST}
"""
# Through the account's batches: outcomes are found by their batch, not by their record.
_EDITS = f"""
SELECT o.kind, b.uuid, b.peer_id, o.state, o.detail, b.received_at, o.final_at
FROM mailbox_mailbox m
JOIN mailbox_batch b ON b.mailbox_id = m.id
JOIN mailbox_outcome o ON o.batch_id = b.id
WHERE m.account_id = %s AND m.direction = 'up' AND o.record_id = %s AND (%s = '' OR o.kind = %s)
ORDER BY b.id DESC, o.index DESC LIMIT {SHOWN_AT_MOST}
"""


def find(account_id: int, record_id: str, kind: str = "") -> Whereabouts:
    """What is known of an id, compared exactly, in five statements; `kind` empty: of any kind."""
    sought = [account_id, record_id, kind, kind]
    with acting_for(account_id):
        # Before the records: what is applied meanwhile is told twice, not never.
        unsorted = _rows(_UNSORTED, [*sought, record_id])
        [(down,)] = _rows(_DOWN, [account_id])
        [(kinds,)] = _rows(_KINDS, {"mailbox": down})
        lying = _rows(_LYING, [*sought, kinds or []])
        edits = _rows(_EDITS, sought)
    return Whereabouts(
        tuple(Lying._make((*row[:8], tuple(row[8]))) for row in lying),
        tuple(Unsorted(*row) for row in unsorted),
        tuple(Edit(*row) for row in edits),
    )


def _rows(sql: str, parameters: Sequence[Any] | dict[str, Any]) -> Sequence[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: Sequence[tuple[Any, ...]] = cursor.fetchall()
    return rows
