"""The program's only clock.

Times are always passed on as arguments (`now`), never taken by SQL's `now()` or a column's
default, so that a test, a sweep or a support question can ask "as if it were then".
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import available_timezones

from django.utils import timezone


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def end_of_day(day: date) -> datetime:
    """The first moment after a day, in the program's zone."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))


@cache
def zones() -> frozenset[str]:
    """Every zone's name, aliases included."""
    return frozenset(available_timezones())
