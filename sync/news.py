"""What an account's change sets off, whoever made it: one call, inside the transaction that did."""

from datetime import datetime

from sync import account_health, bell
from sync.wakeups import subscriptions


def spread(account_id: int, *, now: datetime) -> None:
    """Have its health looked at, its silent devices too, and its waiting programs look."""
    account_health.touch(account_id, now=now)
    subscriptions.look_soon(account_id, now=now)
    bell.tell(account_id)
