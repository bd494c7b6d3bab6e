"""Sessions: one sync of one peer, explicit (the client's) or implicit (the mailbox's own)."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Subquery

from accounts.database import prepared
from accounts.models import Peer
from sync import account_health, commands, presence
from sync.forget import older
from sync.hot import Caller
from sync.models import Presence, Session

IDLE = timedelta(minutes=15)
IMPLICIT_IDLE = timedelta(minutes=2)
IMPLICIT_REASON = "implicit"
KEPT_FOR = timedelta(days=90)


@dataclass(frozen=True)
class Start:
    """What a client tells when its sync begins. `pending`: own changes not accepted yet."""

    reason: str
    client_version: str = ""
    now: datetime | None = None
    next_contact_in: int | None = None
    pending: int | None = None
    slept: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True)
class Finish:
    """How a client says that its sync ended."""

    result: str
    error_code: str = ""
    error_detail: str = ""
    sent: int | None = None
    received: int | None = None
    pending: int | None = None


@dataclass(frozen=True)
class Booking:
    """What one request did, to be noted on a session and on the peer's presence.

    `place`: up to where it acknowledged.
    """

    session: str | None
    sent: int = 0
    received: int = 0
    batches: int = 0
    place: int | None = None
    synced: bool = False


def start(caller: Caller, begun: Start, *, now: datetime) -> uuid.UUID:
    """Open a session; one that is still open ends here."""
    with transaction.atomic():
        if begun.client_version:
            told = Peer.objects.filter(pk=caller.peer_id)
            told.exclude(client_version=begun.client_version).update(
                client_version=begun.client_version
            )
        session = _open(
            caller,
            now,
            reason=begun.reason,
            client_version=begun.client_version,
            clock_off=(begun.now - now).total_seconds() if begun.now else None,
            slept=list(begun.slept),
        )
        facts: dict[str, object] = {
            "last_contact": now,
            "next_contact_in": begun.next_contact_in,
        }
        if begun.pending is not None:
            facts |= {"pending": begun.pending, "pending_at": now}
        Presence.objects.filter(peer_id=caller.peer_id).update(**facts)
    return session.id


def finish(session: Session, ended: Finish, *, now: datetime) -> str:
    """End an open session; the result that counts is returned, the first one stays."""
    with transaction.atomic():
        mine = Session.objects.filter(pk=session.pk, result=None).update(
            result=ended.result,
            finished_at=now,
            last_request_at=now,
            error_code=ended.error_code,
            error_detail=ended.error_detail,
            client_counts={"sent": ended.sent, "received": ended.received},
        )
        if not mine:
            session.refresh_from_db(fields=["result"])
            return str(session.result)
        commands.end_sync_now(session.peer_id, now=now)
        facts: dict[str, object] = {"last_contact": now}
        if ended.pending is not None:
            facts |= {"pending": ended.pending, "pending_at": now}
        if ended.result == Session.Result.OK and session.peer.role == "server":
            facts["last_sync"] = now
        Presence.objects.filter(peer_id=session.peer_id).update(**facts)
        account_health.touch(session.account_id, now=now)
    return ended.result


# Presence only with a session: without one it would be locked first, against everybody's order,
# while the session is begun that is booked on instead.
_BOOK = """
WITH booked AS (
    UPDATE sync_session SET sent = sent + %(sent)s, received = received + %(received)s,
        batches = batches + %(batches)s, place = greatest(place, %(place)s::bigint),
        last_request_at = greatest(last_request_at, %(now)s)
    WHERE id = %(session)s AND result IS NULL RETURNING id
), noted AS (
    UPDATE sync_presence SET last_contact = greatest(last_contact, %(now)s),
        last_sync = CASE WHEN %(synced)s THEN greatest(last_sync, %(now)s) ELSE last_sync END,
        last_sent = CASE WHEN %(sent)s > 0 THEN %(now)s ELSE last_sent END,
        last_received = CASE WHEN %(received)s > 0 THEN %(now)s ELSE last_received END
    WHERE peer_id = %(peer)s AND EXISTS (SELECT FROM booked)
)
SELECT id FROM booked
"""


def book(caller: Caller, booking: Booking, *, now: datetime) -> None:
    """Book a request on the session it names, or on an implicit one: one statement if open."""
    session = _target(caller, booking.session, now)
    if session is not None and _booked(caller, session, booking, now):
        return
    with transaction.atomic():
        session = _open_implicit(caller, now)
        _booked(caller, session, booking, now)


def _target(caller: Caller, named: str | None, now: datetime) -> uuid.UUID | None:
    """The open session to book on, from what authentication saw; None: an implicit one is due."""
    open_id, last = caller.session_id, caller.session_last_request
    if open_id is None or last is None:
        return None
    idle = now - last
    if caller.session_implicit:
        return open_id if idle < IMPLICIT_IDLE else None
    return open_id if _is_named(open_id, named) and idle < IDLE else None


def _booked(caller: Caller, session: uuid.UUID, booking: Booking, now: datetime) -> bool:
    implicit_sync = (
        caller.role == "server"
        and booking.batches > 0
        and (caller.session_id != session or bool(caller.session_implicit))
    )
    told = {
        "session": session,
        "peer": caller.peer_id,
        "sent": booking.sent,
        "received": booking.received,
        "batches": booking.batches,
        "place": booking.place,
        "synced": booking.synced or implicit_sync,
        "now": now,
    }
    return bool(prepared(_BOOK, told))


def _open_implicit(caller: Caller, now: datetime) -> uuid.UUID:
    return _open(caller, now, reason=IMPLICIT_REASON, implicit=True).id


def _open(caller: Caller, now: datetime, **facts: object) -> Session:
    """A fresh session in the place of the open one. Of requests at once the last one's stays."""
    while True:
        close_open(caller.peer_id, now=now)
        try:
            with transaction.atomic():
                return Session.objects.create(
                    peer_id=caller.peer_id,
                    account_id=caller.account_id,
                    started_at=now,
                    last_request_at=now,
                    **facts,
                )
        except IntegrityError:
            continue  # another request of this peer opened one since the look: close that too


