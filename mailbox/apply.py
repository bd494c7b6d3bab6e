"""Applying received batches: a mailbox at a time, in the order they arrived."""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import DatabaseError, OperationalError, connection, transaction

from mailbox import counts, letters, locks, snapshots
from mailbox.models import Mailbox
from mailbox.wall import across_accounts, acting_for_mailbox

logger = logging.getLogger(__name__)

SLICE_SECONDS = 0.2
MAX_TRIES = 5
RETRY_AFTER = timedelta(seconds=5)
# From this age on a batch counts its try before the try: one that kills its worker would
# otherwise be tried for ever.
COUNT_AHEAD_AFTER = timedelta(seconds=8)


@dataclass(slots=True)
class Applied:
    """What a slice of work did; facts for the caller, who alone knows whom they concern."""

    batches: int = 0
    failed: int = 0
    more: bool = False
    newly_waiting: list[int] = field(default_factory=list)  # reader ids


class _Work(NamedTuple):
    mailbox_id: int
    now: datetime
    on_waiting: Callable[[], None]


class _Next(NamedTuple):
    id: int
    received_at: datetime
    tries: int
    next_try_at: datetime | None
    max_version: int
    checkpoint: str | None
    accepted: int

    def is_due(self, now: datetime) -> bool:
        return self.next_try_at is None or self.next_try_at <= now


def _nobody_else() -> None:
    """Nothing else follows where a reader begins to wait."""


def run(
    mailbox_id: int,
    *,
    now: datetime,
    seconds: float = SLICE_SECONDS,
    on_waiting: Callable[[], None] = _nobody_else,
) -> Applied:
    """Apply the mailbox's received batches, then its committed snapshot, for a slice of time.

    `on_waiting` is called in each transaction in which readers begin to wait, so that what has to
    follow from it is committed with it.

    Returns at once, having done nothing, where another applier is at work, and early where
    readers began to wait, so that they can be told. After letting go it looks once more: a batch
    that came between the last look and the release found the mailbox taken, so its own nudge
    did nothing.
    """
    work, done = _Work(mailbox_id, now, on_waiting), Applied()
    until = time.monotonic() + seconds
    while True:
        with locks.applier(mailbox_id) as taken:
            if not taken:
                return done
            while _goes_on(done, until) and _apply_next(work, done):
                pass
        # Who began to wait is told before anybody looks on.
        done.more = bool(done.newly_waiting) or due(mailbox_id, now)
        if not done.more or not _goes_on(done, until):
            return done


def _goes_on(done: Applied, until: float) -> bool:
    return not done.newly_waiting and time.monotonic() < until


def due(mailbox_id: int, now: datetime) -> bool:
    """Whether the first received batch may be tried now, or a snapshot is being applied."""
    with acting_for_mailbox(mailbox_id):
        batch = _next(mailbox_id)
        return (batch is not None and batch.is_due(now)) or snapshots.is_applying(mailbox_id)


def mailboxes_due(now: datetime, limit: int = 1000) -> list[int]:
    """Mailboxes with a received batch, longest waiting first, and with a committed snapshot."""
    with across_accounts("what is to be applied"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT mailbox_id FROM mailbox_batch WHERE state = 'received'"
            " AND (next_try_at IS NULL OR next_try_at <= %s)"
            " GROUP BY mailbox_id ORDER BY min(id) LIMIT %s",
            [now, limit],
        )
        received = [row[0] for row in cursor.fetchall()]
        return list(dict.fromkeys(received + snapshots.mailboxes_applying()))


def account_of(mailbox_id: int) -> int:
    """The id of the account whose mailbox this is."""
    return int(Mailbox.objects.values_list("account_id", flat=True).get(pk=mailbox_id))


def _apply_next(work: _Work, done: Applied) -> bool:
    """Apply the next batch or slice of a snapshot; False where neither is due."""
    mailbox_id, now, on_waiting = work
    with acting_for_mailbox(mailbox_id):
        batch = _next(mailbox_id)
    if batch is None or not batch.is_due(now):
        waiting = snapshots.apply_slice(mailbox_id, now=now, on_waiting=on_waiting)
        done.newly_waiting += waiting or []
        return waiting is not None
    if batch.tries >= MAX_TRIES:
        with transaction.atomic():
            locks.lock(mailbox_id)
            _fail(batch.id, now)
        done.failed += 1
        return True
    waiting = _try(work, batch)
    if waiting is not None:
        done.batches += 1
        done.newly_waiting += waiting
    return True


