"""Edits that the office did not take over, with what it holds in their place."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

SHOWN_AT_MOST = 20


@dataclass(frozen=True)
class Held:
    """A record's newest version in the mailbox: `op` is `put` or `delete`."""

    op: str
    version: int
    taken_at: datetime


@dataclass(frozen=True)
class UndoneEdit:
    """A device's edit that ended as `conflict`, `rejected` or `expired`.

    `held`: the record as the office sent it last; None where this mailbox knows none.
    """

    peer_id: uuid.UUID
    kind: str
    record_id: str
    state: str
    detail: str
    at: datetime
    held: Held | None = None


# Through the account's batches: outcomes are found by their batch, not by their mailbox.
_UNDONE = f"""
SELECT e.peer_id, e.kind, e.record_id, e.state, e.detail, e.final_at, e.total,
    c.op, c.version, c.taken_at
FROM (
    SELECT m.account_id, b.id, b.peer_id, o.*, count(*) OVER () AS total
    FROM mailbox_batch b
    JOIN mailbox_mailbox m ON m.id = b.mailbox_id AND m.direction = 'up'
    JOIN mailbox_outcome o ON o.batch_id = b.id
    WHERE m.account_id = %s AND o.state IN ('conflict', 'rejected', 'expired') AND o.final_at > %s
    ORDER BY o.final_at DESC, b.id DESC, o.index LIMIT {SHOWN_AT_MOST}
) e
LEFT JOIN mailbox_mailbox down ON down.account_id = e.account_id AND down.direction = 'down'
LEFT JOIN mailbox_change c
    ON c.mailbox_id = down.id AND c.kind = e.kind AND c.record_id = e.record_id
ORDER BY e.final_at DESC, e.batch_id DESC, e.index
"""


def undone_edits(account_id: int, *, since: datetime) -> tuple[tuple[UndoneEdit, ...], int]:
    """The newest edits that were undone after `since`, and how many there are in all.

    Within a transaction that acts for the account.
    """
    with connection.cursor() as cursor:
        cursor.execute(_UNDONE, [account_id, since])
        rows = cursor.fetchall()
    return tuple(_edit(*row) for row in rows), rows[0][6] if rows else 0


def _edit(
    peer_id: uuid.UUID,
    kind: str,
    record_id: str,
    state: str,
    detail: str,
    at: datetime,
    _total: int,
    *held: Any,
) -> UndoneEdit:
    known = Held(*held) if held[0] else None
    return UndoneEdit(peer_id, kind, record_id, state, detail, at, known)
