"""The mailbox lock, and the one applier a mailbox has.

The mailbox lock is a statement of its own: what is counted after it must be a *later*
statement, for a statement's snapshot is older than the lock that it waited for.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from django.db import connection

from accounts.database import prepared
from mailbox.wall import SET_FOR_ACCOUNT


class Locked(NamedTuple):
    """A mailbox under its lock, until the transaction ends."""

    id: int
    direction: str
    head: int
    keep_copy: bool
    filled: bool


_LOCK = f"""
SELECT m.id, m.direction, m.head, m.keep_copy, m.filled,
    {SET_FOR_ACCOUNT.format(account="m.account_id")}
FROM mailbox_mailbox m WHERE m.id = %s FOR NO KEY UPDATE OF m
"""


def lock(mailbox_id: int) -> Locked:
    """Take the mailbox lock; inside a transaction only, which acts for its account from now on.

    NO KEY: a batch that is being stored references this row and must not wait.
    """
    (row,) = prepared(_LOCK, [mailbox_id])
    return Locked(*row[:5])


def lock_all(account_id: int) -> None:
    """Take the lock of each mailbox of the account; inside a transaction only.

    Unlike `lock`, it leaves open for whom the transaction acts.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM mailbox_mailbox WHERE account_id = %s ORDER BY id FOR NO KEY UPDATE",
            [account_id],
        )


_APPLIER = 0x6D61696C  # the first half of the two-key advisory lock: "mail"


@contextmanager
def applier(mailbox_id: int) -> Iterator[bool]:
    """Be the mailbox's one applier; yields False at once where somebody is it already.

    Apart from the row lock, so that a mere acknowledgement turns no applier away and no
    worker queues behind another.
    """
    key = mailbox_id & 0x7FFFFFFF
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_APPLIER, key])
        taken = bool(cursor.fetchone()[0])
    try:
        yield taken
    finally:
        if taken and connection.connection is not None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_APPLIER, key])
