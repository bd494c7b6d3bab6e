"""A slice of applying and what follows from it."""

from datetime import datetime

from django.db.models import Q

from accounts.models import Account
from mailbox import apply, failed
from sync import account_health, lifecycle
from sync.models import Command


def apply_slice(mailbox_id: int, *, now: datetime) -> bool:
    """Apply a slice of the mailbox's batches; whether more is due."""
    done = apply.run(mailbox_id, now=now)
    if done.batches or done.failed:
        account_health.touch(apply.account_of(mailbox_id), now=now)
    if done.failed:
        ask_for_failed(now=now)
    return done.more


def ask_for_failed(*, now: datetime) -> int:
    """A server's batch failed for good: ask it to resend all, once. How many accounts were asked.

    Looks at rows, not at what this process did, so that a crash between failing and asking
    loses nothing.
    """
    asked = 0
    for account_id, failed_at in failed.newest_of_servers(now=now):
        account = Account.objects.get(pk=account_id)
        answered = Command.objects.filter(
            Q(requested_at__gte=failed_at) | Q(state__in=Command.PENDING),
            peer__account=account,
            do=Command.Do.RESEND_ALL,
        )
        if not answered.exists():
            lifecycle.ask_server_to_resend(account, actor="mailbox", now=now)
            asked += 1
    return asked
