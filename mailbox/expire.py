"""`expire_stale`: what the storage time ends. Under the mailbox lock, a slice at a time.

With a copy kept, a record's newest put is never ended by age; a delete is, and an edit that the
server did not fetch. Without one, a put becomes a stub once every reader has it, after a day at
the earliest, or at the storage time; the stub stays for another. A reader that had not
acknowledged what is removed is marked in the same transaction, so it is told.
"""

import logging
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import DatabaseError, connection, transaction

from mailbox import counts, locks
from mailbox.counts import Removed
from mailbox.resync import CURSOR_EXPIRED
from mailbox.wall import across_accounts

logger = logging.getLogger(__name__)

AT_ONCE = 2000
AT_LEAST = timedelta(hours=24)


class Expired(NamedTuple):
    """How much was removed, and whether more is due."""

    removed: int
    more: bool


def expire_stale(*, now: datetime) -> int:
    """Remove everything whose time has come, in every mailbox; how many changes.

    A mailbox that the database turned away (its lock not had in time) is logged and waits for
    the next sweep; the others go on.
    """
    removed = 0
    for mailbox_id in _mailboxes_due(now):
        more = True
        while more:
            try:
                done = expire(mailbox_id, now=now)
            except DatabaseError as error:
                logger.warning("mailbox %s was not expired: %s", mailbox_id, type(error).__name__)
                break
            removed += done.removed
            more = done.more
    return removed


def expire(mailbox_id: int, *, now: datetime) -> Expired:
    """One slice of one mailbox, in one transaction."""
    with transaction.atomic():
        mailbox = locks.lock(mailbox_id)
        if mailbox.direction == "down":
            removed = _run(_WITHOUT_LETTER, mailbox_id, now)
            if any(one.place is None for one in removed):
                _read_anew_later(mailbox_id)
            if not mailbox.keep_copy:
                removed += _run(_TO_STUBS, mailbox_id, now)
        else:
            _expire_outcomes(mailbox_id, now)
            removed = _run(_OLD_EDITS, mailbox_id, now)
        lost = counts.remove(mailbox_id, removed)
        if lost:
            _mark(lost, now)
    return Expired(len(removed), len(removed) >= AT_ONCE)


_STORAGE_END = "%(now)s - m.storage_days * interval '1 day'"
# The place up to which every device has acknowledged; without any, there is no such place.
_EVERYBODY = """
    coalesce((SELECT min(r.acked) FROM mailbox_reader r WHERE r.mailbox_id = m.id), m.head)
"""

_DUE = f"""
SELECT m.id FROM mailbox_mailbox m WHERE m.direction = 'down' AND (
    EXISTS (SELECT FROM mailbox_change c WHERE c.mailbox_id = m.id AND c.data IS NULL
        AND c.taken_at <= {_STORAGE_END})
    OR (NOT m.keep_copy AND EXISTS (
        SELECT FROM mailbox_change c WHERE c.mailbox_id = m.id AND c.data IS NOT NULL AND (
            (c.taken_at <= %(day_ago)s AND c.place <= {_EVERYBODY})
            OR c.taken_at <= {_STORAGE_END}))))
UNION ALL
SELECT m.id FROM mailbox_mailbox m JOIN mailbox_reader r ON r.mailbox_id = m.id
WHERE m.direction = 'up' AND (
    EXISTS (SELECT FROM mailbox_upchange c WHERE c.mailbox_id = m.id AND (
        (c.place <= r.acked AND c.taken_at <= %(day_ago)s)
        OR c.taken_at <= {_STORAGE_END}))
    OR EXISTS (SELECT FROM mailbox_outcome o JOIN mailbox_batch b ON b.id = o.batch_id
        WHERE o.mailbox_id = m.id AND o.state IN ('waiting', 'collected')
        AND b.received_at <= {_STORAGE_END}))
"""

