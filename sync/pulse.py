"""Whether the mailbox makes progress: by what it did last and what lies there, not by who lives."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection

from mailbox.wall import across_accounts
from sync.health import BEAT

# Two minutes and the fifteen seconds between two looks of whoever asks: within three minutes.
TICKS_WITHIN = timedelta(minutes=2)
# A name that has not ticked for so long is one that is used no more.
TICKS_KEPT = timedelta(hours=1)
# A batch that fails blocks its mailbox for 75 s; then it is given up.
APPLIED_WITHIN = timedelta(minutes=3)


class Pulse(NamedTuple):
    """Ages, in seconds; None: nothing lies there. `ticks` by the processes' names."""

    ticks: dict[str, float]
    oldest_unapplied: float | None
    oldest_wake_up: float | None

    def trouble(self) -> list[str]:
        """What does not go on, a sentence each; empty: all is well."""
        used = {name: age for name, age in self.ticks.items() if age < TICKS_KEPT.total_seconds()}
        said = [
            f"{name} has made no progress for {age:.0f} s"
            for name, age in sorted(used.items())
            if age > TICKS_WITHIN.total_seconds()
        ]
        if BEAT not in used:
            said.append("beat does not run")
        if not set(used) - {BEAT}:
            said.append("no worker runs")
        if (self.oldest_unapplied or 0) > APPLIED_WITHIN.total_seconds():
            said.append(f"a batch has waited for {self.oldest_unapplied:.0f} s to be applied")
        return said


_PULSE = """
SELECT (SELECT json_object_agg(name, extract(epoch FROM clock_timestamp() - at)) FROM sync_tick),
    (SELECT extract(epoch FROM %(now)s - min(received_at))::float FROM mailbox_batch
     WHERE state = 'received'),
    (SELECT extract(epoch FROM %(now)s - min(due_at))::float FROM sync_pushsubscription
     WHERE due_at <= %(now)s)
"""
# Presence as `sync.presence.state` computes it.
_PEERS = """
SELECT role, presence, count(*) FROM (
    SELECT p.role, CASE
        WHEN pr.last_contact IS NULL THEN 'never'
        WHEN %(now)s <= e.expected THEN 'awake'
        WHEN %(now)s <= e.expected + coalesce(make_interval(mins => a.grace),
            greatest(e.every, interval '10 minutes')) THEN 'late'
        ELSE 'asleep' END AS presence
    FROM accounts_peer p
    JOIN accounts_account a ON a.id = p.account_id
    JOIN sync_presence pr ON pr.peer_id = p.id
    CROSS JOIN LATERAL (SELECT make_interval(mins =>
        CASE p.role WHEN 'server' THEN a.server_interval ELSE a.device_interval END) AS every) i
    CROSS JOIN LATERAL (SELECT i.every, pr.last_contact
        + coalesce(make_interval(secs => pr.next_contact_in), i.every) AS expected) e
    WHERE p.state = 'active'
) told GROUP BY role, presence
"""
_WAITED_FOR = "SELECT count(*) FROM mailbox_reader WHERE waiting > 0"


def take(*, now: datetime) -> Pulse:
    """The pulse as of `now`; one statement, whatever lies in the mailboxes."""
    with across_accounts("whether anything lies too long"), connection.cursor() as cursor:
        cursor.execute(_PULSE, {"now": now})
        ticks, unapplied, wake_up = cursor.fetchone()
    return Pulse(ticks or {}, unapplied, wake_up)


def peers(*, now: datetime) -> dict[tuple[str, str], int]:
    """How many live peers there are, by role and presence; reads every one of them."""
    with connection.cursor() as cursor:
        cursor.execute(_PEERS, {"now": now})
        return {(role, presence): count for role, presence, count in cursor.fetchall()}


def waited_for() -> int:
    """For how many readers something waits; reads every one of them."""
    with across_accounts("how many have mail"), connection.cursor() as cursor:
        cursor.execute(_WAITED_FOR)
        return int(cursor.fetchone()[0])