def _try(work: _Work, batch: _Next) -> list[int] | None:
    """Apply the batch, or count the failed try; None: nothing was applied."""
    mailbox_id, now, _ = work
    counted_ahead = batch.tries > 0 or now - batch.received_at > COUNT_AHEAD_AFTER
    if counted_ahead:
        _count_try(mailbox_id, batch.id, +1, now + RETRY_AFTER)
    try:
        return _apply(work, batch)
    except OperationalError:
        if counted_ahead:
            _take_back(mailbox_id, batch.id)
        raise
    except DatabaseError as error:
        logger.error("batch %s was not applied: %s", batch.id, type(error).__name__)
        if not counted_ahead:
            _count_try(mailbox_id, batch.id, +1, now + RETRY_AFTER)
        return None


def _next(mailbox_id: int) -> _Next | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, received_at, tries, next_try_at, max_version, checkpoint, accepted"
            " FROM mailbox_batch WHERE mailbox_id = %s AND state = 'received'"
            " ORDER BY id LIMIT 1",
            [mailbox_id],
        )
        row = cursor.fetchone()
    return _Next(*row) if row else None


def _count_try(mailbox_id: int, batch_id: int, by: int, next_try_at: datetime | None) -> None:
    with acting_for_mailbox(mailbox_id), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE mailbox_batch SET tries = tries + %s, next_try_at = %s"
            " WHERE id = %s AND state = 'received'",
            [by, next_try_at, batch_id],
        )


def _take_back(mailbox_id: int, batch_id: int) -> None:
    """A lost connection or a lock not had is no try; told on a connection that may be new.

    One that still works is kept: back in a pool it would stay the mailbox's applier, and nobody
    could apply anything until it ends.
    """
    if not connection.in_atomic_block and not connection.is_usable():
        connection.close()
    with suppress(OperationalError):
        _count_try(mailbox_id, batch_id, -1, None)


def _fail(batch_id: int, now: datetime) -> None:
    """Give the batch up, so that it blocks none behind it. Its content stays for a retry.

    Its versions were accepted, so the version floor stays above them. A snapshot that it is a
    part of can never be complete: dropped, it makes room for the next one.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH failed AS (UPDATE mailbox_batch SET state = 'failed', final_at = %(now)s"
            " WHERE id = %(batch)s AND state = 'received'"
            " RETURNING mailbox_id, max_version, part_of),"
            " incomplete AS (UPDATE mailbox_snapshot s SET state = 'dropped', ended_at = %(now)s"
            " FROM failed WHERE s.id = failed.part_of AND s.state = 'open')"
            " UPDATE mailbox_mailbox m"
            " SET highest_version = greatest(m.highest_version, failed.max_version)"
            " FROM failed WHERE m.id = failed.mailbox_id AND m.direction = 'down'",
            {"now": now, "batch": batch_id},
        )


def _apply(work: _Work, batch: _Next) -> list[int] | None:
    """One batch, one transaction: changes, counts, state. None: it was applied already."""
    mailbox_id, now, on_waiting = work
    with transaction.atomic(durable=not connection.in_atomic_block):
        mailbox = locks.lock(mailbox_id)
        with connection.cursor() as cursor:
            cursor.execute("SELECT state FROM mailbox_batch WHERE id = %s", [batch.id])
            if cursor.fetchone()[0] != "received":
                return None
        moved = letters.file(mailbox, batch.id, received_at=batch.received_at)
        _close(mailbox, batch, len(moved), now)
        waiting = counts.add(mailbox_id, moved, now)
        if waiting:
            on_waiting()
        return waiting


def _close(mailbox: locks.Locked, batch: _Next, applied: int, now: datetime) -> None:
    with connection.cursor() as cursor:
        if mailbox.direction == "down":
            cursor.execute(
                "UPDATE mailbox_mailbox SET highest_version = greatest(highest_version, %s),"
                " checkpoint = coalesce(%s, checkpoint) WHERE id = %s",
                [batch.max_version, batch.checkpoint, mailbox.id],
            )
        cursor.execute(
            "UPDATE mailbox_batch SET state = 'applied', applied = %s, stale = %s, final_at = %s"
            " WHERE id = %s",
            [applied, batch.accepted - applied, now, batch.id],
        )
        cursor.execute("DELETE FROM mailbox_content WHERE batch_id = %s", [batch.id])