# Deletes and stubs.
_WITHOUT_LETTER = f"""
WITH old AS (
    SELECT c.kind, c.record_id FROM mailbox_change c JOIN mailbox_mailbox m ON m.id = c.mailbox_id
    WHERE c.mailbox_id = %(mailbox)s AND c.data IS NULL
        AND c.taken_at <= {_STORAGE_END}
    ORDER BY c.taken_at LIMIT %(limit)s
)
DELETE FROM mailbox_change c USING old
WHERE c.mailbox_id = %(mailbox)s AND c.kind = old.kind AND c.record_id = old.record_id
RETURNING c.kind, c.place, c.size, -(c.op = 'put')::integer
"""

_TO_STUBS = f"""
WITH old AS (
    SELECT c.kind, c.record_id, c.place, c.size
    FROM mailbox_change c JOIN mailbox_mailbox m ON m.id = c.mailbox_id
    WHERE c.mailbox_id = %(mailbox)s AND c.data IS NOT NULL AND (
        (c.taken_at <= %(day_ago)s AND c.place <= {_EVERYBODY})
        OR c.taken_at <= {_STORAGE_END})
    ORDER BY c.place LIMIT %(limit)s
), stubs AS (
    UPDATE mailbox_change c SET data = NULL, place = NULL, size = 0, taken_at = %(now)s
    FROM old
    WHERE c.mailbox_id = %(mailbox)s AND c.kind = old.kind AND c.record_id = old.record_id
)
SELECT kind, place, size, 0 FROM old
"""

_OLD_EDITS = f"""
WITH old AS (
    SELECT c.place FROM mailbox_upchange c
    JOIN mailbox_mailbox m ON m.id = c.mailbox_id JOIN mailbox_reader r ON r.mailbox_id = m.id
    WHERE c.mailbox_id = %(mailbox)s AND (
        (c.place <= r.acked AND c.taken_at <= %(day_ago)s)
        OR c.taken_at <= {_STORAGE_END})
    ORDER BY c.place LIMIT %(limit)s
)
DELETE FROM mailbox_upchange c USING old
WHERE c.mailbox_id = %(mailbox)s AND c.place = old.place
RETURNING c.kind, c.place, c.size, 0
"""


def _mailboxes_due(now: datetime) -> list[int]:
    with across_accounts("what the storage time ends"), connection.cursor() as cursor:
        cursor.execute(_DUE, {"now": now, "day_ago": now - AT_LEAST})
        return [row[0] for row in cursor.fetchall()]


def _run(sql: str, mailbox_id: int, now: datetime) -> list[Removed]:
    with connection.cursor() as cursor:
        cursor.execute(
            sql, {"mailbox": mailbox_id, "now": now, "day_ago": now - AT_LEAST, "limit": AT_ONCE}
        )
        return [Removed(*row) for row in cursor.fetchall()]


def _expire_outcomes(mailbox_id: int, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE mailbox_outcome o SET state = 'expired', final_at = %(now)s"
            " FROM mailbox_batch b, mailbox_mailbox m"
            " WHERE o.mailbox_id = %(mailbox)s AND m.id = o.mailbox_id AND b.id = o.batch_id"
            " AND o.state IN ('waiting', 'collected')"
            f" AND b.received_at <= {_STORAGE_END}",
            {"now": now, "mailbox": mailbox_id},
        )


def _read_anew_later(mailbox_id: int) -> None:
    """Who holds the record of a forgotten stub is told of its end by no snapshot any more.

    So once the mailbox is whole, its readers read it from the start.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE mailbox_reader SET later_mark = %s WHERE mailbox_id = %s AND later_mark = ''",
            [CURSOR_EXPIRED, mailbox_id],
        )


def _mark(reader_ids: list[int], now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE mailbox_reader SET mark = %s, marked_at = %s WHERE id = ANY(%s) AND mark = ''",
            [CURSOR_EXPIRED, now, reader_ids],
        )
