"""Batches that failed for good."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from mailbox import locks
from mailbox.models import Batch, Mailbox
from mailbox.wall import across_accounts

RECENT = timedelta(days=30)


def newest_of_servers(*, now: datetime) -> Sequence[tuple[int, datetime]]:
    """Accounts whose server's batches failed in the last 30 days, and when the newest did."""
    rows = (
        Batch.objects.filter(
            state=Batch.State.FAILED,
            final_at__gt=now - RECENT,
            mailbox__direction=Mailbox.Direction.DOWN,
        )
        .values_list("mailbox__account_id")
        .annotate(newest=Max("final_at"))
    )
    with across_accounts("whose server is to be asked to resend"):
        return [(account_id, newest) for account_id, newest in rows]


def retry(account_id: int, device_id: uuid.UUID, *, now: datetime) -> int | None:
    """Put a device's failed batches back among the received ones, as if they had just come.

    Their mailbox, None where none has failed. A server's are not tried again: it is asked to
    resend all, and by then these versions may be older than what the mailbox has forgotten.
    """
    up = Mailbox.objects.get(account_id=account_id, direction=Mailbox.Direction.UP)
    with transaction.atomic():
        locks.lock(up.pk)  # as whoever gives a batch up or applies one
        failed = Batch.objects.filter(mailbox=up, peer_id=device_id, state=Batch.State.FAILED)
        again = failed.update(
            state=Batch.State.RECEIVED, received_at=now, tries=0, next_try_at=None, final_at=None
        )
    return up.pk if again else None
