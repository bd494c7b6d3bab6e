"""For whom of many that wait it is worth a look: one statement for hundreds of them.

A look is a request of its own, and for 5,000 who wait it would be 200 of them a second. Whoever is
left out here has no news by the same facts by which a look judges (`sync.waiting`), and counts as
heard of, as with a look.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from mailbox.wall import across_accounts
from sync.hot import OVERDUE
from sync.presence import KEPT_TO
from sync.waiting import Seen


class Waits(NamedTuple):
    """A peer that waits, and what it saw when it last looked."""

    peer_id: uuid.UUID
    seen: Seen


def stirred(waits: Sequence[Waits], *, now: datetime) -> set[uuid.UUID]:
    """Those for whom something may have changed, or whose session is kept open by their waiting.

    The others are noted as heard of.
    """
    told: dict[str, Any] = {
        "peers": [wait.peer_id for wait in waits],
        "states": [wait.seen.account[0] for wait in waits],
        "intervals": [wait.seen.account[1] for wait in waits],
        "edits": [wait.seen.open_edits for wait in waits],
        "now": now,
        "overdue": now - OVERDUE,
        "kept": now - KEPT_TO,
    }
    with across_accounts("who of those that wait has news"), connection.cursor() as cursor:
        cursor.execute(_QUIET, told)
        quiet: list[uuid.UUID] = [peer for (peer,) in cursor.fetchall()]
        cursor.execute(_HEARD, {**told, "quiet": quiet})
    return {wait.peer_id for wait in waits}.difference(quiet)


_QUIET = """
SELECT w.peer
FROM unnest(%(peers)s::uuid[], %(states)s::text[], %(intervals)s::integer[], %(edits)s::integer[])
    AS w (peer, state, interval, edits)
JOIN accounts_peer p ON p.id = w.peer AND p.state = 'active'
JOIN accounts_account a ON a.id = p.account_id
JOIN mailbox_mailbox m ON m.account_id = p.account_id
    AND m.direction = CASE p.role WHEN 'device' THEN 'down' ELSE 'up' END
JOIN mailbox_reader r ON r.mailbox_id = m.id
    AND r.peer_id IS NOT DISTINCT FROM CASE p.role WHEN 'device' THEN p.id END
WHERE r.waiting = 0 AND r.mark = ''
AND w.state = CASE WHEN a.state <> 'suspended' AND a.ends_at <= %(now)s THEN 'expired'
    ELSE a.state END
AND w.interval = 60 * CASE p.role WHEN 'device' THEN a.device_interval ELSE a.server_interval END
AND NOT EXISTS (SELECT FROM sync_command c WHERE c.peer_id = p.id AND c.state = 'requested')
AND NOT EXISTS (SELECT FROM sync_session s WHERE s.peer_id = p.id AND s.result IS NULL
    AND NOT s.implicit)
AND NOT EXISTS (SELECT FROM mailbox_batch b WHERE b.mailbox_id = m.id AND b.state = 'received'
    AND b.received_at < %(overdue)s AND (b.next_try_at IS NULL OR b.next_try_at < %(now)s))
AND (w.edits = 0 OR w.edits <= (
    SELECT count(*) FROM mailbox_outcome o JOIN mailbox_batch b ON b.id = o.batch_id
    JOIN mailbox_mailbox up ON up.id = o.mailbox_id AND up.account_id = p.account_id
    WHERE o.state IN ('waiting', 'collected') AND b.peer_id = p.id
) + (
    SELECT coalesce(sum(b.accepted), 0) FROM mailbox_batch b
    JOIN mailbox_mailbox up ON up.id = b.mailbox_id AND up.account_id = p.account_id
    WHERE b.state = 'received' AND b.peer_id = p.id))
"""
# A device of whom nothing waits is up to date, as with a poll.
_HEARD = """
UPDATE sync_presence pr SET last_contact = greatest(pr.last_contact, %(now)s),
    last_sync = CASE p.role WHEN 'device' THEN greatest(pr.last_sync, %(now)s)
        ELSE pr.last_sync END
FROM accounts_peer p
WHERE p.id = pr.peer_id AND pr.peer_id = ANY(%(quiet)s)
AND (pr.last_contact <= %(kept)s OR pr.last_contact IS NULL
    OR (p.role = 'device' AND (pr.last_sync <= %(kept)s OR pr.last_sync IS NULL)))
"""
