"""When something came into an account's mailboxes: for a picture of days, not for counting."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from mailbox.wall import acting_for

WITHIN = timedelta(minutes=30)
HALF_HOUR = f"date_bin('{WITHIN.total_seconds()} s', {{at}}, %(since)s)"

# Reads the batches that the mailbox still knows, thirty days of them, and no change.
_ARRIVALS = f"""
SELECT m.direction, min(b.received_at)
FROM mailbox_batch b JOIN mailbox_mailbox m ON m.id = b.mailbox_id
WHERE m.account_id = %(account)s AND b.received_at >= %(since)s
    AND b.state = 'applied' AND b.applied > 0
GROUP BY m.direction, {HALF_HOUR.format(at="b.received_at")}
ORDER BY 2
"""


@dataclass(frozen=True)
class Arrivals:
    """The first batch of each half hour that brought something, oldest first.

    `down` waits for every device, `up` for the server.
    """

    down: tuple[datetime, ...] = ()
    up: tuple[datetime, ...] = ()


def arrivals(account_id: int, *, since: datetime) -> Arrivals:
    """What came since then, in one statement."""
    with acting_for(account_id), connection.cursor() as cursor:
        cursor.execute(_ARRIVALS, {"account": account_id, "since": since})
        rows = cursor.fetchall()
    return Arrivals(*(tuple(at for to, at in rows if to == way) for way in ("down", "up")))
