"""After a restore: a database that is another one begins new epochs by itself."""

from datetime import datetime

from django.conf import settings

from accounts.models import Account
from mailbox import epochs
from sync import lifecycle


def follow_database(*, now: datetime) -> int:
    """Begin a new epoch where the last one began in another database; how many accounts.

    One transaction an account: whatever a crash leaves undone is found again.
    """
    if not settings.NEW_EPOCH_AFTER_FAILOVER:
        epochs.settle(all_here=True)
        return 0
    epochs.settle()
    accounts = Account.objects.filter(pk__in=epochs.moved()).order_by("pk")
    return sum(
        lifecycle.new_epoch(account, actor="mailbox", now=now, if_moved=True)
        for account in accounts
    )
