"""Times on the wire: UTC with a trailing Z."""

from datetime import UTC, datetime

DAY = 86_400


def stamp(seconds: float) -> str:
    """Seconds since 1970 as Act! writes a time."""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds(text: str) -> int:
    """The reverse; a time without a zone is UTC. Raises ValueError for what is no time."""
    moment = datetime.fromisoformat(text)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
