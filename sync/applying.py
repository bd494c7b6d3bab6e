"""A slice of applying and what follows from it."""

import time
from datetime import datetime

from django.db.models import Q

from accounts.models import Account
from mailbox import apply, failed
from sync import account_health, bell, lifecycle
from sync.models import Command
from sync.wakeups import subscriptions


def apply_slice(mailbox_id: int, *, now: datetime) -> bool:
    """Apply a slice of the mailbox's batches; whether more is due.

    Who begins to wait in the middle of it is told at once, not at its end.
    """
    until = time.monotonic() + apply.SLICE_SECONDS

    def look_soon() -> None:
        subscriptions.look_soon(apply.account_of(mailbox_id), now=now)

    while True:
        left = until - time.monotonic()
        done = apply.run(mailbox_id, now=now, seconds=left, on_waiting=look_soon)
        _follow_up(mailbox_id, done, now)
        if not (done.newly_waiting and done.more) or time.monotonic() >= until:
            return done.more


def _follow_up(mailbox_id: int, done: apply.Applied, now: datetime) -> None:
    if not (done.batches or done.failed or done.newly_waiting):
        return
    account_id = apply.account_of(mailbox_id)
    if done.newly_waiting or done.failed:
        bell.tell(account_id)
    if done.batches or done.failed:
        account_health.touch(account_id, now=now)
    if done.failed:
        ask_for_failed(now=now)


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
