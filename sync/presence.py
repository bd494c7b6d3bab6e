"""Presence: is a peer awake, late, asleep, or was it never seen? Facts and `now` in, a word out."""

from datetime import datetime, timedelta
from typing import NamedTuple

GRACE_AT_LEAST = timedelta(minutes=10)
KEPT_TO = timedelta(minutes=1)


class Contacts(NamedTuple):
    """When a peer was heard of, and when it is expected again.

    `next_contact_in` is in seconds, as the program announced it; without it the interval of
    its role counts. `allowed`: the account's own grace, if it has one.
    """

    last_contact: datetime | None
    next_contact_in: int | None
    last_sync: datetime | None
    interval: timedelta
    allowed: timedelta | None = None

    @property
    def expected(self) -> datetime | None:
        """When the next contact is due."""
        if self.last_contact is None:
            return None
        if self.next_contact_in is None:
            return self.last_contact + self.interval
        return self.last_contact + timedelta(seconds=self.next_contact_in)

    @property
    def grace(self) -> timedelta:
        """How long after the expected contact a silence is only late."""
        return max(self.interval, GRACE_AT_LEAST) if self.allowed is None else self.allowed

    @property
    def asleep_from(self) -> datetime | None:
        """When the grace is over."""
        return self.expected + self.grace if self.expected else None


def minutes(count: int | None) -> timedelta | None:
    """An account's own grace as it is stored."""
    return None if count is None else timedelta(minutes=count)


def state(contacts: Contacts | None, now: datetime) -> str:
    """`never`, `awake`, `late` or `asleep`, as of `now`. None: no such peer is paired."""
    expected = contacts.expected if contacts else None
    if contacts is None or expected is None:
        return "never"
    if now <= expected:
        return "awake"
    if now <= expected + contacts.grace:
        return "late"
    return "asleep"


def is_due(last: datetime | None, now: datetime) -> bool:
    """Whether a fact that is kept to the minute may be written again."""
    return last is None or now - last >= KEPT_TO
