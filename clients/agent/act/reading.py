"""Reading one kind of records: what was edited, all that there is, and what is gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from clients.agent.act import asking
from clients.agent.act.calendar import stamp
from clients.agent.act.kinds import format_of
from clients.agent.act.line import Line
from clients.agent.act.pages import SIZE, pages
from clients.agent.act.probe import Capabilities
from clients.agent.act.records import BadRecord, Row
from clients.agent.act.refusals import Refusal
from clients.agent.act.state import Row as Known
from clients.agent.act.state import State
from clients.agent.act.taking import Taking
from clients.agent.connectors.base import Chunk, Key
from clients.trouble import Trouble

OVERLAP = timedelta(minutes=5)
"""Clocks differ, and what is saved first is not always visible first."""

LONGEST = timedelta(days=31)
"""An activity that began so long before the window may still reach into it."""

_EDGE = timedelta(days=3)
"""How wide the edge of the window is where an activity has to be looked at to be judged."""

_COMPARED = 1000
_BY_ID = 100
_EACH_ASKED = 10
"""So many are asked for one by one before they are taken in: what a kill loses is asked again."""

_MISSES = 2
HELD_FROM, _HELD_SHARE = 20, 0.1
# Of what an activity's id is made.
_SELECT = {
    "activity": "id,edited,seriesID,isRecurring,recurSpec,originalTime,startTime,isTimeless,"
    "isAllDay"
}


class Held(Trouble):
    """Too much of a kind is missing at once to be believed."""

    def __init__(self, kind: str, missing: int, known: int) -> None:
        super().__init__(
            f"{missing} of {known} records of the kind {kind} are no longer to be seen in Act!; "
            "none was deleted on the phones: check the rights of the agent's user, or run once "
            "with --allow-mass-delete if it is meant.",
            code="mass-delete-held",
        )


@dataclass(frozen=True)
class Reading:
    """One run's reading. `sweep` is the number by which it marks what it saw."""

    line: Line
    state: State
    taking: Taking
    can: Capabilities
    window: tuple[datetime, datetime]
    sweep: int

    def edited(self, kind: str) -> Iterator[Chunk]:
        """What was edited since the cursor, oldest first; without a cursor, all."""
        cursor = self.state.cursor(kind)
        since = f"edited ge {_earlier(cursor)}" if cursor else None
        for page in self._pages(kind, since):
            for rows in _portions(kind, page):
                yield self.taking.chunk(kind, rows, sweep=self.sweep, moves_cursor=True)

    def whole(self, kind: str) -> Iterator[Chunk]:
        """All that there is, judged anew."""
        for page in self._pages(kind):
            for rows in _portions(kind, page):
                yield self.taking.chunk(kind, rows, sweep=self.sweep)
        yield Chunk(keep=partial(self.taking.catch_up, kind))

    def compared(self, kind: str) -> Iterator[Chunk]:
        """What differs from what is known, found by id and `edited` alone."""
        can = self.can.kinds[kind]
        for page in self._pages(kind, select=can.select):
            rows = self._versions(kind, page)
            judging = self.taking.judging
            differing = self.state.differing(
                kind, {id: judging.edited(row) for id, row in rows.items()}
            )
            most = _BY_ID if self._answers_by_id(kind) else 0
            if can.select and len(differing) > most:
                # A restored backup, or much that is new: pages cost less than single records.
                yield from self.whole(kind)
                return
            # What is listed is there, whatever becomes of asking for it.
            yield Chunk(keep=partial(self.state.see, kind, list(rows), self.sweep))
            if can.select:
                yield from self.asked(
                    [(Key(kind, id), judging.place(kind, rows[id])) for id in differing],
                    doubting=True,
                )
            else:
                changed = [rows[id] for id in differing]
                yield self.taking.chunk(kind, changed, sweep=self.sweep)
        failed = self.state.failures.before(kind, self.state.run())
        yield from self.asked(failed, doubting=True)

    def rolled(self) -> Iterator[Chunk]:
        """Once a day: activities that the calendar window may have left or reached are due."""
        begins, ends = self.window
        first = stamp(begins)
        if self.state.note("rolled") != first:
            # Where Act! does not filter by days, all that is to come is known here.
            near = (stamp(begins + _EDGE), first, stamp(ends + LONGEST))
            yield Chunk(keep=partial(self.state.roll, near, "window"))
            yield Chunk(keep=partial(self.state.set_note, "rolled", first))

    def asked(self, wanted: list[tuple[Key, str]], *, doubting: bool) -> Iterator[Chunk]:
        """Records as Act! shows them now, each by its key and its place.

        `doubting`: that one is not found does not mean that it is gone.
        """
        for first in range(0, len(wanted), _EACH_ASKED):
            portion = wanted[first : first + _EACH_ASKED]
            answers = asking.many(self.line, [(key.kind, place) for key, place in portion])
            for (key, place), answer in zip(portion, answers, strict=True):
                yield self._settled(key, place, answer, doubting=doubting)

    def _settled(
        self, key: Key, place: str, answer: Row | Refusal | None, *, doubting: bool
    ) -> Chunk:
        if answer is None and doubting and self.state.row(*key):
            return self.taking.failed(key, place, "Act! does not show it, and it may not be gone")
        if answer is None:
            return self.taking.gone([key])
        if isinstance(answer, Refusal):
            return self.taking.failed(key, place, answer.sentence)
        chunk = self.taking.chunk(key.kind, [answer], sweep=self.sweep)

        def keep() -> None:
            # Also where Act! answers with a record of another id: it must not be due for ever.
            self.state.undue(key)
            chunk.keep()

        return replace(chunk, keep=keep)

    def due(self, *, doubting: bool) -> Iterator[Chunk]:
        """What is linked to a record whose verdict turned, judged anew, until nothing is due.

        `doubting`: so much is missing that what is not found may not be gone either.
        """
        while rows := self.state.due(_BY_ID):
            blind = [Key(row.kind, row.id) for row in rows if not self._answers_by_id(row.kind)]
            if blind:
                yield from self.whole(blind[0].kind)
                yield Chunk(keep=partial(self._undue, blind))
            wanted = [(Key(row.kind, row.id), row.place) for row in rows]
            yield from self.asked([one for one in wanted if one[0] not in blind], doubting=doubting)

    def _undue(self, keys: list[Key]) -> None:
        for key in keys:
            self.state.undue(key)

    def _answers_by_id(self, kind: str) -> bool:
        """The older route of activities has none for a single one, and takes no `format`.

        act-web-api table.
        """
        return self.can.kinds[kind].route != "activities" if kind in self.can.kinds else True

    def held(self, kind: str) -> Held | None:
        """Whether more of a kind is missing, once all of it was looked at, than can be believed."""
        missing, known = self.state.count_missing(kind, self.sweep, since=stamp(self.window[0]))
        return Held(kind, missing, known) if is_too_much(missing, known) else None

    def gone(self, kind: str) -> Iterator[Chunk]:
        """What the sweep missed: gone where Act! says so by id, else once two sweeps missed it."""
        after = ""
        while rows := self.state.missing(kind, self.sweep, after=after, limit=_BY_ID):
            after = rows[-1].id
            # Nothing of what stays home is on a phone, so nobody needs to be asked.
            yield self.taking.gone([Key(kind, row.id) for row in rows if not row.travels])
            travelling = [row for row in rows if row.travels]
            answers = asking.many(self.line, [(kind, row.place) for row in travelling])
            for row, answer in zip(travelling, answers, strict=True):
                yield self._missed(row, answer)

    def _missed(self, row: Known, answer: Row | Refusal | None) -> Chunk:
        key = Key(row.kind, row.id)
        if isinstance(answer, dict):
            return self.taking.chunk(row.kind, [answer], sweep=self.sweep)
        if answer is None or self.state.missed(*key) + 1 >= _MISSES:
            return self.taking.gone([key])
        return Chunk(unreadable=[key], keep=partial(self.state.miss, *key))

    def _pages(
        self, kind: str, since: str | None = None, *, select: bool = False
    ) -> Iterator[list[Row]]:
        can = self.can.kinds[kind]
        filters = [since] if since else []
        if kind == "activity" and can.start_filter:
            first, end = self.window
            filters += [f"startTime ge {stamp(first - LONGEST)}", f"startTime lt {stamp(end)}"]
        size = _COMPARED if select else SIZE
        return pages(
            self.line,
            can.route,
            filter=" and ".join(filters) or None,
            orderby=can.orderby,
            select=_SELECT.get(kind, "id,edited") if select else None,
            size=min(size, self.can.page_cap or size),
            extra=format_of(kind) if self._answers_by_id(kind) and not select else {},
        )

    def _versions(self, kind: str, page: Iterable[Row]) -> dict[str, Row]:
        versions = {}
        for row in page:
            try:
                versions[self.taking.judging.key(kind, row).id] = row
            except BadRecord as bad:
                self.taking.tell(str(bad))
        return versions


def is_too_much(leaving: int, known: int) -> bool:
    """Whether so many of a kind cannot be believed to leave the phones at once."""
    return leaving > 0 and (leaving == known or leaving >= max(HELD_FROM, known * _HELD_SHARE))


def _portions(kind: str, page: list[Row]) -> Iterator[list[Row]]:
    """What is taken in at once: each opportunity costs a request of its own."""
    most = _EACH_ASKED if kind == "opportunity" else len(page)
    for first in range(0, len(page), most):
        yield page[first : first + most]


def _earlier(cursor: str) -> str:
    return stamp(datetime.fromisoformat(cursor) - OVERLAP)
