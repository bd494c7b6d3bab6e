"""One sync from start to finish, and reading pages whatever the mailbox answers."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from clients.answers import Mailbox, Page
from clients.problems import Problem, WireError
from clients.trouble import Trouble, explain
from clients.wire import Api

_DETAIL = 500
_RECOVERIES = 3


@dataclass
class Tally:
    """What one sync moved: changes accepted by the mailbox, changes taken from it."""

    sent: int = 0
    received: int = 0


@contextmanager
def session(
    api: Api,
    *,
    reason: str,
    next_contact_in: float | None,
    pending: Callable[[], int],
    tally: Tally,
) -> Iterator[Mailbox]:
    """Begin a sync, and end it with its true result and counts. Failures come out as Trouble.

    A run that is killed or stopped ends nothing: the mailbox closes it as interrupted.
    """
    try:
        yield api.start_session(reason=reason, pending=pending(), next_contact_in=next_contact_in)
        api.finish_session(error=None, sent=tally.sent, received=tally.received, pending=pending())
    except (WireError, Trouble, sqlite3.Error, OSError) as error:
        trouble = _in_words(error)
        with suppress(WireError, sqlite3.Error):
            api.finish_session(
                error=(trouble.code, trouble.sentence[:_DETAIL]),
                sent=tally.sent,
                received=tally.received,
                pending=pending(),
            )
        if trouble is error:
            raise
        raise trouble from error


def next_page(api: Api, *, after: str | None, limit: int, start_over: Callable[[], None]) -> Page:
    """The page after `after`, resyncing where the mailbox asks for it.

    `start_over` forgets the kept place; it is called before a page is asked for without one.
    """
    for _ in range(_RECOVERIES):
        try:
            return api.changes(after=after, limit=limit)
        except Problem as problem:
            if problem.marks_reader:
                api.resync()
            elif problem.code != "cursor-invalid":
                raise
        start_over()
        after = None
    return api.changes(after=None, limit=limit)


def acknowledge(api: Api, *, cursor: str, outcomes: list[dict[str, object]] | None = None) -> bool:
    """Acknowledge; False where the place was taken away meanwhile and reading must start over."""
    try:
        api.acknowledge(cursor=cursor, outcomes=outcomes)
    except Problem as problem:
        if problem.marks_reader or problem.code == "cursor-invalid":
            return False
        raise
    return True


def _in_words(error: Exception) -> Trouble:
    if isinstance(error, Trouble):
        return error
    if isinstance(error, WireError):
        return explain(error)
    if "full" in str(error) or getattr(error, "errno", None) == 28:
        return Trouble("The disk is full: make room, then sync again.", code="disk-full")
    return Trouble(f"The data folder cannot be used: {error}.", code="local-error")
