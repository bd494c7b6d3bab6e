"""From a kept activity to its occurrences.

Local time is Berlin's, so that series cross both changes of the clock. What has no time of day
stands on the wire at midnight UTC of its day [I].
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, YEARLY, rrule

from tests.act.times import seconds

ZONE = ZoneInfo("Europe/Berlin")
_FREQUENCIES: dict[str, Literal[0, 1, 2, 3]] = {
    "Daily": DAILY,
    "Weekly": WEEKLY,
    "Monthly": MONTHLY,
    "Yearly": YEARLY,
}
# A series without an end runs this far (act-web-api, "Routes").
_LAST_DAY = date(2073, 6, 6)
# The places of a weekday in a month, as in "the second Tuesday".
ORDINALS = {1: "First", 2: "Second", 3: "Third", 4: "Fourth", -1: "Last"}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Occurrence:
    """One of them; `original` is the day on which the series had it, `start` its time now."""

    original: date
    start: datetime
    minutes: int
    is_cleared: bool
    edited: int | None


def occurrences(row: dict[str, Any], first: date, last: date) -> Iterator[Occurrence]:
    """Those whose day or original day lies within; `row` is a kept activity."""
    usual = datetime.fromisoformat(row["_start"]).time()
    for day in _days(row, first, last):
        told = row["_moved"].get(day.isoformat(), {})
        moved = told.get("_start")
        yield Occurrence(
            original=day,
            start=datetime.fromisoformat(moved) if moved else datetime.combine(day, usual),
            minutes=told["_minutes"] if moved else row["_minutes"],
            is_cleared=row["isCleared"] or day.isoformat() in row["_cleared"],
            edited=told.get("edited"),
        )


def on_day(row: dict[str, Any], day: date) -> Occurrence | None:
    """The occurrence whose day is this one now, wherever it was put off from."""
    moved = [datetime.fromisoformat(start).date() for start in rescheduled(row).values()]
    for which in occurrences(row, min([day, *moved]), max([day, *moved])):
        if which.start.date() == day:
            return which
    return None


def day_of(task_id: str) -> date | None:
    """The day in a task's id of 44 characters."""
    try:
        return date(int(task_id[40:]), int(task_id[36:38]), int(task_id[38:40]))
    except ValueError:
        return None


def rescheduled(row: dict[str, Any]) -> dict[str, str]:
    """By their original day, the starts of occurrences that were put off."""
    return {day: told["_start"] for day, told in row["_moved"].items() if told.get("_start")}


def as_of(row: dict[str, Any], which: Occurrence) -> dict[str, Any]:
    """The kept activity with what is this occurrence's own (`own` in `_moved`)."""
    own: dict[str, Any] = row["_moved"].get(which.original.isoformat(), {}).get("own", {})
    return row | own


def _days(row: dict[str, Any], first: date, last: date) -> list[date]:
    if not row["_recur"]:
        return [datetime.fromisoformat(row["_start"]).date()]
    # Of a series that was deleted, the rescheduled ones are left (facts, "Routes").
    ruled = [] if row.get("_ended") else _rule(row["_recur"], first, last)
    days = {day.date() for day in ruled} | set(map(date.fromisoformat, rescheduled(row)))
    return sorted(days - {date.fromisoformat(day) for day in row["_gone"]})


def _rule(recur: dict[str, Any], first: date, last: date) -> list[datetime]:
    start = date.fromisoformat(recur["start"])
    end = min(last, ends(recur))
    rule = rrule(
        _FREQUENCIES[recur["type"]],
        dtstart=datetime.combine(start, time()),
        interval=recur["frequency"],
        byweekday=recur["days"],
        bymonth=recur["month"],
        bymonthday=recur["day"],
        bysetpos=recur.get("position"),
        until=datetime.combine(end, time()),
    )
    if first > end:
        return []
    return list(
        rule.between(
            datetime.combine(max(first, start), time()), datetime.combine(end, time()), inc=True
        )
    )


def ends(recur: dict[str, Any]) -> date:
    """The last day on which a series can occur; for an endless one, how far lists go [I]."""
    if recur["end"]:
        return date.fromisoformat(recur["end"])
    if recur["endless"] or recur["type"] in ("Monthly", "Yearly"):
        return _LAST_DAY
    start = date.fromisoformat(recur["start"])
    return start + timedelta(days=730)


def utc(row: dict[str, Any], moment: datetime) -> datetime:
    """A local time of this activity as a time on the wire."""
    if row["isTimeless"] or row["isAllDay"]:
        return moment.replace(tzinfo=UTC)
    return moment.replace(tzinfo=ZONE).astimezone(UTC)


def local(row: dict[str, Any], text: str) -> datetime:
    """A time on the wire as the local time of this activity."""
    moment = datetime.fromtimestamp(seconds(text), UTC)
    if row["isTimeless"] or row["isAllDay"]:
        return datetime.combine(moment.date(), time())
    return moment.astimezone(ZONE).replace(tzinfo=None)


def recur_spec(row: dict[str, Any]) -> dict[str, Any] | None:
    """The RecurSpec on the wire; `daysOfWeek` is a string or null (seen live)."""
    recur = row["_recur"]
    if not recur:
        return None
    days, position = recur["days"], recur.get("position")
    start = datetime.fromisoformat(row["_start"])
    return {
        "seriesStart": _wire(utc(row, start)),
        "seriesEnd": None
        if recur["endless"]
        else _wire(datetime.combine(ends(recur), time(), UTC)),
        "isEndless": recur["endless"],
        "month": recur["month"],
        "frequency": recur["frequency"],
        "recurType": recur["type"],
        "day": {
            "dayAsInt": recur["day"],
            "daysOfWeek": ", ".join(WEEKDAYS[day] for day in days) if days else None,
            "typedDay": "None",
            "dayType": "Named" if days else "Numbered" if recur["day"] else "None",
            "ordinal": ORDINALS[position] if position else "None",
        },
    }


def _wire(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
