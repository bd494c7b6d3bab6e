"""Every due task, with the time passed in. Each is safe to run twice and safe to miss."""

from collections.abc import Callable
from datetime import datetime

from accounts import pairing
from mailbox import apply, expire, forget
from sync import applying, commands, sessions

TASKS: dict[str, Callable[..., int]] = {
    "sessions-ended": sessions.end_idle,
    "sync-now-served": commands.end_served_sync_now,
    "commands-superseded": commands.supersede_unfetched,
    "resends-asked": applying.ask_for_failed,
    "pairing-forgotten": pairing.forget_old,
    "changes-expired": expire.expire_stale,
    "keys-freed": forget.keys,
    "batches-forgotten": forget.batches,
}


def run(*, now: datetime) -> dict[str, int]:
    """Run every due task once, as if it were `now`; how much each did."""
    done = {name: task(now=now) for name, task in TASKS.items()}
    done["slices-applied"] = apply_received(now=now)
    return done


def apply_received(*, now: datetime) -> int:
    """Apply everything received, a slice a mailbox in turn; how many slices."""
    slices = 0
    due = apply.mailboxes_due(now)
    while due:
        slices += len(due)
        due = [mailbox_id for mailbox_id in due if applying.apply_slice(mailbox_id, now=now)]
    return slices
