"""Batches that failed for good."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Max

from mailbox.models import Batch, Mailbox
from mailbox.wall import across_accounts, acting_for

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


def retry(account_id: int, peer_id: uuid.UUID, *, now: datetime) -> int:
    """Put a peer's failed batches back among the received ones, as if they had just come.

    How many. Their content has stayed; versions that are outdated meanwhile count as stale.
    """
    with acting_for(account_id):
        return Batch.objects.filter(peer_id=peer_id, state=Batch.State.FAILED).update(
            state=Batch.State.RECEIVED, received_at=now, tries=0, next_try_at=None, final_at=None
        )
