"""Commands: what a peer is asked to do, from request to the end."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from sync.models import Command, Session

UNFETCHED_FOR = timedelta(days=30)

ALLOWED = {
    "server": (Command.Do.RESEND_ALL, Command.Do.SYNC_NOW),
    "device": (Command.Do.ERASE, Command.Do.SYNC_NOW),
}


class Asked(NamedTuple):
    """A command as people see it: who asked for what, and how far it has come."""

    do: str
    state: str
    requested_at: datetime
    requested_by: str
    fetched_at: datetime | None
    ended_at: datetime | None
    detail: str

    @property
    def pending(self) -> bool:
        return self.state in Command.PENDING


def newest(peer_id: uuid.UUID, *, limit: int = 20) -> list[Asked]:
    """What a peer was asked for, newest first."""
    rows = Command.objects.filter(peer_id=peer_id).order_by("-requested_at")[:limit]
    return [
        Asked(c.do, c.state, c.requested_at, c.requested_by, c.fetched_at, c.ended_at, c.detail)
        for c in rows
    ]


def ask(peer_id: uuid.UUID, do: str, *, by: str, now: datetime) -> Command:
    """Ask a peer for something; asked twice while it is pending, it is one."""
    pending = Command.objects.filter(peer_id=peer_id, do=do, state__in=Command.PENDING)
    found = pending.first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return Command.objects.create(peer_id=peer_id, do=do, requested_at=now, requested_by=by)
    except IntegrityError:  # asked for by somebody else since the look
        return pending.get()


def ask_anew(peer_id: uuid.UUID, do: str, *, by: str, now: datetime) -> Command:
    """Ask for what has to begin after now: one that the peer has begun already answers no longer.

    Else the `done` of work that began before the reason for this one would end it.
    """
    Command.objects.filter(peer_id=peer_id, do=do, state=Command.State.FETCHED).update(
        state=Command.State.SUPERSEDED, ended_at=now
    )
    return ask(peer_id, do, by=by, now=now)


def note_fetched(ids: Sequence[str], *, now: datetime) -> None:
    """The first answer that held them is on its way."""
    Command.objects.filter(id__in=ids, fetched_at=None, state=Command.State.REQUESTED).update(
        fetched_at=now, state=Command.State.FETCHED
    )


def end(command: Command, *, ok: bool, detail: str, now: datetime) -> bool:
    """A peer says that it is done or failed; False where it had ended already.

    A failed `erase` stays pending: a lost phone must not talk itself out of it.
    """
    pending = Command.objects.filter(pk=command.pk, state__in=Command.PENDING)
    if not ok and command.do == Command.Do.ERASE:
        pending.update(detail=detail)
        return False
    state = Command.State.DONE if ok else Command.State.FAILED
    return bool(pending.update(state=state, ended_at=now, detail=detail))


def end_sync_now(peer_id: uuid.UUID, *, now: datetime) -> None:
    """A finished session is what `sync-now` asked for."""
    Command.objects.filter(
        peer_id=peer_id, do=Command.Do.SYNC_NOW, state__in=Command.PENDING, requested_at__lt=now
    ).update(state=Command.State.DONE, ended_at=now)


def end_served_sync_now(*, now: datetime) -> int:
    """End `sync-now` where a session ended since that was active after the asking, implicit too."""
    served = Session.objects.filter(
        peer=OuterRef("peer"), result__isnull=False, last_request_at__gt=OuterRef("requested_at")
    )
    return (
        Command.objects.filter(do=Command.Do.SYNC_NOW, state=Command.State.FETCHED)
        .filter(Exists(served))
        .update(state=Command.State.DONE, ended_at=now)
    )


def supersede_unfetched(*, now: datetime) -> int:
    """Give up what nobody fetched for 30 days, but never an `erase`."""
    return (
        Command.objects.filter(state=Command.State.REQUESTED, requested_at__lte=now - UNFETCHED_FOR)
        .exclude(do=Command.Do.ERASE)
        .update(state=Command.State.SUPERSEDED, ended_at=now)
    )


def supersede_all(peer_id: uuid.UUID, *, now: datetime) -> None:
    """A peer has ended; nobody is left to do it."""
    Command.objects.filter(peer_id=peer_id, state__in=Command.PENDING).update(
        state=Command.State.SUPERSEDED, ended_at=now
    )
