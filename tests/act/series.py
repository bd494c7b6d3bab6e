"""Recurring tasks made, changed and deleted as a whole: /api/recurring-tasks.

Deleting a series leaves its rescheduled occurrences (facts, "Routes"). What was written to one
occurrence alone stays its own when the series changes [I].
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from tests.act import bodies
from tests.act.answers import Answer, not_found, refusal, told
from tests.act.appointments import Diary
from tests.act.calls import Call
from tests.act.journal import changed, markers
from tests.act.occurrences import ORDINALS, WEEKDAYS, occurrences, rescheduled
from tests.act.people import Stored
from tests.act.records import NOTHING
from tests.act.rendering import Row
from tests.act.times import seconds

_POSITIONS = {name: number for number, name in ORDINALS.items()}
_WHEN = ("startTime", "endTime")
_FLAGS = ("isAllDay", "isTimeless")


class Recurring(Diary):
    """Each method answers calls of the routes that `RECURRING` names."""

    def create(self, call: Call) -> Answer:
        self.allow("activity", "create")
        body = bodies.body_of(call)
        row = self.blank("activity") | {"_scheduler": self.me}
        self._fill(row, self._taken(body, whole=False), {}, is_new=True)
        number = self.database.create("activity", row)
        self.note(call, "activity", "create", row["id"], changed=sorted(body),
                  markers=markers(row))  # fmt: skip
        return told(self.renderer.whole_series(number, row, call.form), call.route.status)

    def change(self, call: Call) -> Answer:
        number, kept = self._series(call)
        self.allow("activity", "change")
        body = bodies.body_of(call)
        before = self.renderer.whole_series(number, kept)
        named = self._taken(body, whole=call.route.method == "PUT")
        self._fill(kept, named, before, is_new=False)
        kept["_editor"] = self.me
        self.database.put("activity", number, kept)
        paths = changed(before, self.renderer.whole_series(number, kept))
        self.note(call, "activity", "change", before["id"], changed=paths, markers=markers(kept))
        return told(self.renderer.whole_series(number, kept, call.form))

    def delete(self, call: Call) -> Answer:
        number, kept = self._series(call)
        self.allow_delete("activity", number)
        left = rescheduled(kept)
        if left:
            kept |= {"_ended": True, "_moved": {day: kept["_moved"][day] for day in left}}
            self.put(number, kept)
        else:
            self.database.delete("activity", number)
        self.note(call, "activity", "delete", kept["id"], left=sorted(left))
        return NOTHING

    def _series(self, call: Call) -> tuple[int, Stored]:
        number = self.visible("activity", call.first)
        kept = self.database.row("activity", number)
        if not kept["_recur"] or kept.get("_ended"):
            raise not_found()
        return number, kept

    def _taken(self, body: Row, *, whole: bool) -> Row:
        return bodies.taken(body, "ActivitySeries", self.dropped("activity"), whole=whole)

    def _fill(self, row: Stored, named: Row, shown: Row, *, is_new: bool) -> None:
        plain = {k: v for k, v in named.items() if k not in (*_WHEN, "recurSpec")}
        self.apply("activity", row, plain, is_new=is_new)
        if is_new or set(named) & {*_WHEN, *_FLAGS, "recurSpec"}:
            start, row["_minutes"] = self.schedule(row, named, shown)
            spec = named.get("recurSpec", shown.get("recurSpec"))
            row["_recur"] = _recurrence(spec or {}, start)
            row["_start"] = _first(row, start).isoformat()


def _recurrence(spec: Row, start: datetime) -> dict[str, Any]:
    """The RecurSpec as it is kept. Raises Refused (400) for one that says nothing [I]."""
    kind = spec.get("recurType") or "None"
    if kind == "None" or not 0 < (spec.get("frequency") or 1) < 1000:
        raise refusal(400, "A recurSpec with a recurType is required.")
    day = spec.get("day") or {}
    days, position = _weekdays(day), _POSITIONS.get(day.get("ordinal") or "None")
    monthly = kind in ("Monthly", "Yearly")
    if day.get("dayType") == "Typed" or (monthly and bool(days) != bool(position)):
        # The diary knows a number, or a weekday and its place: a typed day it does not [I].
        raise refusal(400, "The day of the recurSpec cannot be used.")
    ends = None if spec.get("isEndless") else spec.get("seriesEnd")
    return {
        "type": kind,
        "frequency": spec.get("frequency") or 1,
        "days": (days or [start.weekday()]) if kind == "Weekly" else days if monthly else None,
        "month": (spec.get("month") or start.month) if kind == "Yearly" else None,
        "day": (day.get("dayAsInt") or start.day) if monthly and not days else None,
        "position": position if monthly else None,
        "start": start.date().isoformat(),
        "end": _day(ends).isoformat() if ends else None,
        "endless": bool(spec.get("isEndless")),
        "clock": f"{start:%H:%M}",
    }


def _weekdays(day: Row) -> list[int] | None:
    """On the wire a text with commas (seen live), by the table a list of names."""
    told_ = day.get("daysOfWeek") or []
    names = told_.split(",") if isinstance(told_, str) else told_
    try:
        return sorted(WEEKDAYS.index(name.strip()) for name in names) or None
    except ValueError as error:
        raise refusal(400, "The daysOfWeek of the recurSpec cannot be read.") from error


def _day(text: str) -> date:
    return datetime.fromtimestamp(seconds(text), UTC).date()


def _first(row: Stored, start: datetime) -> datetime:
    """When the series really begins: its first day by the rule, from the start that was named."""
    far = row | {"_start": start.isoformat(), "_moved": {}, "_gone": []}
    horizon = start.date() + timedelta(days=366 * 8)
    for which in occurrences(far, start.date(), horizon):
        return datetime.combine(which.original, time(start.hour, start.minute, start.second))
    raise refusal(400, "The recurSpec has no occurrence.")


_PATH = "/api/recurring-tasks"
RECURRING: dict[str, Callable[[Recurring, Call], Answer]] = {
    f"POST {_PATH}": Recurring.create,
    f"PUT {_PATH}/{{recurringId}}": Recurring.change,
    f"PATCH {_PATH}/{{recurringId}}": Recurring.change,
    f"DELETE {_PATH}/{{recurringId}}": Recurring.delete,
}
