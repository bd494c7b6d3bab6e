"""Office hours: when somebody is expected to be there."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from accounts import clock

WEEKDAYS = range(1, 8)  # as in ISO 8601: 1 is Monday


class HoursInvalid(ValueError):
    """No office hours; the message says why, in a sentence."""


class OfficeHours(NamedTuple):
    """On `days` (1 Monday to 7 Sunday) from `opens` until `closes` in `zone`.

    Hours that close before they open end on the next day; where both are equal they last a day.
    """

    days: Sequence[int]
    opens: time
    closes: time
    zone: str

    def opened(self, at: datetime) -> datetime | None:
        """Since when the office has been open without a break, as of `at`; None: it is closed."""
        since = until = None
        for opens, closes in self._periods(at - timedelta(days=8), at):
            since = opens if until is None or opens > until else since
            until = closes
        return since if until is not None and at < until else None

    def opens_next(self, at: datetime) -> datetime | None:
        """When the office opens after `at`."""
        ahead = self._periods(at, at + timedelta(days=8))
        return next((opens for opens, _ in ahead if opens > at), None)

    def within(self, since: datetime, until: datetime) -> timedelta:
        """How long the office was open between two moments."""
        open_for = timedelta(0)
        for opens, closes in self._periods(since, until):
            open_for += min(closes, until) - max(opens, since)
        return open_for

    def _periods(self, since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Opening and closing, in UTC, of each day whose hours touch the span, in order."""
        zone = ZoneInfo(self.zone)
        day = since.astimezone(zone).date() - timedelta(days=1)
        while day <= until.astimezone(zone).date():
            last = day + timedelta(days=self.closes <= self.opens)
            # In UTC, for two times of one zone are compared by their clocks alone.
            opens = datetime.combine(day, self.opens, zone).astimezone(UTC)
            closes = datetime.combine(last, self.closes, zone).astimezone(UTC)
            if day.isoweekday() in self.days and opens <= until and closes > since:
                yield opens, closes
            day += timedelta(days=1)


def office_hours(days: Sequence[int], opens: time, closes: time, zone: str) -> OfficeHours:
    """Checked office hours. Raises HoursInvalid."""
    if not days or not set(days) <= set(WEEKDAYS):
        raise HoursInvalid("Office hours need at least one day, 1 (Monday) to 7 (Sunday).")
    if zone not in clock.zones():
        raise HoursInvalid(f"{zone} is no time zone as Europe/Berlin.")
    return OfficeHours(sorted(set(days)), opens, closes, zone)
