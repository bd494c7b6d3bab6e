"""Storing what a peer pushed: one row, committed, nothing applied yet."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from accounts.database import prepared
from accounts.models import Peer, is_inactive
from mailbox import snapshots
from mailbox.resync import PeerGone
from mailbox.snapshots import Part
from mailbox.wall import SET_FOR_ACCOUNT, acting_for_mailbox


class KeyReused(Exception):
    """The idempotency key was used with another body."""


class SenderInactive(Exception):
    """The account became inactive while the body was on its way (the message is its state)."""


class InProgress(Exception):
    """A request with the same idempotency key is being stored at this moment."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A change that was not accepted, by its index in the batch as sent."""

    index: int
    code: str
    detail: str

    @classmethod
    def kept(cls, row: Mapping[str, Any]) -> "Refused":
        """As it was stored, without its record's name, which is kept for people alone."""
        return cls(row["index"], row["code"], row["detail"])


@dataclass(slots=True)
class Letters:
    """The accepted changes of a batch, a column each, in the order as sent.

    `versions`: a server's versions, or a device's base versions (None: a new record).
    `data`: the very JSON text in UTF-8, None for a delete; views of the body, for a large one has
    to be held once and no more.
    """

    indexes: list[int] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    record_ids: list[str] = field(default_factory=list)
    ops: list[str] = field(default_factory=list)
    versions: list[int | None] = field(default_factory=list)
    refs: list[str | None] = field(default_factory=list)
    data: list[memoryview | None] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Stored:
    """A batch that is committed once the transaction is, or was before (`replayed`)."""

    uuid: uuid.UUID
    accepted: int
    rejected: list[Refused]
    replayed: bool = False


# The sender is looked at once more, for its body may have taken long; SHARE makes its end wait
# for this batch, so that a successor reads a version floor that holds. The advisory lock tells a
# request in flight from one that is done, without waiting for it.
_STORE = f"""
WITH sender AS (
    SELECT p.id, {SET_FOR_ACCOUNT.format(account="p.account_id")}
    FROM accounts_peer p JOIN accounts_account a ON a.id = p.account_id
    WHERE p.id = %b AND p.state = 'active'
        AND a.state <> 'suspended' AND (a.ends_at IS NULL OR a.ends_at > %b)
    FOR SHARE OF p
), batch AS (
    INSERT INTO mailbox_batch (uuid, mailbox_id, peer_id, key, body_sha256, received_at, state,
        accepted, applied, stale, rejected, checkpoint, max_version, tries, part_of)
    SELECT %b, %b, sender.id, %s, %b, %b, 'received', %b, 0, 0, %s, %s, %b, 0, %b FROM sender
    WHERE pg_try_advisory_xact_lock(hashtextextended(%s, 0))
    ON CONFLICT (peer_id, key) DO NOTHING
    RETURNING id, mailbox_id
), content AS (
    INSERT INTO mailbox_content
        (batch_id, mailbox_id, indexes, kinds, record_ids, ops, versions, refs, data)
    SELECT id, mailbox_id, %b::int[], %b::text[], %b::text[], %b::text[], %b::bigint[], %b::text[],
        ARRAY(SELECT convert_from(d, 'UTF8') FROM unnest(%b::bytea[]) WITH ORDINALITY u(d, nth)
            ORDER BY nth)
    FROM batch
)
SELECT id FROM batch
"""


def store(
    *,
    mailbox_id: int,
    peer_id: uuid.UUID,
    key: str,
    body_sha256: bytes,
    letters: Letters,
    rejected: list[Refused],
    refused_names: list[tuple[str, str] | None],
    checkpoint: str | None,
    part: Part | None = None,
    refusal: Exception | None = None,
    now: datetime,
) -> Stored:
    """Store a batch, or find the one that this idempotency key stored before.

    Inside a transaction of the caller, or in one of its own. `refused_names`: kind and id of each
    refused change, where both could be read. Given a `refusal`, a new batch
    raises it, while one that was stored before, or is in flight, is still told. Raises KeyReused,
    InProgress, PeerGone, SenderInactive; a `part` of a snapshot that has ended Closed.
    """
    if refusal is not None:
        with acting_for_mailbox(mailbox_id):
            return _stored_before(peer_id, key, body_sha256, refusal)
    batch_uuid = uuid.uuid4()
    top = max((v for v in letters.versions if v is not None), default=0)
    row = [
        peer_id, now, batch_uuid, mailbox_id, key, body_sha256, now, len(letters.kinds),
        Jsonb(_for_people(rejected, refused_names)), checkpoint, top,
        part.snapshot if part else None, f"{peer_id}:{key}",
        letters.indexes, letters.kinds, letters.record_ids, letters.ops, letters.versions,
        letters.refs, letters.data,
    ]  # fmt: skip
    with transaction.atomic():
        stored = prepared(_STORE, row)
        if stored and part:
            snapshots.book_part(part, len(letters.kinds))
    if stored:
        return Stored(batch_uuid, len(letters.kinds), rejected)
    with acting_for_mailbox(mailbox_id):
        replay = _replay(peer_id, key, body_sha256)
    if replay is None:
        _refuse_sender(peer_id, now)
        raise InProgress
    return replay


def _for_people(
    rejected: list[Refused], names: list[tuple[str, str] | None]
) -> list[dict[str, object]]:
    return [
        asdict(refused) | dict(zip(("kind", "id"), name or (), strict=False))
        for refused, name in zip(rejected, names, strict=True)
    ]


def _refuse_sender(peer_id: uuid.UUID, now: datetime) -> None:
    peer = Peer.objects.select_related("account").get(pk=peer_id)
    if peer.state != Peer.State.ACTIVE:
        raise PeerGone
    if is_inactive(peer.account.state_at(now)):
        raise SenderInactive(peer.account.state_at(now))


def _stored_before(peer_id: uuid.UUID, key: str, body_sha256: bytes, refusal: Exception) -> Stored:
    """The batch that this key stored before; raises the refusal where there is none.

    The lock is tried first: whoever held it until then has committed before the look.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"{peer_id}:{key}"]
        )
        row = cursor.fetchone()
    replay = _replay(peer_id, key, body_sha256)
    if replay is None:
        raise refusal if row and row[0] else InProgress
    return replay


def _replay(peer_id: uuid.UUID, key: str, body_sha256: bytes) -> Stored | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT uuid, body_sha256, accepted, rejected::text FROM mailbox_batch"
            " WHERE peer_id = %s AND key = %s",
            [peer_id, key],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    if bytes(row[1]) != body_sha256:
        raise KeyReused
    rejected = [Refused.kept(refused) for refused in json.loads(row[3])]
    return Stored(row[0], row[2], rejected, replayed=True)
