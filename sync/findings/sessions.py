"""What the sessions tell: the last attempts of each peer, the last syncs of all, the silences."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

from sync.models import Session

GAPS_WITHIN = timedelta(days=7)
GAPS_AT_MOST = 200
TOLD_WITHIN = timedelta(hours=24)
LOOKED_AT = 1000  # sessions of a peer: one that begins them without end slows only its own page
SLEEPS_AT_MOST = 20
LONGEST_SLEEP = timedelta(days=400)  # what is longer was told by a wrong clock


class Attempt(NamedTuple):
    """A session: `sent` and `received` as the mailbox counted; `result` None while it is open."""

    started_at: datetime
    finished_at: datetime | None
    result: str | None
    reason: str
    error_code: str
    error_detail: str
    sent: int
    received: int

    @property
    def at(self) -> datetime:
        """When it ended, or began where it has not."""
        return self.finished_at or self.started_at


class Gap(NamedTuple):
    """A silence of the server that was longer than its interval and grace allow."""

    since: datetime
    until: datetime


class Sleep(NamedTuple):
    """A sleep that a program noticed itself, and what the sync that told of it moved.

    `sent` and `received`: what came late.
    """

    since: datetime
    until: datetime
    sent: int
    received: int


class Told(NamedTuple):
    """What a program told of its machine in the last 24 hours.

    `clock_off`: seconds that its clock was ahead of ours; None: not told. `slept`: newest first.
    """

    clock_off: float | None = None
    slept: tuple[Sleep, ...] = ()


NOTHING = Told()


class Sync(NamedTuple):
    """A session with the peer that held it."""

    id: uuid.UUID
    peer_id: uuid.UUID
    peer_name: str
    role: str
    attempt: Attempt
    last_request_at: datetime


@dataclass(frozen=True)
class Booked:
    """A peer's last two sessions with a result, newest first, and those that last carried data."""

    attempts: tuple[Attempt, ...] = ()
    last_push: Attempt | None = None
    last_collection: Attempt | None = None


NONE = Booked()

_COLUMNS = (
    "s.started_at, s.finished_at, s.result, s.reason, s.error_code, s.error_detail, s.sent,"
    " s.received"
)
# Each branch is one step into the index on (peer, started_at), however many sessions there are.
_OF_PEERS = f"""
SELECT p.id, f.what, f.*
FROM accounts_peer p
LEFT JOIN sync_presence pr ON pr.peer_id = p.id
CROSS JOIN LATERAL (
    (SELECT 'attempt' AS what, {_COLUMNS} FROM sync_session s
     WHERE s.peer_id = p.id AND s.result IS NOT NULL ORDER BY s.started_at DESC LIMIT 2)
    UNION ALL
    (SELECT 'push', {_COLUMNS} FROM sync_session s
     WHERE s.peer_id = p.id AND s.started_at <= pr.last_sent AND s.sent > 0
     ORDER BY s.started_at DESC LIMIT 1)
    UNION ALL
    (SELECT 'collection', {_COLUMNS} FROM sync_session s
     WHERE s.peer_id = p.id AND s.started_at <= pr.last_received AND s.received > 0
     ORDER BY s.started_at DESC LIMIT 1)
) f
WHERE p.account_id = %s
ORDER BY p.id, f.started_at DESC
"""


def of_peers(account_id: int) -> dict[uuid.UUID, Booked]:
    """The sessions of every peer of an account that people are told about."""
    found: dict[uuid.UUID, dict[str, list[Attempt]]] = {}
    for peer_id, what, _, *facts in _rows(_OF_PEERS, [account_id]):
        found.setdefault(peer_id, {}).setdefault(what, []).append(Attempt(*facts))
    return {
        peer_id: Booked(
            tuple(kinds.get("attempt", ())),
            next(iter(kinds.get("push", ())), None),
            next(iter(kinds.get("collection", ())), None),
        )
        for peer_id, kinds in found.items()
    }


def newest(account_id: int, *, limit: int = 10) -> list[Sync]:
    """The newest sessions of an account, whoever held them."""
    rows = (
        Session.objects.filter(account_id=account_id)
        .select_related("peer")
        .order_by("-started_at")[:limit]
    )
    return [sync_of(row) for row in rows]


def sync_of(row: Session) -> Sync:
    """A session as it is shown; its peer is to be selected with it."""
    return Sync(
        row.pk,
        row.peer_id,
        row.peer.name,
        row.peer.role,
        Attempt(
            row.started_at,
            row.finished_at,
            row.result,
            row.reason,
            row.error_code,
            row.error_detail,
            row.sent,
            row.received,
        ),
        row.last_request_at,
    )


_TOLD = f"""
SELECT p.id, clock.clock_off, sleep.since, sleep.until, sleep.sent, sleep.received
FROM accounts_peer p
LEFT JOIN LATERAL (
    SELECT s.clock_off FROM (
        SELECT * FROM sync_session WHERE peer_id = p.id AND started_at > %(since)s
        ORDER BY started_at DESC LIMIT {LOOKED_AT}
    ) s WHERE s.clock_off IS NOT NULL ORDER BY s.started_at DESC LIMIT 1
) clock ON true
LEFT JOIN LATERAL (
    SELECT g.since, g.until, s.sent, s.received FROM (
        SELECT * FROM sync_session WHERE peer_id = p.id AND started_at > %(since)s
        ORDER BY started_at DESC LIMIT {LOOKED_AT}
    ) s
    CROSS JOIN LATERAL (
        SELECT (gap ->> 'from')::timestamptz AS since, (gap ->> 'until')::timestamptz AS until
        FROM jsonb_array_elements(s.slept) gap
    ) g
    WHERE s.slept <> '[]' AND g.until > g.since AND g.until < %(now)s + interval '1 day'
        AND g.until - g.since < %(longest)s
    ORDER BY g.until DESC LIMIT {SLEEPS_AT_MOST}
) sleep ON true
WHERE p.account_id = %(account)s AND p.state = 'active'
"""


def told_by(account_id: int, *, now: datetime) -> dict[uuid.UUID, Told]:
    """What each live peer told of its own clock and sleep."""
    found: dict[uuid.UUID, Told] = {}
    told = {"account": account_id, "since": now - TOLD_WITHIN, "now": now, "longest": LONGEST_SLEEP}
    rows = _rows(_TOLD, told)
    for peer_id, clock_off, *sleep in rows:
        before = found[peer_id].slept if peer_id in found else ()
        found[peer_id] = Told(clock_off, (*before, Sleep(*sleep)) if sleep[0] else before)
    return found


_GAPS = f"""
SELECT heard, next FROM (
    SELECT s.last_request_at AS heard,
        lead(s.started_at) OVER (ORDER BY s.started_at) AS next
    FROM sync_session s JOIN accounts_peer p ON p.id = s.peer_id
    WHERE p.account_id = %s AND p.role = 'server' AND p.state = 'active' AND s.started_at > %s
) g WHERE next - heard > %s ORDER BY heard DESC LIMIT {GAPS_AT_MOST}
"""


def gaps_of_server(account_id: int, allowed: timedelta, *, now: datetime) -> tuple[Gap, ...]:
    """The live server's silences of the last week, newest first, without the present one."""
    rows = _rows(_GAPS, [account_id, now - GAPS_WITHIN, allowed])
    return tuple(Gap(*row) for row in rows)


def _rows(sql: str, parameters: Sequence[Any] | Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: Sequence[tuple[Any, ...]] = cursor.fetchall()
    return rows
