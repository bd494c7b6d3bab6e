"""Thin Celery shells. A lost message costs seconds: beat comes again."""

import logging

from celery import shared_task
from django.db import DatabaseError

from accounts import clock
from mailbox.apply import mailboxes_due
from sync import applying, bell, sweeps

logger = logging.getLogger(__name__)


@shared_task
def apply(mailbox_id: int) -> None:
    """Apply one slice; what is left queues behind the other mailboxes."""
    if applying.apply_slice(mailbox_id, now=clock.now()):
        bell.ring(mailbox_id)


@shared_task
def nudge() -> None:
    """Queue every mailbox with a received batch: the guarantee behind the bell."""
    for mailbox_id in mailboxes_due(clock.now()):
        bell.ring(mailbox_id)


@shared_task
def sweep() -> None:
    """Run every due task but applying, which has its own nudge."""
    now = clock.now()
    for name, task in sweeps.TASKS.items():
        try:
            task(now=now)
        except DatabaseError as error:  # a lock not had must not hold up the tasks behind it
            logger.warning("%s was not swept: %s", name, type(error).__name__)
