from datetime import UTC, datetime, timedelta

import pytest

from sync.presence import Contacts, state

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ago", "announced", "interval", "expected"),
    [
        (None, None, 15, "never"),
        (0, None, 15, "awake"),
        (15, None, 15, "awake"),
        (16, None, 15, "late"),
        (30, None, 15, "late"),
        (31, None, 15, "asleep"),
        (11, None, 1, "late"),  # the grace is at least ten minutes
        (12, None, 1, "asleep"),
        (60, 3600, 15, "awake"),  # what the program announced counts
        (75, 3600, 15, "late"),
        (76, 3600, 15, "asleep"),
    ],
)
def test_presence(ago: int | None, announced: int | None, interval: int, expected: str) -> None:
    last = None if ago is None else NOW - timedelta(minutes=ago)
    contacts = Contacts(last, announced, None, timedelta(minutes=interval))
    assert state(contacts, NOW) == expected


def test_nobody_paired_was_never_there() -> None:
    assert state(None, NOW) == "never"
