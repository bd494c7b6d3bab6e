"""What time ends: idempotency keys, and batches whose outcome everybody had time to read."""

from datetime import datetime, timedelta

from django.db import connection

from mailbox.wall import across_accounts

KEY_LIFE = timedelta(days=30)
BATCH_LIFE = timedelta(days=30)
AT_ONCE = 5000


def keys(*, now: datetime) -> int:
    """Free idempotency keys that are older than 30 days; how many."""
    with across_accounts("what 30 days have ended"), connection.cursor() as cursor:
        cursor.execute(
            "WITH old AS (SELECT id FROM mailbox_batch WHERE key IS NOT NULL AND received_at <= %s"
            " ORDER BY id FOR UPDATE SKIP LOCKED)"
            " UPDATE mailbox_batch b SET key = NULL FROM old WHERE b.id = old.id",
            [now - KEY_LIFE],
        )
        return int(cursor.rowcount)


def batches(*, now: datetime) -> int:
    """Delete batches 30 days after their final state and their last outcome's; how many."""
    before = now - BATCH_LIFE
    with across_accounts("what 30 days have ended"), connection.cursor() as cursor:
        cursor.execute(
            "WITH old AS (SELECT b.id FROM mailbox_batch b"
            " WHERE b.final_at <= %s AND b.received_at <= %s AND NOT EXISTS"
            " (SELECT FROM mailbox_outcome o WHERE o.batch_id = b.id"
            "  AND (o.final_at IS NULL OR o.final_at > %s))"
            " AND NOT EXISTS (SELECT FROM mailbox_upchange u WHERE u.batch_id = b.id)"
            # Locked: one that is tried again meanwhile is no longer old.
            " ORDER BY b.id LIMIT %s FOR UPDATE OF b SKIP LOCKED),"
            " o AS (DELETE FROM mailbox_outcome o USING old WHERE o.batch_id = old.id),"
            " c AS (DELETE FROM mailbox_content c USING old WHERE c.batch_id = old.id)"
            " DELETE FROM mailbox_batch b USING old WHERE b.id = old.id",
            [before, before, before, AT_ONCE],
        )
        return int(cursor.rowcount)
