"""Series of activities: changed as a whole, and told as a whole after it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, tzinfo

from clients.agent.act import (
    appointments,
    asking,
    calendar,
    checks,
    kinds,
    members,
    merging,
    patches,
    tasks,
)
from clients.agent.act.appointments import ACTIVITY, CLEARED, TIMES, WHOLE, Order
from clients.agent.act.merging import Fields, Merged
from clients.agent.act.records import Row
from clients.agent.act.rejections import Rejected, said
from clients.agent.act.work import Present, Work
from clients.agent.connectors.base import Applied, Chunk, Edit, Key

_NONE = "It is no series in Act!: change this activity alone."
_NOT_CLEARED = "Act! clears no series as a whole: clear its activities one by one."
_OTHER_DAY = (
    "A series keeps its days: change recurSpec with the time, or move this activity of it alone."
)
_VANISHED = "This day is no longer one of the series."
_SPEC = members.RECURRENCE
_PATTERNS = ("Daily", "Weekly", "Monthly", "Yearly")


def change(work: Work, edit: Edit, order: Order, present: Present, merged: Merged) -> Applied:
    """Write to the whole series what the phone changed in one of its activities.

    Raises Rejected, or a Refusal.
    """
    id, changes, missing = tasks.series_of(edit.id), merged.changes, list[str]()
    if CLEARED in changes:
        raise Rejected(_NOT_CLEARED)
    before = row(work, id)
    if before is None:
        raise Rejected(_NONE)
    if changes:
        checks.changes(work, ACTIVITY, changes)
        checks.emptied(ACTIVITY, present.letter, changes)
        body = _Body(work, before, present.letter, changes).made()
        work.begin(edit)
        missing = _patch(work, id, body, changes)
        if len(missing) == len(changes) and not merged.standing:
            raise Rejected(said([*merged.dropped, *missing]))
    own, also = whole(work, edit.id, order.letter)
    detail = said([*merged.dropped, *missing], merged.overridden, merged.offices)
    if own is None:
        detail = f"{detail} {_VANISHED}".strip()
    elif not own.travels:
        detail = f"{detail} {tasks.leaves(own)}".strip()
    return work.ended(edit, "applied", own, detail, also)


def row(work: Work, id: str) -> Row | None:
    """The series as Act! shows it now, None where it shows none."""
    found: Row | None = work.line.get_or_none(kinds.series_path(id), kinds.format_of(ACTIVITY))
    return found


def whole(
    work: Work, id: str, letter: Row, *, is_gone: bool = False
) -> tuple[Present | None, Chunk]:
    """The activity `id`, and all others of its series, as Act! shows them now in the window.

    `is_gone`: the series was deleted, so that what no list shows is not asked for one by one.
    """
    series = tasks.series_of(id)
    rows = tasks.by_id(work, tasks.of_series(work, series, letter))
    own = rows.pop(id, None)
    known = [key for key in work.state.series(series) if work.state.travels(*key)]
    missed = [key for key in known if key.id != id and key.id not in rows]
    gone = missed if is_gone else _confirmed(work, missed, rows)
    others = tasks.taken(work, ACTIVITY, rows.values())

    def keep() -> None:
        others.keep()
        for key in gone:
            work.state.forget(*key)

    also = Chunk(others.records, [*others.gone, *gone], others.unreadable, keep)
    return (work.judge(ACTIVITY, own) if own else tasks.find(work, id, letter)), also


def recurrence(letter: Row, zone: tzinfo) -> Row:
    """The RecurSpec of a new series, with what a phone may leave out. Raises Rejected."""
    spec = letter[_SPEC]
    start = _local(str(letter["startTime"]), zone)
    on, pattern = dict(spec.get("day") or {}), spec.get("recurType")
    if pattern not in _PATTERNS:
        raise Rejected(f"recurSpec.recurType is none of {', '.join(_PATTERNS)}.")
    if pattern == "Weekly":
        on.setdefault("daysOfWeek", [members.WEEKDAYS[start.isoweekday() % 7]])
    elif pattern != "Daily" and not on:
        on = {"dayAsInt": start.day}
    yearly = pattern == "Yearly"
    return {
        "recurType": pattern,
        "frequency": spec.get("frequency", 1),
        "month": spec.get("month") or (start.month if yearly else None),
        "isEndless": spec.get("isEndless", False),
        "seriesStart": appointments.wire(str(letter["startTime"])),
        "seriesEnd": _wire(spec.get("seriesEnd")),
        "day": _day(on, {}),
    }


class _Body:
    """What Act! is asked to change of a series; `letter` is that of one of its activities."""

    def __init__(self, work: Work, row: Row, letter: Row, changes: Fields) -> None:
        self._zone = work.rules.zone
        self._row = row
        self._letter = letter
        self._to_be = appointments.to_be(letter, changes)
        self._changes = changes

    def made(self) -> Row:
        of_spec = {p: v for p, v in self._changes.items() if p.startswith(f"{_SPEC}.")}
        plain = {p: v for p, v in self._changes.items() if p not in (*TIMES, *of_spec)}
        made = patches.body(ACTIVITY, plain, self._row)
        times = self._times() if any(p in self._changes for p in (*TIMES, *WHOLE)) else {}
        if times or of_spec:
            made |= times | {_SPEC: self._spec(of_spec, times)}
        return made

    def _times(self) -> Row:
        """Those of its first activity: on that one's day, at the hour that this one is to have."""
        appointments.check_order(self._to_be)
        begins, ends = (_local(str(self._to_be[name]), self._zone) for name in TIMES)
        later = begins.date() - _local(str(self._letter["startTime"]), self._zone).date()
        if later and not any(path.startswith(f"{_SPEC}.") for path in self._changes):
            raise Rejected(_OTHER_DAY)
        first = self._first() + later
        if calendar.has_days(self._to_be):
            length = ends.date() - begins.date()
            return _days(first, first + length)
        start = datetime.combine(first, begins.time(), self._zone)
        moments = (_utc(start), _utc(start) + (_utc(ends) - _utc(begins)))
        return {name: calendar.stamp(moment) for name, moment in zip(TIMES, moments, strict=True)}

    def _first(self) -> date:
        said = self._changes.get(f"{_SPEC}.seriesStart")
        if isinstance(said, str):
            return _local(said, self._zone).date()
        if calendar.has_days(self._row):
            return date.fromisoformat(calendar.day(self._row["startTime"], self._zone))
        return _local(str(self._row["startTime"]), self._zone).date()

    def _spec(self, changes: Fields, times: Row) -> Row:
        before = self._row.get(_SPEC) or {}
        made: Row = dict(before)
        for path, value in changes.items():
            part = path.partition(".")[2]
            if part == "day":
                made[part] = _day(value if isinstance(value, dict) else {}, before.get(part) or {})
            else:
                made[part] = _wire(value) if part in ("seriesStart", "seriesEnd") else value
        if times:
            made["seriesStart"] = times["startTime"]
        return made


