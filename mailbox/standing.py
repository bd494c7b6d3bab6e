"""How an account's two mailboxes stand, for people: read only, a fixed number of statements."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

from mailbox.undone import UndoneEdit, undone_edits
from mailbox.wall import across_accounts, acting_for

FINAL_WITHIN = timedelta(days=7)
# One push of many batches: what came within this span of a peer's newest batch.
ONE_PUSH = timedelta(minutes=10)
SHOWN_AT_MOST = 20
REFUSED_SHOWN = 5


@dataclass(frozen=True)
class Waiting:
    """What waits for one reader. `oldest` and `since` are None where nothing does.

    `first_kind`, `first_id` and `first_op` name the change that is first in line, the one behind
    the acknowledged place. `fetches`: how often the page that begins with it was fetched since
    `fetched_since`, see `mailbox.read`.
    """

    total: int = 0
    by_kind: dict[str, int] = field(default_factory=dict)
    oldest: datetime | None = None
    since: datetime | None = None
    mark: str = ""
    marked_at: datetime | None = None
    acked: int = 0
    fetches: int = 0
    fetched_since: datetime | None = None
    first_kind: str = ""
    first_id: str = ""
    first_op: str = ""


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

    Each with kind and id of its record, empty where they could not be read, and the reason: a
    problem code with its detail.
    """

    peer_id: uuid.UUID
    changes: int
    at: datetime
    some: tuple[tuple[str, str, str, str], ...]


@dataclass(frozen=True)
class Standing:
    """Both mailboxes of an account. Devices are keyed by their peer's id.

    `changes` and `bytes`: what lies in both.
    """

    devices: dict[uuid.UUID, Waiting]
    server: Waiting
    records: int
    keep_copy: bool
    storage_days: int
    changes: int
    bytes: int
    received: dict[uuid.UUID, Received]
    failed: tuple[FailedBatch, ...]
    refused: tuple[Refusals, ...]
    undone: tuple[UndoneEdit, ...]
    undone_total: int


def standing(account_id: int, *, now: datetime) -> Standing:
    """Everything that people are told about an account's mailboxes, in five statements."""
    with acting_for(account_id):
        return _standing(account_id, now)


def waiting_since(peer_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, datetime]:
    """Since when something waits for each of these devices, by its id; others are missing."""
    with across_accounts("who is to be woken"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT peer_id, since FROM mailbox_reader WHERE peer_id = ANY(%s)"
            " AND waiting > 0 AND since IS NOT NULL",
            [list(peer_ids)],
        )
        return dict(cursor.fetchall())


def _standing(account_id: int, now: datetime) -> Standing:
    # First: what is applied between the two looks is then told twice, never not at all.
    received = _received(account_id)
    devices, server, boxes = _readers(account_id)
    down = boxes["down"]
    undone, undone_total = undone_edits(account_id, since=now - FINAL_WITHIN)
    return Standing(
        devices=devices,
        server=server,
        records=down.records,
        keep_copy=down.keep_copy,
        storage_days=down.storage_days,
        changes=sum(box.changes for box in boxes.values()),
        bytes=sum(box.bytes for box in boxes.values()),
        received=received,
        failed=_failed(account_id),
        refused=_refused(account_id, now),
        undone=undone,
        undone_total=undone_total,
    )


_READERS = """
SELECT m.direction, m.live, m.keep_copy, m.storage_days, m.rows, m.bytes,
    r.peer_id, r.waiting, r.by_kind::text::json, r.since, r.mark, r.marked_at,
    r.acked, r.fetches, r.fetched_since, first.taken_at, first.kind, first.record_id, first.op
FROM mailbox_mailbox m
LEFT JOIN mailbox_reader r ON r.mailbox_id = m.id
LEFT JOIN LATERAL (
    (SELECT c.taken_at, c.kind, c.record_id, c.op FROM mailbox_change c
     WHERE r.waiting > 0 AND m.direction = 'down' AND c.mailbox_id = m.id AND c.place > r.acked
     ORDER BY c.place LIMIT 1)
    UNION ALL
    (SELECT c.taken_at, c.kind, c.record_id, c.op FROM mailbox_upchange c
     WHERE r.waiting > 0 AND m.direction = 'up' AND c.mailbox_id = m.id AND c.place > r.acked
     ORDER BY c.place LIMIT 1)
) first ON true
WHERE m.account_id = %s
"""


class _Box(NamedTuple):
    """A mailbox's own columns."""

    records: int
    keep_copy: bool
    storage_days: int
    changes: int
    bytes: int


def _readers(account_id: int) -> tuple[dict[uuid.UUID, Waiting], Waiting, dict[str, _Box]]:
    devices: dict[uuid.UUID, Waiting] = {}
    server, boxes = Waiting(), {}
    for direction, records, keep_copy, days, changes, size, *reader in _rows(
        _READERS, [account_id]
    ):
        boxes[direction] = _Box(records, keep_copy, days, changes, size)
        peer, total, *line = reader
        if total is None:  # a mailbox that nobody reads yet
            continue
        if peer is None:
            server = _waiting(total, *line)
        else:
            devices[peer] = _waiting(total, *line)
    return devices, server, boxes


def _waiting(
    total: int,
    by_kind: dict[str, int],
    since: datetime | None,
    mark: str,
    marked_at: datetime | None,
    acked: int,
    fetches: int,
    fetched_since: datetime | None,
    oldest: datetime | None,
    *first: str | None,
) -> Waiting:
    kind, record_id, op = (text or "" for text in first)
    return Waiting(
        total=total,
        by_kind=dict(sorted(by_kind.items(), key=lambda item: (-item[1], item[0]))),
        oldest=oldest,
        since=since if total else None,
        mark=mark,
        marked_at=marked_at,
        acked=acked,
        fetches=fetches,
        fetched_since=fetched_since,
        first_kind=kind,
        first_id=record_id,
        first_op=op,
    )


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


_REFUSED = f"""
SELECT n.peer_id, sum(jsonb_array_length(n.rejected)), max(n.received_at),
    json_agg(first.refused ORDER BY n.id DESC)
FROM (
    SELECT b.*, max(b.received_at) OVER (PARTITION BY b.peer_id) AS newest
    FROM mailbox_batch b JOIN mailbox_mailbox m ON m.id = b.mailbox_id
    WHERE m.account_id = %s AND b.received_at > %s
) n
CROSS JOIN LATERAL (
    SELECT json_agg(json_build_array(coalesce(r ->> 'kind', ''), coalesce(r ->> 'id', ''),
        r ->> 'code', r ->> 'detail')) AS refused
    FROM (SELECT r FROM jsonb_array_elements(n.rejected) r LIMIT {REFUSED_SHOWN}) rs
) first
WHERE n.received_at >= n.newest - %s AND jsonb_array_length(n.rejected) > 0
GROUP BY n.peer_id
"""


def _refused(account_id: int, now: datetime) -> tuple[Refusals, ...]:
    rows = _rows(_REFUSED, [account_id, now - FINAL_WITHIN, ONE_PUSH])
    return tuple(
        Refusals(
            peer,
            int(changes),
            at,
            # Each once, however often it was sent.
            tuple(dict.fromkeys(tuple(change) for batch in batches for change in batch))[
                :REFUSED_SHOWN
            ],
        )
        for peer, changes, at, batches in rows
    )


def _rows(sql: str, parameters: Sequence[Any]) -> Sequence[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: Sequence[tuple[Any, ...]] = cursor.fetchall()
    return rows
