"""Times in Act!, the calendar window, and the ids of activities.

Act! writes times with an offset, days as midnight (act-web-api table: seen live), and .NET's
smallest time where there is none. Days are the office's: `zone` is its time zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from clients.agent.act.records import Row, bad_time, plain_id, usable_id

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


def stamp(moment: datetime) -> str:
    """A moment as Act! is asked about it, and told it: UTC, in whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day(value: object, zone: tzinfo) -> str:
    """The day that a time without an hour means, `YYYY-MM-DD`, or ""."""
    read = moment(value)
    return "" if read is None else _day(read, zone, whole=True).isoformat()


def has_days(row: Row) -> bool:
    """Whether the activity lies on days and has no hour."""
    return row.get("isTimeless") is True or row.get("isAllDay") is True


def record_id(row: Row, zone: tzinfo) -> str:
    """`seriesID`, and in a series `seriesID.YYYYMMDD` of the day for which it was first planned.

    A task's own `id` ends in its day (act-web-api table: deviation seen live) and so changes when
    it is moved; the series' id and the original day do not. The day is the office's: taken in UTC,
    two evenings of a daily series may share one where the clocks are put forward.
    Raises BadRecord.
    """
    series = series_id(row)
    if not _is_recurring(row):
        return usable_id("activity", series)
    original = _moment_of(row, "originalTime") or _required(row, "startTime")
    day = _day(original, zone, whole=has_days(row))
    return usable_id("activity", f"{series}.{day:%Y%m%d}")


@dataclass(frozen=True)
class Window:
    """The days of the calendar that travel, around the office's today and both ends included."""

    back_days: int = 90
    ahead_days: int = 365

    def bounds(self, now: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
        """Moments between which every activity of the window has a part, to ask Act! with.

        A day wider at both ends: midnights without an hour may be those of another zone.
        """
        first, last = self._days(now, zone)
        wider = timedelta(days=1)
        return _midnight(first - wider, zone), _midnight(last + 2 * wider, zone)

    def contains(self, row: Row, now: datetime, zone: tzinfo) -> bool:
        """Whether the activity has a day in the window. Raises BadRecord without a start."""
        first, last = self._days(now, zone)
        begins = _required(row, "startTime")
        ends = _moment_of(row, "endTime") or begins
        start, end = (_day(read, zone, whole=has_days(row)) for read in (begins, ends))
        return start <= last and max(start, end) >= first

    def _days(self, now: datetime, zone: tzinfo) -> tuple[date, date]:
        today = now.astimezone(zone).date()
        return today - timedelta(days=self.back_days), today + timedelta(days=self.ahead_days)


def series_id(row: Row) -> str:
    """What is the same of all of a series, and of a single activity wherever it is moved."""
    series = row.get("seriesID")
    if isinstance(series, str) and series:
        return series
    id = plain_id("activity", row)
    return id[:_GUID] if len(id) == _GUID + _DAY_IN_ID else id


def _is_recurring(row: Row) -> bool:
    spec = row.get("recurSpec")
    pattern = spec.get("recurType") if isinstance(spec, dict) else None
    # A moved occurrence is still one of its series, whichever of the two says so.
    return row.get("isRecurring") is True or pattern not in (None, "", "None")


def _required(row: Row, name: str) -> datetime:
    read = _moment_of(row, name)
    if read is None:
        raise bad_time("activity", row, name, "is missing")
    return read


def _moment_of(row: Row, name: str) -> datetime | None:
    try:
        return moment(row.get(name))
    except ValueError as error:
        raise bad_time("activity", row, name, "is no time") from error


def _day(read: datetime, zone: tzinfo, *, whole: bool) -> date:
    # Days are kept as midnight, in whatever offset. Of what has an hour, midnight is one as any
    # other: 8 p.m. in New York is midnight in UTC, for half of the year.
    if read.tzinfo is None or (whole and read.time() == time()):
        return read.date()
    return read.astimezone(zone).date()


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _short(read: datetime) -> str:
    return read.isoformat(timespec="milliseconds" if read.microsecond else "seconds")
