"""What an account's change sets off, whoever made it: one call, inside the transaction that did.

Health before subscriptions: of two at once one would hold what the other waits for.
"""

import uuid
from datetime import datetime

from sync import account_health, bell
from sync.wakeups import subscriptions


def spread(account_id: int, *, now: datetime) -> None:
    """Have its health looked at, its silent devices too, and its waiting programs look."""
    account_health.touch(account_id, now=now)
    subscriptions.look_soon(account_id, now=now)
    bell.tell(account_id)


def spread_end(account_id: int, peer_id: uuid.UUID, *, now: datetime) -> None:
    """The same for a peer that has ended: it is woken no more, nor is anybody for it."""
    account_health.touch(account_id, now=now)
    subscriptions.unsubscribe(peer_id)
    bell.tell(account_id)
