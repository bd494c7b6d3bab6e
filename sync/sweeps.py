"""Every due task, with the time passed in. Each is safe to run twice and safe to miss."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime

from django.db import DatabaseError

from accounts import pairing
from mailbox import apply, expire, forget, snapshots
from sync import account_health, applying, commands, mails, notices, restored, sessions, silences
from sync.wakeups import sending

logger = logging.getLogger(__name__)

Task = Callable[..., int]

TASKS: dict[str, Task] = {
    "sessions-ended": sessions.end_idle,
    "sync-now-served": commands.end_served_sync_now,
    "commands-superseded": commands.supersede_unfetched,
    "resends-asked": applying.ask_for_failed,
    "pairing-forgotten": pairing.forget_old,
    "epochs-begun": restored.follow_database,
    "changes-expired": expire.expire_stale,
    "snapshots-dropped": snapshots.drop_old,
    "sessions-forgotten": sessions.forget,
    "silences-forgotten": silences.forget,
    "notices-forgotten": notices.forget,
    "wake-ups-forgotten": sending.forget,
    "keys-freed": forget.keys,
    "batches-forgotten": forget.batches,
}
# Behind all that it tells of.
LAST: dict[str, Task] = {"accounts-checked": account_health.check_due}


def run_but_applying(*, now: datetime) -> dict[str, int]:
    """Run every due task but applying once, as if it were `now`; how much each did.

    One that the database turned away (a lock not had in time) is logged and missing from the
    answer; the others go on.
    """
    return _each({**TASKS, **LAST}, now)


def run(*, now: datetime) -> dict[str, int]:
    """The same, and what has tasks of its own: apply everything received, wake, mail."""
    everything = {
        **TASKS, "slices-applied": apply_received, "wake-ups-sent": sending.send_due, **LAST,
        "mails-sent": mails.send_due,
    }  # fmt: skip
    return _each(everything, now)


def apply_received(*, now: datetime) -> int:
    """Apply everything received, a slice a mailbox in turn; how many slices."""
    slices = 0
    due = apply.mailboxes_due(now)
    while due:
        slices += len(due)
        due = [mailbox_id for mailbox_id in due if applying.apply_slice(mailbox_id, now=now)]
    return slices


def _each(tasks: Mapping[str, Task], now: datetime) -> dict[str, int]:
    done: dict[str, int] = {}
    for name, task in tasks.items():
        try:
            done[name] = task(now=now)
        except DatabaseError as error:  # a lock not had must not hold up the tasks behind it
            logger.warning("%s was not swept: %s", name, type(error).__name__)
    return done
