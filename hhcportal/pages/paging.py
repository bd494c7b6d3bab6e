"""Page by page through time: an address names the last row shown, so nothing is counted."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TypeVar
from urllib.parse import urlencode

Key = TypeVar("Key")
Item = TypeVar("Item")


def mark(at: datetime, key: object) -> str:
    """A row by its time and its id, as an address carries it."""
    return f"{at.astimezone(UTC).strftime('%Y%m%dT%H%M%S.%f')}_{key}"


def parse(text: str, key: Callable[[str], Key]) -> tuple[datetime, Key] | None:
    """What `mark` wrote; None for anything else: then the page is the first one."""
    at, _, name = text.partition("_")
    try:
        return datetime.strptime(at, "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC), key(name)
    except (ValueError, OverflowError):
        return None


def older(rows: Sequence[Item], limit: int, last: Callable[[Item], str], **query: str) -> str:
    """The query that leads to what lies behind `rows`; empty where nothing does.

    `rows` is one longer than the page where there is more.
    """
    if len(rows) <= limit:
        return ""
    said = {name: value for name, value in query.items() if value}
    return urlencode({**said, "before": last(rows[limit - 1])})
