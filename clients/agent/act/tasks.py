"""Finding activities in Act!, whose own ids change.

A task's id ends in its day (act-web-api table: seen live), so that of an activity that somebody has
moved since it was read leads nowhere, or to another one of its series.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from functools import partial
from typing import TypeVar

from clients.agent.act import asking, calendar, kinds
from clients.agent.act.appointments import ACTIVITY
from clients.agent.act.calendar import stamp
from clients.agent.act.reading import LONGEST
from clients.agent.act.records import LINKS, BadRecord, Row
from clients.agent.act.refusals import NotFound, QueryRefused
from clients.agent.act.rejections import GONE, REFUSALS, Rejected, of_refusal
from clients.agent.act.repeating import surely
from clients.agent.act.taking import Taking
from clients.agent.act.work import Present, Work
from clients.agent.connectors.base import Chunk

Answer = TypeVar("Answer")
_TWINS = (
    "Act! cannot tell two of a series apart that lie on one day: make the change in Act! itself."
)


def find(work: Work, id: str, letter: Row) -> Present | None:
    """The activity as Act! shows it now, None where it shows none of that id.

    `letter` tells where it may lie, and with whom. Raises Rejected where Act! cannot tell it apart.
    """
    known = work.state.row(ACTIVITY, id)
    places = [known.place] if known else []
    for place in dict.fromkeys([*places, *_expected(work, id, letter)]):
        row = asking.one(work.line, ACTIVITY, place)
        if row is not None and is_of(work, row, id):
            return work.judge(ACTIVITY, row)
    for row in nearby(work, letter):
        if is_of(work, row, id):
            return _by_its_own_id(work, row, id)
    return None


def again(work: Work, id: str, letter: Row) -> Present:
    """The same where it was there a moment ago. Raises Rejected where it no longer is."""
    found = find(work, id, letter)
    if found is None:
        raise Rejected(GONE)
    return found


def write(
    work: Work,
    send: Callable[[], Answer],
    landed: Callable[[], Answer | None],
    doing: str = "Change",
) -> Answer:
    """What `send` answers, or `landed` where the answer was lost. Raises Rejected.

    `landed` looks, and answers None where nothing was written.
    """
    try:
        return surely(work.line, send, landed)
    except REFUSALS as refusal:
        raise of_refusal(ACTIVITY, refusal, doing) from refusal


def leaves(present: Present) -> str:
    """What a phone is told of an activity that does not travel, after it was written."""
    return f"It is in Act!, and not on the phones. {present.stays}"


def keep_apart(work: Work, id: str, now: Row, to_be: Row) -> None:
    """Raises Rejected where a move would put two of a series on a day, by which Act! knows them."""
    before, after = (next(_expected(work, id, letter), "") for letter in (now, to_be))
    if id != series_of(id) and before != after:
        row = asking.one(work.line, ACTIVITY, after)
        if row is not None and not is_of(work, row, id):
            raise Rejected(_TWINS)


def series_of(id: str) -> str:
    """Act!'s id of the series, from the mailbox's id of an activity."""
    return id.partition(".")[0]


def place_on(series: str, day: date) -> str:
    """Act!'s own id of what of the series lies on that day."""
    return f"{series}{day:%m%d%Y}"


def is_of(work: Work, row: Row, id: str) -> bool:
    try:
        return work.judging.key(ACTIVITY, row).id == id
    except BadRecord:
        return False


def by_id(work: Work, rows: Iterable[Row]) -> dict[str, Row]:
    """The rows by their ids in the mailbox, without those of which no record can be made."""
    found = {}
    for row in rows:
        with suppress(BadRecord):
            found[work.judging.key(ACTIVITY, row).id] = row
    return found


def of_series(work: Work, series: str, letter: Row) -> list[Row]:
    """All of a series that have a part in the calendar window."""
    return [row for row in nearby(work, letter) if _series_id(row) == series]


def nearby(work: Work, letter: Row) -> Iterator[Row]:
    """The activities around the calendar window that are linked to what the letter is linked to.

    Of one of these records at least: whatever travels has one that Act! shows. Else all there are.
    """
    for member, kind in LINKS.items():
        for link in letter.get(member) or ():
            try:
                yield from _listed(work, kinds.tasks_path(kind, str(link.get("id"))))
            except (NotFound, QueryRefused):
                continue
            return
    yield from _listed(work, work.opened.can.kinds[ACTIVITY].route)


def taken(work: Work, kind: str, rows: Iterable[Row]) -> Chunk:
    """Other records that an edit changed, as a reading takes them."""
    products, access = partial(asking.products, work.line), partial(asking.access, work.line)
    taking = Taking(work.state, work.judging, products, access)
    return taking.chunk(kind, rows, sweep=int(work.state.note("sweep") or 0))


def _listed(work: Work, path: str) -> Iterator[Row]:
    can = work.opened.can.kinds[ACTIVITY]
    begins, ends = work.rules.window.bounds(work.judging.now, work.rules.zone)
    days = f"startTime ge {stamp(begins - LONGEST)} and startTime lt {stamp(ends)}"
    return work.listed(ACTIVITY, path, days if can.start_filter else None)


def _by_its_own_id(work: Work, listed: Row, id: str) -> Present:
    row = asking.one(work.line, ACTIVITY, str(listed.get("id")))
    if row is None or not is_of(work, row, id):
        raise Rejected(_TWINS)
    return work.judge(ACTIVITY, row)


def _expected(work: Work, id: str, letter: Row) -> Iterator[str]:
    """Where it lies if that is so, by the office's day; or by that of UTC: nobody says which."""
    try:
        start = calendar.moment(letter.get("startTime"))
    except ValueError:
        return
    if start is not None:
        for day in _days(start, work):
            yield place_on(series_of(id), day)


def _days(start: datetime, work: Work) -> list[date]:
    if start.tzinfo is None:
        return [start.date()]
    return [start.astimezone(work.rules.zone).date(), start.astimezone(UTC).date()]


def _series_id(row: Row) -> str:
    try:
        return calendar.series_id(row)
    except BadRecord:
        return ""
