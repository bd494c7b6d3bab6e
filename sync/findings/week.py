"""Seven days of an account, a lane a live peer: its syncs, its silences, and what waited for it.

What cannot be known is not said. A device may ask for mail without a session: of its earlier
silences those are told that were noticed while they lasted.
"""

import uuid
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.utils.dateparse import parse_datetime

from accounts.models import Peer
from mailbox.arrivals import HALF_HOUR, WITHIN, arrivals
from sync.findings import wake_ups
from sync.findings.facts import AccountFacts, PeerFacts
from sync.findings.sessions import LONGEST_SLEEP
from sync.models import Session, Silence

SLEEPS_READ = 200


class Stretch(NamedTuple):
    """From one moment until another."""

    since: datetime
    until: datetime


class Syncs(NamedTuple):
    """A peer's sessions that began within one half hour, and what they carried.

    `collecting`: from the first one's beginning that received something to the last one's end.
    """

    began: datetime
    ended: datetime
    sessions: int
    failed: int
    sent: int
    received: int
    collecting: Stretch | None


@dataclass(frozen=True)
class Lane:
    """A live server or device. Stretches are in order; those of one sort do not overlap."""

    peer: PeerFacts
    syncs: tuple[Syncs, ...]
    silent: tuple[Stretch, ...]
    slept: tuple[Stretch, ...]
    waited: tuple[Stretch, ...]
    wake_ups: tuple[datetime, ...]


def lanes(
    facts: AccountFacts, account_id: int, *, since: datetime, now: datetime
) -> tuple[Lane, ...]:
    """The server's lane, then each device's; five statements, however much went to and fro."""
    synced, before = _syncs(account_id, since)
    came = arrivals(account_id, since=since)
    slept = _sleeps(account_id, since)
    asleep = _noticed(account_id, since)
    woken = wake_ups.sent_since(account_id, since)
    return tuple(
        Lane(
            peer=peer,
            syncs=tuple(syncs := synced.get(peer.id, [])),
            silent=_within(
                _silences(peer, before.get(peer.id), syncs, asleep.get(peer.id, ()), now),
                since,
                now,
            ),
            slept=_within(slept.get(peer.id, ()), since, now),
            waited=_within(
                _waits(peer, came.up if peer.role == Peer.Role.SERVER else came.down, syncs, now),
                since,
                now,
            ),
            wake_ups=tuple(woken.get(peer.id, ())),
        )
        for peer in facts.server_first
    )


# The second branch is one step into an index a peer: its last session before these days.
_SYNCS = f"""
SELECT s.peer_id, min(s.started_at) AS began, max(s.last_request_at), count(*),
    count(*) FILTER (WHERE s.result = 'failed'), sum(s.sent)::bigint, sum(s.received)::bigint,
    min(s.started_at) FILTER (WHERE s.received > 0),
    max(s.last_request_at) FILTER (WHERE s.received > 0)
FROM sync_session s
WHERE s.account_id = %(account)s AND s.started_at >= %(since)s
GROUP BY s.peer_id, {HALF_HOUR.format(at="s.started_at")}
UNION ALL
SELECT p.id, l.started_at, l.last_request_at, 0, 0, 0, 0, NULL, NULL
FROM accounts_peer p CROSS JOIN LATERAL (
    SELECT s.started_at, s.last_request_at FROM sync_session s
    WHERE s.peer_id = p.id AND s.started_at < %(since)s ORDER BY s.started_at DESC LIMIT 1
) l
WHERE p.account_id = %(account)s
ORDER BY 1, 2
"""


