"""One sync from start to finish, and reading pages whatever the mailbox answers."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from clients.answers import Mailbox, Page
from clients.problems import Problem, WireError
from clients.ticks import Ticks
from clients.trouble import Trouble, explain, of_folder
from clients.wire import Api

_DETAIL = 500
_RECOVERIES = 3
# The mailbox keeps a contact to the minute, and a pause begins only where a sync has ended:
# announced without room, a program that comes as it should would be shown as late in between.
_ROOM = 90.0


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
    ticks: Ticks | None = None,
) -> Iterator[Mailbox]:
    """Begin a sync, and end it with its true result and counts. Failures come out as Trouble.

    `next_contact_in` is the pause after it, in seconds, where this program knows it; `ticks` those
    of a program that runs on, whose sleep is reported. A run that is killed or stopped ends
    nothing: the mailbox closes it as interrupted.
    """
    expected = None if next_contact_in is None else next_contact_in + _ROOM
    try:
        slept = ticks.slept() if ticks else []
        mailbox = api.start_session(
            reason=reason, pending=pending(), next_contact_in=expected, slept=slept
        )
        if ticks:
            ticks.reported(slept)
        yield mailbox
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


class Reader:
    """Reads the pages of one sync and acknowledges them, resyncing where the mailbox asks for it.

    `start_over` forgets the kept place; the next page is then asked for without one.
    """

    def __init__(self, api: Api, *, limit: int, start_over: Callable[[], None]) -> None:
        self._api = api
        self._limit = limit
        self._start_over = start_over
        self._recoveries = 0

    def page(self, after: str | None) -> Page:
        while True:
            try:
                return self._api.changes(after=after, limit=self._limit)
            except Problem as problem:
                self._recover(problem)
                after = None

    def acknowledge(self, cursor: str, outcomes: list[dict[str, object]] | None = None) -> bool:
        """False where the place was taken away meanwhile and reading starts over."""
        try:
            self._api.acknowledge(cursor=cursor, outcomes=outcomes)
        except Problem as problem:
            self._recover(problem)
            return False
        return True

    def _recover(self, problem: Problem) -> None:
        lost_place = problem.marks_reader or problem.code == "cursor-invalid"
        if not lost_place or self._recoveries >= _RECOVERIES:
            raise problem
        self._recoveries += 1
        if problem.marks_reader:
            self._api.resync()
        self._start_over()


def _in_words(error: WireError | Trouble | sqlite3.Error | OSError) -> Trouble:
    if isinstance(error, Trouble):
        return error
    return explain(error) if isinstance(error, WireError) else of_folder(error)
