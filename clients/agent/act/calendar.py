"""Times in Act!, the calendar window, and the ids of activities.

Act! writes times with an offset, days as midnight (act-web-api table: seen live), and .NET's
smallest time where there is none. Days are the office's: `zone` is its time zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from clients.agent.act.records import BadRecord, Row, usable_id

_GUID = 36
_DAY_IN_ID = 8
_NEVER = 1


def moment(value: object) -> datetime | None:
    """A time as Act! writes it; None where it stands for no time. ValueError where it is none."""
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise ValueError("no time")
    read = datetime.fromisoformat(value)
    return None if read.year == _NEVER else read


def instant(value: object) -> str:
    """A time in one form, UTC where it has an offset, whatever offset the server chose; or ""."""
    read = moment(value)
    if read is None:
        return ""
    if read.tzinfo is None:
        return _short(read)
    try:
        return _short(read.astimezone(UTC).replace(tzinfo=None)) + "Z"
    except OverflowError:
        # .NET's greatest time, "never ends", has no hour to give away.
        return _short(read.replace(tzinfo=None))


def day(value: object, zone: tzinfo) -> str:
    """The day that a time means, `YYYY-MM-DD`, or ""."""
    read = moment(value)
    return "" if read is None else _day(read, zone).isoformat()


def record_id(row: Row, zone: tzinfo) -> str:
    """`seriesID`, and in a series `seriesID.YYYYMMDD` of the day for which it was first planned.

    A task's own `id` ends in its day (act-web-api table: deviation seen live) and so changes when
    it is moved; the series' id and the original day do not. The day is the office's: taken in UTC,
    two evenings of a daily series may share one where the clocks are put forward.
    Raises BadRecord.
    """
    series = _series(row)
    if not _is_recurring(row):
        return usable_id("activity", series)
    original = _moment_of(row, "originalTime") or _required(row, "startTime")
    return usable_id("activity", f"{series}.{_day(original, zone):%Y%m%d}")


@dataclass(frozen=True)
class Window:
    """The days of the calendar that travel, around the office's today and both ends included."""

    back_days: int = 90
    ahead_days: int = 365

    def bounds(self, now: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
        """Its first moment, and the first one after it, to ask Act! with."""
        first, last = self._days(now, zone)
        end = last + timedelta(days=1)
        return _midnight(first, zone), _midnight(end, zone)

    def contains(self, row: Row, now: datetime, zone: tzinfo) -> bool:
        """Whether the activity has a day in the window. Raises BadRecord without a start."""
        first, last = self._days(now, zone)
        start = _day(_required(row, "startTime"), zone)
        end = _day(_moment_of(row, "endTime") or datetime.combine(start, time()), zone)
        return start <= last and max(start, end) >= first

    def _days(self, now: datetime, zone: tzinfo) -> tuple[date, date]:
        today = now.astimezone(zone).date()
        return today - timedelta(days=self.back_days), today + timedelta(days=self.ahead_days)


def _series(row: Row) -> str:
    series = row.get("seriesID")
    if isinstance(series, str) and series:
        return series
    id = row.get("id")
    if not isinstance(id, str) or not id:
        raise BadRecord("activity", "", "Act! sent it without an id; if it stays, tell the hotline")
    return id[:_GUID] if len(id) == _GUID + _DAY_IN_ID else id


def _is_recurring(row: Row) -> bool:
    spec = row.get("recurSpec")
    pattern = spec.get("recurType") if isinstance(spec, dict) else None
    # A moved occurrence is still one of its series, whichever of the two says so.
    return row.get("isRecurring") is True or pattern not in (None, "", "None")


def _required(row: Row, name: str) -> datetime:
    read = _moment_of(row, name)
    if read is None:
        raise BadRecord("activity", _shown(row), f"it has no {name}: give it one in Act!")
    return read


def _moment_of(row: Row, name: str) -> datetime | None:
    try:
        return moment(row.get(name))
    except ValueError as error:
        raise BadRecord(
            "activity", _shown(row), f"its {name} is no time: correct it in Act!"
        ) from error


def _shown(row: Row) -> str:
    return str(row.get("seriesID") or row.get("id") or "")


def _day(read: datetime, zone: tzinfo) -> date:
    # Midnight as written is how days are kept, in whatever offset; anything else is a moment.
    if read.tzinfo is None or read.time() == time():
        return read.date()
    return read.astimezone(zone).date()


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _short(read: datetime) -> str:
    return read.isoformat(timespec="milliseconds" if read.microsecond else "seconds")
