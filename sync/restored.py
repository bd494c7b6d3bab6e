"""After a restore: a database that is another one begins new epochs by itself."""

import logging
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError

from accounts.models import Account
from mailbox import epochs
from sync import lifecycle

logger = logging.getLogger(__name__)


def follow_database(*, now: datetime) -> int:
    """Begin a new epoch where the last one began in another database; how many accounts.

    One transaction an account: whatever a crash leaves undone is found again.
    """
    if not settings.NEW_EPOCH_AFTER_FAILOVER:
        epochs.settle(all_here=True)
        return 0
    epochs.settle()
    begun = 0
    for account in Account.objects.filter(pk__in=epochs.moved()).order_by("pk"):
        try:
            begun += lifecycle.new_epoch(account, actor="mailbox", now=now, if_moved=True)
        except DatabaseError as error:  # a lock not had: the next sweep finds it again
            logger.warning("account %s began no epoch: %s", account.pk, type(error).__name__)
    return begun
