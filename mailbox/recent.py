"""What happened last in an account's mailboxes, for support: never a change's content."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection


class NewestChange(NamedTuple):
    """A change by its envelope. `direction`: `down` or `up`; `size` in bytes."""

    direction: str
    kind: str
    record_id: str
    op: str
    version: int | None
    size: int
    taken_at: datetime


class NewestBatch(NamedTuple):
    """A batch and the peer that sent it; `rejected` counts the changes that were refused."""

    batch: uuid.UUID
    peer_id: uuid.UUID
    state: str
    received_at: datetime
    final_at: datetime | None
    accepted: int
    applied: int
    stale: int
    rejected: int
    tries: int


# The newest of each mailbox by its index on places; the place is not told, its order is.
_CHANGES = """
(SELECT 'down', c.kind, c.record_id, c.op, c.version, c.size, c.taken_at
 FROM mailbox_change c JOIN mailbox_mailbox m ON m.id = c.mailbox_id
 WHERE m.account_id = %s AND m.direction = 'down' ORDER BY c.place DESC LIMIT %s)
UNION ALL
(SELECT 'up', c.kind, c.record_id, c.op, c.base_version, c.size, c.taken_at
 FROM mailbox_upchange c JOIN mailbox_mailbox m ON m.id = c.mailbox_id
 WHERE m.account_id = %s AND m.direction = 'up' ORDER BY c.place DESC LIMIT %s)
"""


def newest_changes(account_id: int, *, limit: int = 10) -> list[NewestChange]:
    """The newest changes of each direction, newest first; for `up` the version is the base."""
    rows = [NewestChange(*row) for row in _rows(_CHANGES, [account_id, limit] * 2)]
    return sorted(rows, key=lambda change: change.taken_at, reverse=True)


_BATCHES = """
SELECT b.uuid, b.peer_id, b.state, b.received_at, b.final_at, b.accepted, b.applied, b.stale,
    jsonb_array_length(b.rejected), b.tries
FROM mailbox_mailbox m
CROSS JOIN LATERAL (
    SELECT * FROM mailbox_batch b WHERE b.mailbox_id = m.id ORDER BY b.id DESC LIMIT %s
) b
WHERE m.account_id = %s ORDER BY b.id DESC LIMIT %s
"""


def newest_batches(account_id: int, *, limit: int = 10) -> list[NewestBatch]:
    """The newest batches of both directions, newest first."""
    return [NewestBatch(*row) for row in _rows(_BATCHES, [limit, account_id, limit])]


_BY_STATE = """
SELECT b.state, count(*) FROM mailbox_batch b JOIN mailbox_mailbox m ON m.id = b.mailbox_id
WHERE m.account_id = %s GROUP BY b.state
"""


def batches_by_state(account_id: int) -> dict[str, int]:
    """How many batches are `received`, `applied` and `failed`; states without any are left out."""
    return dict(_rows(_BY_STATE, [account_id]))


_WAITING = """
SELECT m.account_id, sum(r.waiting)::bigint
FROM mailbox_mailbox m JOIN mailbox_reader r ON r.mailbox_id = m.id
WHERE m.account_id = ANY(%s) GROUP BY m.account_id
"""


def waiting_of(account_ids: Sequence[int]) -> dict[int, int]:
    """What waits in each of these accounts, for all its readers together."""
    return dict(_rows(_WAITING, [list(account_ids)]))


def _rows(sql: str, parameters: Sequence[Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()
