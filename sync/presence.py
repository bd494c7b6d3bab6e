"""Presence: is a peer awake, late, asleep, or was it never seen? Facts and `now` in, a word out."""

from datetime import datetime, timedelta
from typing import NamedTuple

GRACE_AT_LEAST = timedelta(minutes=10)
KEPT_TO = timedelta(minutes=1)


class Contacts(NamedTuple):
    """When a peer was heard of, and when it is expected again.

    `next_contact_in` is in seconds, as the program announced it; without it the interval of
    its role counts.
    """

    last_contact: datetime | None
    next_contact_in: int | None
    last_sync: datetime | None
    interval: timedelta

    @property
    def expected(self) -> datetime | None:
        """When the next contact is due."""
        if self.last_contact is None:
            return None
        if self.next_contact_in is None:
            return self.last_contact + self.interval
        return self.last_contact + timedelta(seconds=self.next_contact_in)


def state(contacts: Contacts | None, now: datetime) -> str:
    """`never`, `awake`, `late` or `asleep`, as of `now`. None: no such peer is paired."""
    expected = contacts.expected if contacts else None
    if contacts is None or expected is None:
        return "never"
    if now <= expected:
        return "awake"
    if now <= expected + max(contacts.interval, GRACE_AT_LEAST):
        return "late"
    return "asleep"


def is_due(last: datetime | None, now: datetime) -> bool:
    """Whether a fact that is kept to the minute may be written again."""
    return last is None or now - last >= KEPT_TO
