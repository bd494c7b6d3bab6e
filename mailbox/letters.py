"""From a batch's columns to the records' rows, one statement a direction."""

from datetime import datetime

from django.db import connection

from mailbox import counts, locks
from mailbox.counts import Moved


def file(mailbox: locks.Locked, batch_id: int, *, received_at: datetime) -> list[Moved]:
    """Write what a received batch holds behind the mailbox's head; what that moved.

    Under the mailbox's lock. What is stale is left out.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _DOWN if mailbox.direction == "down" else _UP,
            {
                "batch": batch_id,
                "mailbox": mailbox.id,
                "head": mailbox.head,
                "taken": received_at,
            },
        )
        return [Moved(*row) for row in cursor.fetchall()]


# One statement from the batch's columns to the record's row: the letters never leave the
# database. Of two changes of one record the higher version counts, on a tie the later. An
# equal version is stale, but where only a stub is left (no place) it brings the letter back.
_DOWN = f"""
WITH newest AS (
    SELECT DISTINCT ON (u.kind, u.record_id) u.*
    FROM mailbox_content c,
        unnest(c.indexes, c.kinds, c.record_ids, c.ops, c.versions, c.data)
            AS u(index, kind, record_id, op, version, data)
    WHERE c.batch_id = %(batch)s
    ORDER BY u.kind, u.record_id, u.version DESC, u.index DESC
), fresh AS (
    SELECT n.*, o.place AS old_place, o.size AS old_size,
        (n.op = 'put')::integer - coalesce((o.op = 'put')::integer, 0) AS live,
        %(head)s + row_number() OVER (ORDER BY n.index) AS place,
        coalesce(octet_length(n.data), 0) + octet_length(n.kind) + octet_length(n.record_id)
            + {counts.PAGE_ENVELOPE} AS size
    FROM newest n
    LEFT JOIN mailbox_change o ON o.mailbox_id = %(mailbox)s
        AND o.kind = n.kind AND o.record_id = n.record_id
    WHERE o.version IS NULL OR o.version < n.version
        OR (o.version = n.version AND o.place IS NULL)
), written AS (
    INSERT INTO mailbox_change
        (mailbox_id, kind, record_id, op, version, data, size, place, taken_at)
    SELECT %(mailbox)s, kind, record_id, op, version, data, size, place, %(taken)s FROM fresh
    ON CONFLICT (mailbox_id, kind, record_id) DO UPDATE SET op = excluded.op,
        version = excluded.version, data = excluded.data, size = excluded.size,
        place = excluded.place, taken_at = excluded.taken_at
)
SELECT kind, place, old_place, size, old_size, live FROM fresh
"""

_UP = f"""
WITH fresh AS (
    SELECT u.*, %(head)s + row_number() OVER (ORDER BY u.index) AS place,
        coalesce(octet_length(u.data), 0) + octet_length(u.kind) + octet_length(u.record_id)
            + coalesce(octet_length(u.ref), 0) * 6 + {counts.PAGE_ENVELOPE} + 120 AS size
    FROM mailbox_content c,
        unnest(c.indexes, c.kinds, c.record_ids, c.ops, c.versions, c.refs, c.data)
            AS u(index, kind, record_id, op, base_version, ref, data)
    WHERE c.batch_id = %(batch)s
), written AS (
    INSERT INTO mailbox_upchange (mailbox_id, place, kind, record_id, op, base_version, ref,
        data, size, batch_id, index, device_id, taken_at)
    SELECT %(mailbox)s, f.place, f.kind, f.record_id, f.op, f.base_version, f.ref, f.data,
        f.size, b.id, f.index, b.peer_id, b.received_at
    FROM fresh f, mailbox_batch b WHERE b.id = %(batch)s
), outcomes AS (
    INSERT INTO mailbox_outcome
        (batch_id, index, mailbox_id, place, kind, record_id, ref, state, detail)
    SELECT %(batch)s, index, %(mailbox)s, place, kind, record_id, ref, 'waiting', ''
    FROM fresh
)
SELECT kind, place, NULL::bigint, size, NULL::integer, 0 FROM fresh
"""
