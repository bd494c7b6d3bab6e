"""How each device can be woken, and what became of the last try."""

import uuid
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from sync.wakeups import ladder


class WakeUp(NamedTuple):
    """How a silent device can be reached. `works`: it holds a push subscription that does.

    `sent_at`: when the last wake-up was tried; `result`: what became of it at the push service, as
    `sync.models.WakeUp.Result` has it, with its `status`. `next_at`: when the next one goes out, if
    it does not call before; `forgotten`: nobody has planned to look whether it does.
    """

    works: bool
    sent_at: datetime | None = None
    result: str = ""
    status: int | None = None
    next_at: datetime | None = None
    forgotten: bool = False


class Stands(NamedTuple):
    """A device's subscription, if it has one, and its last wake-up, if there was one."""

    works: bool = False
    asked_at: datetime | None = None
    last_sent: datetime | None = None
    paused_until: datetime | None = None
    tried_at: datetime | None = None
    result: str | None = None
    status: int | None = None
    due_at: datetime | None = None

    def wake_up(
        self, *, since: datetime | None, unfetched: datetime | None, heard: datetime | None,
        now: datetime,
    ) -> WakeUp:  # fmt: skip
        """`since`: when what waits began to, `unfetched`: when what it is asked for was."""
        reasons = ladder.reasons(waiting=since, asked=unfetched, wished=self.asked_at)
        step = ladder.next_step(
            reasons, heard=heard, sent=self.last_sent, paused=self.paused_until, now=now
        )
        next_at = max(step, now) if step and self.works else None
        return WakeUp(
            self.works,
            self.tried_at,
            self.result or "",
            self.status,
            next_at,
            forgotten=next_at is not None and self.due_at is None,
        )


def of_devices(account_id: int) -> dict[uuid.UUID, Stands]:
    """What stands in the way of waking each live device, or does not, by their ids."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDS, [account_id])
        return {peer: Stands(*row) for peer, *row in cursor.fetchall()}


def sent_since(account_id: int, since: datetime) -> dict[uuid.UUID, list[datetime]]:
    """When wake-ups were sent that may have arrived, by device."""
    with connection.cursor() as cursor:
        cursor.execute(_SENT, {"account": account_id, "since": since})
        sent: dict[uuid.UUID, list[datetime]] = {}
        for peer, at in cursor.fetchall():
            sent.setdefault(peer, []).append(at)
        return sent


_STANDS = """
SELECT p.id, s.peer_id IS NOT NULL AND s.gone_at IS NULL, s.asked_at, s.sent_at, s.paused_until,
    w.sent_at, w.result, w.status, s.due_at
FROM accounts_peer p
LEFT JOIN sync_pushsubscription s ON s.peer_id = p.id
LEFT JOIN LATERAL (
    SELECT w.sent_at, w.result, w.status FROM sync_wakeup w WHERE w.peer_id = p.id
    ORDER BY w.sent_at DESC LIMIT 1
) w ON true
WHERE p.account_id = %s AND p.role = 'device' AND p.state = 'active'
"""
_SENT = """
SELECT w.peer_id, w.sent_at FROM sync_wakeup w JOIN accounts_peer p ON p.id = w.peer_id
WHERE p.account_id = %(account)s AND w.sent_at >= %(since)s
AND w.result IN ('accepted', 'unanswered') ORDER BY w.sent_at
"""