def _patch(work: Work, id: str, body: Row, changes: Fields) -> list[str]:
    """Write it; what of the changes has not arrived."""
    path = kinds.series_path(id)

    def send() -> list[str]:
        work.line.write("PATCH", path, body, kinds.format_of(ACTIVITY))
        return look()

    def look() -> list[str]:
        after = row(work, id)
        if after is None:
            raise Rejected(_NONE)
        return _missing(work, body, changes, after)

    def landed() -> list[str] | None:
        missing = look()
        return missing if len(missing) < len(changes) else None

    return tasks.write(work, send, landed)


def _missing(work: Work, body: Row, changes: Fields, after: Row) -> list[str]:
    asked = {path: value for path, value in changes.items() if path not in TIMES}
    _, missing = merging.taken(asked, work.judge(ACTIVITY, after).letter)
    times = [
        name
        for name in TIMES
        if name in changes and calendar.instant(after.get(name)) != calendar.instant(body[name])
    ]
    return [*missing, *times]


def _confirmed(work: Work, missed: list[Key], rows: dict[str, Row]) -> list[Key]:
    """Those of `missed` that are gone. The others a list has passed over: they go to `rows`."""
    wanted = [(key.kind, row.place) for key in missed if (row := work.state.row(*key))]
    gone = []
    for key, answer in zip(missed, asking.many(work.line, wanted), strict=True):
        if isinstance(answer, dict) and tasks.is_of(work, answer, key.id):
            rows[key.id] = answer
        elif answer is None or isinstance(answer, dict):
            gone.append(key)
    return gone


def _day(on: Row, before: Row) -> Row:
    """A RecurDay on the wire, where the days of the week are one text (act-web-api table)."""
    named = on.get("daysOfWeek")
    usual = "Named" if named else "Numbered" if on.get("dayAsInt") else "None"
    return before | {
        "dayAsInt": on.get("dayAsInt"),
        "daysOfWeek": ", ".join(named) if named else None,
        "typedDay": on.get("typedDay", "None"),
        "dayType": on.get("dayType", usual),
        "ordinal": on.get("ordinal", "None"),
    }


def _days(first: date, last: date) -> Row:
    return {
        "startTime": appointments.wire(first.isoformat()),
        "endTime": appointments.wire(last.isoformat()),
    }


def _local(text: str, zone: tzinfo) -> datetime:
    """A time of a letter in the office; a day is its midnight."""
    read = datetime.fromisoformat(text)
    return read.astimezone(zone) if read.tzinfo else datetime.combine(read, time(), zone)


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _wire(value: object) -> str | None:
    return appointments.wire(value) if isinstance(value, str) else None
