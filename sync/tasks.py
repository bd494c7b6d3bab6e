"""Thin Celery shells. A lost message costs seconds: beat comes again."""

from celery import shared_task

from accounts import clock
from mailbox.apply import mailboxes_due
from sync import applying, bell, mails, sweeps
from sync.wakeups import sending


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
    """Run every due task but those that have their own."""
    sweeps.run_but_applying(now=clock.now())


@shared_task
def send_mails() -> None:
    """Apart from the sweep, which must not wait for a mail server."""
    mails.send_due(now=clock.now())


@shared_task
def send_wake_ups() -> None:
    """Apart from the sweep, which must not wait for a push service."""
    sending.send_due(now=clock.now())
