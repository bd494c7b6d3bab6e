"""The sessions of an account for people: filtered and page by page, and who collected what when."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet

from accounts.models import Account
from sync.findings.sessions import Sync, sync_of
from sync.models import Session
from sync.sessions import KEPT_FOR

OPEN = "open"


@dataclass(frozen=True)
class Wanted:
    """Which sessions. `result`: one of Session.Result, `open`, or empty for any."""

    peer_id: uuid.UUID | None = None
    result: str = ""
    since: datetime | None = None


@dataclass(frozen=True)
class Told:
    """One session with all that its program told of itself.

    `clock_off`: seconds that its clock was ahead of ours; `slept`: from and until, as told.
    """

    sync: Sync
    implicit: bool
    client_version: str
    batches: int
    clock_off: float | None
    slept: tuple[tuple[str, str], ...]


def page(
    account: Account,
    wanted: Wanted,
    *,
    before: tuple[datetime, uuid.UUID] | None = None,
    limit: int,
) -> list[Sync]:
    """Sessions by their beginning, newest first; `before`: only those behind this one."""
    found = _wanted(account, wanted)
    if before is not None:
        at, session_id = before
        # The plain comparison is what reaches the index.
        found = found.filter(started_at__lte=at).filter(Q(started_at__lt=at) | Q(id__lt=session_id))
    rows = found.select_related("peer").order_by("-started_at", "-id")[:limit]
    return [sync_of(row) for row in rows]


def _wanted(account: Account, wanted: Wanted) -> QuerySet[Session]:
    found = Session.objects.filter(account=account)
    if wanted.peer_id is not None:
        found = found.filter(peer_id=wanted.peer_id)
    if wanted.result:
        found = found.filter(result=None if wanted.result == OPEN else wanted.result)
    if wanted.since is not None:
        found = found.filter(started_at__gte=wanted.since)
    return found


def one(account: Account, session_id: uuid.UUID) -> Told | None:
    """A session of this account; another account's is as unknown as one that never was."""
    row = Session.objects.filter(account=account, pk=session_id).select_related("peer").first()
    if row is None:
        return None
    slept = tuple((gap.get("from", ""), gap.get("until", "")) for gap in row.slept)
    return Told(sync_of(row), row.implicit, row.client_version, row.batches, row.clock_off, slept)


class Collected(NamedTuple):
    """The session in which a device acknowledged a place, and when its last request came."""

    session: uuid.UUID
    began_at: datetime
    last_request_at: datetime


# A session is closed after minutes without a request, so hardly one is open for days.
_LONGEST = timedelta(days=7)
_COLLECTED = """
SELECT p.id, s.id, s.started_at, s.last_request_at FROM accounts_peer p
CROSS JOIN LATERAL (
    SELECT * FROM sync_session s
    WHERE s.peer_id = p.id AND s.started_at >= %s AND s.last_request_at >= %s AND s.place >= %s
    ORDER BY s.started_at LIMIT 1
) s
WHERE p.account_id = %s AND p.role = 'device' AND greatest(%s, p.paired_at) > %s
"""


def first_collections(
    account: Account, place: int, *, taken_at: datetime, now: datetime
) -> dict[uuid.UUID, Collected]:
    """By whom, and in which session first, what got `place` after `taken_at` was collected.

    Nothing of a device whose sessions since then are not all kept: an earlier one may be gone.
    """
    told: Sequence[Any] = [
        taken_at - _LONGEST, taken_at, place, account.pk, taken_at, now - KEPT_FOR,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_COLLECTED, told)
        return {peer_id: Collected(*rest) for peer_id, *rest in cursor.fetchall()}
