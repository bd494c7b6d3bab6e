"""How an account's two mailboxes stand, for people: read only, a fixed number of statements."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from mailbox.wall import acting_for

FINAL_WITHIN = timedelta(days=7)
# One push of many batches: what came within this span of a peer's newest batch.
ONE_PUSH = timedelta(minutes=10)
SHOWN_AT_MOST = 20


@dataclass(frozen=True)
class Waiting:
    """What waits for one reader. `oldest` and `since` are None where nothing does."""

    total: int = 0
    by_kind: dict[str, int] = field(default_factory=dict)
    oldest: datetime | None = None
    since: datetime | None = None
    mark: str = ""
    marked_at: datetime | None = None


@dataclass(frozen=True)
class Received:
    """A peer's batches that are stored and not applied yet; `oldest`: when the first came."""

    batches: int = 0
    changes: int = 0
    oldest: datetime | None = None


@dataclass(frozen=True)
class FailedBatch:
    """A batch that was given up."""

    batch: uuid.UUID
    peer_id: uuid.UUID
    from_server: bool
    changes: int
    received_at: datetime
    failed_at: datetime


@dataclass(frozen=True)
class Refusals:
    """What was refused in a peer's newest push: how many changes, and the first of some batches.

    A reason is a problem code with its detail.
    """

    peer_id: uuid.UUID
    changes: int
    at: datetime
    reasons: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class UndoneEdit:
    """A device's edit that ended as `conflict`, `rejected` or `expired`."""

    peer_id: uuid.UUID
    kind: str
    record_id: str
    state: str
    detail: str
    at: datetime


@dataclass(frozen=True)
class Standing:
    """Both mailboxes of an account. Devices are keyed by their peer's id."""

    devices: dict[uuid.UUID, Waiting]
    server: Waiting
    records: int
    keep_copy: bool
    storage_days: int
    received: dict[uuid.UUID, Received]
    failed: tuple[FailedBatch, ...]
    refused: tuple[Refusals, ...]
    undone: tuple[UndoneEdit, ...]
    undone_total: int


def standing(account_id: int, *, now: datetime) -> Standing:
    """Everything that people are told about an account's mailboxes, in five statements."""
    with acting_for(account_id):
        return _standing(account_id, now)


def _standing(account_id: int, now: datetime) -> Standing:
    # First: what is applied between the two looks is then told twice, never not at all.
    received = _received(account_id)
    devices, server, down = _readers(account_id)
    undone = _undone(account_id, now)
    return Standing(
        devices=devices,
        server=server,
        records=down[0],
        keep_copy=down[1],
        storage_days=down[2],
        received=received,
        failed=_failed(account_id),
        refused=_refused(account_id, now),
        undone=tuple(edit for edit, _ in undone),
        undone_total=undone[0][1] if undone else 0,
    )


_READERS = """
SELECT m.direction, m.live, m.keep_copy, m.storage_days,
    r.peer_id, r.waiting, r.by_kind::text::json, r.since, r.mark, r.marked_at,
    CASE WHEN r.waiting > 0 AND m.direction = 'down' THEN
        (SELECT c.taken_at FROM mailbox_change c
         WHERE c.mailbox_id = m.id AND c.place > r.acked ORDER BY c.place LIMIT 1)
    WHEN r.waiting > 0 THEN
        (SELECT c.taken_at FROM mailbox_upchange c
         WHERE c.mailbox_id = m.id AND c.place > r.acked ORDER BY c.place LIMIT 1)
    END
FROM mailbox_mailbox m
LEFT JOIN mailbox_reader r ON r.mailbox_id = m.id
WHERE m.account_id = %s
"""


def _readers(
    account_id: int,
) -> tuple[dict[uuid.UUID, Waiting], Waiting, tuple[int, bool, int]]:
    devices: dict[uuid.UUID, Waiting] = {}
    server, down = Waiting(), (0, True, 0)
    for row in _rows(_READERS, [account_id]):
        direction, records, keep_copy, days, peer, total, by_kind, since, mark, marked, oldest = row
        if direction == "down":
            down = (records, keep_copy, days)
        if total is None:  # a mailbox that nobody reads yet
            continue
        waiting = Waiting(
            total,
            dict(sorted(by_kind.items(), key=lambda item: (-item[1], item[0]))),
            oldest,
            since if total else None,
            mark,
            marked,
        )
        if peer is None:
            server = waiting
        else:
            devices[peer] = waiting
    return devices, server, down


_RECEIVED = """
SELECT b.peer_id, count(*), coalesce(sum(b.accepted), 0)::bigint, min(b.received_at)
FROM mailbox_batch b JOIN mailbox_mailbox m ON m.id = b.mailbox_id
WHERE m.account_id = %s AND b.state = 'received'
GROUP BY b.peer_id
"""


def _received(account_id: int) -> dict[uuid.UUID, Received]:
    return {peer: Received(*facts) for peer, *facts in _rows(_RECEIVED, [account_id])}


_FAILED = f"""
SELECT b.uuid, b.peer_id, m.direction = 'down', b.accepted, b.received_at, b.final_at
FROM mailbox_batch b JOIN mailbox_mailbox m ON m.id = b.mailbox_id
WHERE m.account_id = %s AND b.state = 'failed' AND b.final_at IS NOT NULL
ORDER BY b.id DESC LIMIT {SHOWN_AT_MOST}
"""


def _failed(account_id: int) -> tuple[FailedBatch, ...]:
    return tuple(FailedBatch(*row) for row in _rows(_FAILED, [account_id]))


_REFUSED = """
SELECT n.peer_id, sum(jsonb_array_length(n.rejected)), max(n.received_at),
    json_agg(json_build_array(n.rejected -> 0 ->> 'code', n.rejected -> 0 ->> 'detail')
        ORDER BY n.id DESC)
FROM (
    SELECT b.*, max(b.received_at) OVER (PARTITION BY b.peer_id) AS newest
    FROM mailbox_batch b JOIN mailbox_mailbox m ON m.id = b.mailbox_id
    WHERE m.account_id = %s AND b.received_at > %s
) n
WHERE n.received_at >= n.newest - %s AND jsonb_array_length(n.rejected) > 0
GROUP BY n.peer_id
"""


def _refused(account_id: int, now: datetime) -> tuple[Refusals, ...]:
    rows = _rows(_REFUSED, [account_id, now - FINAL_WITHIN, ONE_PUSH])
    return tuple(
        Refusals(peer, int(changes), at, tuple(dict.fromkeys((c, d) for c, d in reasons))[:3])
        for peer, changes, at, reasons in rows
    )


# Through the account's batches: outcomes are found by their batch, not by their mailbox.
_UNDONE = f"""
SELECT b.peer_id, o.kind, o.record_id, o.state, o.detail, o.final_at, count(*) OVER ()
FROM mailbox_batch b
JOIN mailbox_mailbox m ON m.id = b.mailbox_id AND m.direction = 'up'
JOIN mailbox_outcome o ON o.batch_id = b.id
WHERE m.account_id = %s AND o.state IN ('conflict', 'rejected', 'expired') AND o.final_at > %s
ORDER BY o.final_at DESC, b.id DESC, o.index LIMIT {SHOWN_AT_MOST}
"""


def _undone(account_id: int, now: datetime) -> list[tuple[UndoneEdit, int]]:
    rows = _rows(_UNDONE, [account_id, now - FINAL_WITHIN])
    return [(UndoneEdit(*row[:-1]), row[-1]) for row in rows]


def _rows(sql: str, parameters: Sequence[Any]) -> Sequence[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: Sequence[tuple[Any, ...]] = cursor.fetchall()
    return rows
