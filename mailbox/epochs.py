"""Epochs: a database that was restored has forgotten, so every reader is told to begin anew."""

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from mailbox import locks, origin, snapshots
from mailbox.models import Mailbox, Reader
from mailbox.resync import EPOCH_CHANGED

SETTLED_AT_ONCE = 1000


def begin(account_id: int, *, now: datetime, if_moved: bool = False) -> bool:
    """Begin a new epoch: mark every reader, trust no copy, give up an open snapshot.

    `if_moved`: only where the last one began in another database, and not in a sweep that ran
    beside this one. False where nothing began.
    """
    with transaction.atomic():
        boxes = Mailbox.objects.filter(account_id=account_id)
        for box in boxes.order_by("pk"):
            locks.lock(box.pk)
        here = origin.current()
        if if_moved and not boxes.exclude(origin=here).exists():
            return False
        snapshots.drop_open(account_id, now=now)
        boxes.update(epoch=uuid.uuid4(), origin=here)
        boxes.filter(direction=Mailbox.Direction.DOWN).update(filled=False)
        readers = Reader.objects.filter(mailbox__account_id=account_id)
        readers.filter(peer__isnull=False).update(later_mark=EPOCH_CHANGED)
        readers.filter(mark="").update(mark=EPOCH_CHANGED, marked_at=now)
    return True


def moved() -> list[int]:
    """Accounts whose epoch began in another database than this one."""
    boxes = Mailbox.objects.filter(_elsewhere(origin.current()))
    return list(boxes.values_list("account_id", flat=True).distinct())


def settle(*, all_here: bool = False) -> None:
    """Note this database for the mailboxes that name none; `all_here`: for every one.

    One that somebody holds waits for the next sweep.
    """
    here = origin.current()
    unsettled = Q(origin=None)
    if all_here:
        unsettled |= _elsewhere(here)
    while _settle_some(unsettled, here) == SETTLED_AT_ONCE:
        pass


def _settle_some(unsettled: Q, here: str) -> int:
    """Mailbox locks by the hundred: in order, and past those that somebody holds."""
    with transaction.atomic():
        free = Mailbox.objects.filter(unsettled).order_by("pk")
        free = free.select_for_update(no_key=True, skip_locked=True)[:SETTLED_AT_ONCE]
        boxes = Mailbox.objects.filter(pk__in=list(free.values_list("pk", flat=True)))
        return boxes.update(origin=here)


def _elsewhere(here: str) -> Q:
    """Names another database; as two ranges, so that the index finds the few."""
    return Q(origin__lt=here) | Q(origin__gt=here)
