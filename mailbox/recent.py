"""What happened last in an account's mailboxes, for people: never a change's content."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from mailbox.models import Mailbox
from mailbox.wall import across_accounts, acting_for


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


class Refusal(NamedTuple):
    """A change that was refused alone: its position in the batch, from 0, and the reason.

    Kind and id of its record are empty where they could not be read.
    """

    place: int
    kind: str
    record_id: str
    code: str
    detail: str


class SentBatch(NamedTuple):
    """A batch with the first of its refused changes."""

    batch: NewestBatch
    refusals: tuple[Refusal, ...]


# By the index on places. The mailbox is named by a literal: of a parameter that a join fills in,
# the planner knows no count, takes it for small and sorts all that lies there.
_CHANGES = """
(SELECT 'down', kind, record_id, op, version, size, taken_at
 FROM mailbox_change WHERE mailbox_id = %s AND place IS NOT NULL ORDER BY place DESC LIMIT %s)
UNION ALL
(SELECT 'up', kind, record_id, op, base_version, size, taken_at
 FROM mailbox_upchange WHERE mailbox_id = %s ORDER BY place DESC LIMIT %s)
"""


def newest_changes(account_id: int, *, limit: int = 10) -> list[NewestChange]:
    """The newest changes of each direction, newest first; for `up` the version is the base."""
    ids = dict(Mailbox.objects.filter(account_id=account_id).values_list("direction", "id"))
    rows = _rows(account_id, _CHANGES, [ids["down"], limit, ids["up"], limit])
    return sorted(
        (NewestChange(*row) for row in rows), key=lambda change: change.taken_at, reverse=True
    )


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
    return [NewestBatch(*row) for row in _rows(account_id, _BATCHES, [limit, account_id, limit])]


_OF_PEER = """
SELECT b.uuid, b.peer_id, b.state, b.received_at, b.final_at, b.accepted, b.applied, b.stale,
    jsonb_array_length(b.rejected), b.tries,
    (SELECT coalesce(json_agg(json_build_array((r ->> 'index')::int, coalesce(r ->> 'kind', ''),
        coalesce(r ->> 'id', ''), r ->> 'code', r ->> 'detail')), '[]')
     FROM (SELECT r FROM jsonb_array_elements(b.rejected) r LIMIT %s) refused)
FROM mailbox_mailbox m JOIN mailbox_batch b ON b.mailbox_id = m.id
WHERE m.account_id = %s AND b.peer_id = %s AND b.received_at BETWEEN %s AND %s
ORDER BY b.id DESC LIMIT %s
"""


def batches_of(
    account_id: int, peer_id: uuid.UUID, since: datetime, until: datetime, *, limit: int
) -> list[SentBatch]:
    """What a peer sent from `since` until `until`, newest first; at most 20 refusals a batch."""
    rows = _rows(account_id, _OF_PEER, [20, account_id, peer_id, since, until, limit])
    return [
        SentBatch(
            NewestBatch(*row[:-1]),
            tuple(Refusal(*refused) for refused in row[-1]),
        )
        for row in rows
    ]


_BY_STATE = """
SELECT b.state, count(*) FROM mailbox_batch b JOIN mailbox_mailbox m ON m.id = b.mailbox_id
WHERE m.account_id = %s GROUP BY b.state
"""


def batches_by_state(account_id: int) -> dict[str, int]:
    """How many batches are `received`, `applied` and `failed`; states without any are left out."""
    return dict(_rows(account_id, _BY_STATE, [account_id]))


_WAITING = """
SELECT m.account_id, sum(r.waiting)::bigint
FROM mailbox_mailbox m JOIN mailbox_reader r ON r.mailbox_id = m.id
WHERE m.account_id = ANY(%s) GROUP BY m.account_id
"""


def waiting_of(account_ids: Sequence[int]) -> dict[int, int]:
    """What waits in each of these accounts, for all its readers together."""
    with across_accounts("a list of accounts"), connection.cursor() as cursor:
        cursor.execute(_WAITING, [list(account_ids)])
        return dict(cursor.fetchall())


def _rows(account_id: int, sql: str, parameters: Sequence[Any]) -> Any:
    with acting_for(account_id), connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()