def _is_named(session: uuid.UUID, named: str | None) -> bool:
    try:
        return named is not None and uuid.UUID(named) == session
    except ValueError:
        return False


def close_open(peer_id: uuid.UUID, *, now: datetime) -> None:
    """End a peer's open session, because another begins: implicit `ok`, else `interrupted`."""
    opened = Session.objects.filter(peer_id=peer_id, result=None)
    opened.filter(implicit=True).update(result=Session.Result.OK, finished_at=now)
    opened.filter(implicit=False).update(result=Session.Result.INTERRUPTED, finished_at=now)


def end_idle(*, now: datetime) -> int:
    """End every session that was idle too long; the count of those ended."""
    opened = Session.objects.filter(result=None)
    ended = opened.filter(implicit=True, last_request_at__lte=now - IMPLICIT_IDLE).update(
        result=Session.Result.OK, finished_at=now
    )
    return ended + opened.filter(implicit=False, last_request_at__lte=now - IDLE).update(
        result=Session.Result.INTERRUPTED, finished_at=now
    )


def forget(*, now: datetime) -> int:
    """Delete sessions that ended more than 90 days ago, but every peer's last two; how many.

    The last two attempts are what tells that a peer fails.
    """
    ended = Session.objects.filter(peer=OuterRef("peer"), result__isnull=False)
    last_but_one = ended.order_by("-started_at").values("started_at")[1:2]
    rows = Session.objects.filter(started_at__lt=Subquery(last_but_one))
    return older(rows, by="finished_at", than=now - KEPT_FOR)


def end_if_idle(session: Session, *, now: datetime) -> None:
    """End this session if it was idle too long: a late finish then finds it interrupted."""
    if session.result is None and now - session.last_request_at >= IDLE:
        Session.objects.filter(pk=session.pk, result=None).update(
            result=Session.Result.INTERRUPTED, finished_at=session.last_request_at + IDLE
        )
        session.refresh_from_db(fields=["result"])


# `kept` is asked for, so that it runs first: the session's row is locked before the presence's,
# as everywhere.
_TOUCH = """
WITH kept AS (
    UPDATE sync_session SET last_request_at = greatest(last_request_at, %(now)s)
    WHERE peer_id = %(peer)s AND result IS NULL AND NOT implicit AND last_request_at > %(idle)s
    RETURNING id
)
UPDATE sync_presence SET last_contact = greatest(last_contact, %(now)s),
    last_sync = CASE WHEN %(synced)s THEN greatest(last_sync, %(now)s) ELSE last_sync END
WHERE peer_id = %(peer)s AND (SELECT count(*) FROM kept) >= 0
"""


def contact(caller: Caller, *, now: datetime, synced: bool) -> None:
    """Note any request of a peer, at most once a minute; its explicit session stays open by it.

    An implicit one lives by what is booked on it alone: polls would keep it open for ever.
    """
    if presence.is_due(caller.last_contact, now) or (
        synced and presence.is_due(caller.last_sync, now)
    ):
        told = {"peer": caller.peer_id, "now": now, "idle": now - IDLE, "synced": synced}
        prepared(_TOUCH, told)
