"""What a mailbox keeps: a copy of every record or not, for how long, and whether it is whole."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection, transaction

from mailbox import locks
from mailbox.models import Mailbox


def set_copy(account_id: int, *, keep: bool) -> bool:
    """Switch *keep a copy*; whether it changed.

    Switched on, the mailbox holds every live record only once a snapshot was committed.
    """
    with transaction.atomic():
        mailbox = Mailbox.objects.get(account_id=account_id, direction=Mailbox.Direction.DOWN)
        if locks.lock(mailbox.pk).keep_copy == keep:
            return False
        Mailbox.objects.filter(pk=mailbox.pk).update(
            keep_copy=keep, **({"filled": False} if keep else {})
        )
    return True


def keeps_copy(account_id: int) -> bool:
    """Whether an account's records stay after they were collected."""
    return Mailbox.objects.filter(
        account_id=account_id, direction=Mailbox.Direction.DOWN, keep_copy=True
    ).exists()


class Kept(NamedTuple):
    """Whether a copy of every record is kept, and the storage time in days."""

    copy: bool
    days: int


def kept(account_id: int) -> Kept:
    """What is set for an account's mailbox."""
    down = Mailbox.objects.get(account_id=account_id, direction=Mailbox.Direction.DOWN)
    return Kept(down.keep_copy, down.storage_days)


def set_storage(account_id: int, days: int) -> None:
    """How long deletes, uncollected edits and, without a copy, uncollected letters stay."""
    with transaction.atomic():
        locks.lock_all(account_id)
        Mailbox.objects.filter(account_id=account_id).update(storage_days=days)


# A stub of a kind that the snapshot did not cover, or of a record that it named and that did not
# come, is a live record that no page can show.
_FILL = """
UPDATE mailbox_mailbox m SET filled = true
WHERE m.id = %(mailbox)s AND m.keep_copy AND NOT m.filled AND NOT EXISTS (
    SELECT FROM mailbox_change c
    WHERE c.mailbox_id = m.id AND c.data IS NULL AND c.op = 'put' AND (c.kind <> ALL(%(kinds)s)
        OR EXISTS (SELECT FROM mailbox_named n WHERE n.snapshot_id = %(snapshot)s
            AND n.kind = c.kind AND n.record_id = c.record_id)))
RETURNING m.id
"""
# Whoever read a mailbox that was not filled may hold what the office deleted and the mailbox
# forgot: that goes only by a read from the start. At the start, earlier cursors end, for their
# pages said nothing of what is not there; beyond it, the reader is told to resync.
_READ_ANEW = """
UPDATE mailbox_reader SET later_mark = '',
    generation = generation + CASE WHEN acked = 0 AND mark = '' THEN 1 ELSE 0 END,
    marked_at = CASE WHEN acked > 0 AND mark = '' THEN %(now)s ELSE marked_at END,
    mark = CASE WHEN acked > 0 AND mark = '' THEN later_mark ELSE mark END
WHERE mailbox_id = %(mailbox)s AND later_mark <> ''
"""


def fill(mailbox_id: int, snapshot_id: uuid.UUID, kinds: Sequence[str], *, now: datetime) -> None:
    """Note that the mailbox holds every live record again, by this snapshot of these kinds.

    Under the mailbox lock. Nothing changes where no copy is kept. A record that the mailbox
    refused and of which it holds nothing is not waited for: it might never become acceptable.
    """
    told: dict[str, Any] = {
        "mailbox": mailbox_id,
        "snapshot": snapshot_id,
        "kinds": list(kinds),
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FILL, told)
        if cursor.fetchone():
            cursor.execute(_READ_ANEW, told)
