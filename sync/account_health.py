"""Account health: each account's worst finding, cached for lists of many.

An account is looked at when something happened to it (`touch`), when its own facts say that time
alone may change it, and now and then. Only the sweep looks, a slice at a time, so that no request
and no apply pays for it; where it falls behind, lists are older, and nothing else is.
"""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Case, F, Value, When

from accounts.models import Account
from sync import claims, notices, silences
from sync.findings.catalogue import findings, rank
from sync.findings.facts import AccountFacts, gather
from sync.findings.sentence import verdict
from sync.findings.syncing import NEVER_AFTER
from sync.models import AccountHealth
from sync.wakeups import subscriptions

AT_ONCE = 50
FOR_SECONDS = 10.0
# Whoever claimed a slice and died: its accounts are due again after this.
CLAIMED_FOR = timedelta(minutes=5)
# At the latest; trouble sooner, for its end may be told by nothing else.
WELL_FOR = timedelta(hours=1)
TROUBLED_FOR = timedelta(minutes=10)
# Longer than the sweep's interval, so that none is overlooked.
HEARD_WITHIN = timedelta(minutes=2)


def touch(account_id: int, *, now: datetime) -> None:
    """Have an account looked at by the next sweep: something happened to it."""
    AccountHealth.objects.filter(pk=account_id, due_at__gt=now).update(due_at=now)


def check_due(*, now: datetime) -> int:
    """Look at every account that is due, for a span of time at most; how many."""
    _begin_with_new(now)
    _touch_troubled_that_called(now)
    until, checked = time.monotonic() + FOR_SECONDS, 0
    while time.monotonic() < until:
        claimed_until = now + CLAIMED_FOR
        accounts = _claim(now, claimed_until)
        if not accounts:
            break
        for account in accounts:
            check(account, claimed_until=claimed_until, now=now)
        checked += len(accounts)
    return checked


def check(account: Account, *, claimed_until: datetime, now: datetime) -> None:
    """Look at an account and keep what was found. A touch meanwhile has it looked at again."""
    facts = gather(account, now=now)
    silences.note(facts, account.pk, now=now)
    found = findings(facts, now)
    notices.note(account, facts, found, now=now)
    if any(peer.wake_up and peer.wake_up.forgotten for peer in facts.devices):
        subscriptions.look_soon(account.pk, now=now)  # a worker of the release before planned none
    said = verdict(facts, found, now)
    untouched = When(due_at=claimed_until, then=Value(_next_look(facts, bool(found), now)))
    AccountHealth.objects.filter(pk=account.pk).update(
        worst=said.code,
        severity=found[0].severity if found else "",
        rank=rank(found),
        findings=len(found),
        waiting=sum(peer.waiting.total for peer in facts.live),
        checked_at=now,
        due_at=Case(untouched, default=F("due_at")),
    )


def _next_look(facts: AccountFacts, troubled: bool, now: datetime) -> datetime:
    """The first moment at which time alone may change what was found."""
    moments = [now + (TROUBLED_FOR if troubled else WELL_FOR)]
    for peer in facts.live:
        never = peer.paired_at + NEVER_AFTER if peer.contacts.last_sync is None else None
        moments += filter(None, (peer.contacts.asleep_from, never))
    if facts.ends_at is not None:
        moments.append(facts.ends_at)
    return min(moment for moment in moments if moment > now)


def _begin_with_new(now: datetime) -> None:
    """A row for every account that has none yet, as those of the release before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO sync_accounthealth (account_id, worst, severity, rank, findings, waiting,"
            " due_at) SELECT a.id, '', '', 0, 0, 0, %s FROM accounts_account a"
            " WHERE NOT EXISTS (SELECT FROM sync_accounthealth h WHERE h.account_id = a.id)"
            " LIMIT 1000 ON CONFLICT DO NOTHING",
            [now],
        )


def _touch_troubled_that_called(now: datetime) -> None:
    """What is mended is mended by a program that calls, and tells nobody of it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE sync_accounthealth h SET due_at = %(now)s"
            " FROM sync_presence pr JOIN accounts_peer p ON p.id = pr.peer_id"
            " WHERE pr.last_contact > %(since)s AND h.account_id = p.account_id"
            " AND h.due_at > %(now)s AND h.checked_at < pr.last_contact"
            " AND (h.worst <> '' OR EXISTS (SELECT FROM sync_silence s"
            "  WHERE s.peer_id = pr.peer_id AND s.ended_at IS NULL))",
            {"now": now, "since": now - HEARD_WITHIN},
        )


def _claim(now: datetime, until: datetime) -> Sequence[Account]:
    """The accounts that were due first, for this sweep alone."""
    ids = claims.due("sync_accounthealth", "account_id", now=now, until=until, at_most=AT_ONCE)
    return list(Account.objects.filter(pk__in=ids))