def _syncs(
    account_id: int, since: datetime
) -> tuple[dict[uuid.UUID, list[Syncs]], dict[uuid.UUID, datetime]]:
    """The half hours with sessions by peer, and the end of the last session before them."""
    synced: dict[uuid.UUID, list[Syncs]] = {}
    before: dict[uuid.UUID, datetime] = {}
    with connection.cursor() as cursor:
        cursor.execute(_SYNCS, {"account": account_id, "since": since})
        for peer, began, ended, count, failed, sent, received, first, last in cursor.fetchall():
            if not count:
                before[peer] = ended
                continue
            collecting = Stretch(first, last) if first else None
            found = Syncs(began, ended, count, failed, sent, received, collecting)
            synced.setdefault(peer, []).append(found)
    return synced, before


def _sleeps(account_id: int, since: datetime) -> dict[uuid.UUID, list[Stretch]]:
    """What programs reported of their machines' sleep, by peer; the newest reports are read."""
    reports = (
        Session.objects.filter(account_id=account_id, started_at__gte=since)
        .exclude(slept=[])
        .order_by("-started_at")
        .values_list("peer_id", "slept")[:SLEEPS_READ]
    )
    found: dict[uuid.UUID, list[Stretch]] = {}
    for peer, slept in reports:
        found.setdefault(peer, []).extend(_reported(slept))
    return found


def _reported(slept: Sequence[dict[str, Any]]) -> Iterator[Stretch]:
    for gap in slept:
        begun, ended = parse_datetime(gap["from"]), parse_datetime(gap["until"])
        if begun and ended and ended - begun <= LONGEST_SLEEP:
            yield Stretch(begun, ended)


def _noticed(account_id: int, since: datetime) -> dict[uuid.UUID, list[Stretch]]:
    """The silences that were noticed and have ended, by peer."""
    found: dict[uuid.UUID, list[Stretch]] = {}
    ended = Silence.objects.filter(peer__account_id=account_id, ended_at__gt=since)
    for peer, begun, end in ended.values_list("peer_id", "began_at", "ended_at"):
        if end is not None:
            found.setdefault(peer, []).append(Stretch(begun, end))
    return found


def _silences(
    peer: PeerFacts,
    before: datetime | None,
    syncs: Sequence[Syncs],
    noticed: Iterable[Stretch],
    now: datetime,
) -> Iterator[Stretch]:
    """Where a server was silent for longer than it may be; what was noticed; what still lasts."""
    contacts = peer.contacts
    if peer.role == Peer.Role.SERVER:
        rhythm = timedelta(seconds=contacts.next_contact_in or 0) or contacts.interval
        allowed = max(rhythm, contacts.interval) + contacts.grace
        heard = before
        for sync in syncs:
            if heard is not None and sync.began - heard > allowed:
                yield Stretch(heard, sync.began)
            heard = max(heard, sync.ended) if heard else sync.ended
    yield from noticed
    if contacts.last_contact is not None and peer.presence(now) == "asleep":
        yield Stretch(contacts.last_contact, now)


def _waits(
    peer: PeerFacts, came: Sequence[datetime], syncs: Sequence[Syncs], now: datetime
) -> Iterator[Stretch]:
    """From what came after one collection to the beginning of the next; shorter ones are usual.

    What waits now is known to the moment: `since` is when the reader's waiting last left zero.
    """
    emptied = peer.paired_at
    for collecting in (sync.collecting for sync in syncs):
        if collecting is None:
            continue
        nth = bisect_right(came, emptied)
        if nth < len(came) and collecting.since - came[nth] >= WITHIN:
            yield Stretch(came[nth], collecting.since)
        emptied = collecting.until
    if peer.waiting.since is not None:
        yield Stretch(peer.waiting.since, now)


def _within(stretches: Iterable[Stretch], since: datetime, until: datetime) -> tuple[Stretch, ...]:
    """Cut to these days, in order, each moment once."""
    told: list[Stretch] = []
    for begun, ended in sorted(stretches):
        begun, ended = max(begun, since), min(ended, until)
        if told and begun <= told[-1].until:
            told[-1] = Stretch(told[-1].since, max(told[-1].until, ended))
        elif begun < ended:
            told.append(Stretch(begun, ended))
    return tuple(told)
