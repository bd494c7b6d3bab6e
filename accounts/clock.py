"""The program's only clock.

Times are always passed on as arguments (`now`), never taken by SQL's `now()` or a column's
default, so that a test, a sweep or a support question can ask "as if it were then".
"""

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)
