"""The one door to the audit trail. The database refuses to change or remove what stands there."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Q

from accounts.models import Account, AuditEvent


class Event(NamedTuple):
    """Something that was done: by whom, and what about it is worth knowing."""

    id: int
    at: datetime
    actor: str
    action: str
    detail: dict[str, Any]


def record(
    *, actor: str, account: Account | None, action: str, now: datetime, **detail: str | int | None
) -> None:
    """Note that `actor` did `action`, in the caller's transaction.

    `actor` is a person's e-mail, `peer:<name>` or `operator`; `detail` holds names, counts
    and ids, never a record's content.
    """
    AuditEvent.objects.create(account=account, at=now, actor=actor, action=action, detail=detail)


def newest(
    account: Account, *, before: tuple[datetime, int] | None = None, limit: int
) -> list[Event]:
    """An account's events, newest first; `before`: only those behind this time and id."""
    events = account.audit_events.order_by("-at", "-id")
    if before is not None:
        at, event_id = before
        # The plain comparison is what reaches the index.
        events = events.filter(at__lte=at).filter(Q(at__lt=at) | Q(id__lt=event_id))
    return [Event(e.pk, e.at, e.actor, e.action, e.detail) for e in events[:limit]]


@contextmanager
def rewriting(reason: str) -> Iterator[None]:
    """In the body, one transaction, events may be changed and removed.

    `reason` says what for, to whoever reads the code: an account that is closed takes its events
    along, and time travel moves them.
    """
    if not reason:
        raise ValueError("Rewriting the audit trail needs a reason.")
    with transaction.atomic():
        _let("yes")
        yield
        if not connection.needs_rollback:
            _let("")  # what follows in a larger transaction is held to the rule again


def _let(word: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.rewrite_audit', %s, true)", [word])
