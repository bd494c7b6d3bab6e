"""What was sent, kept for as long as a phone may have edited it."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime, timedelta
from sqlite3 import Connection

from clients.agent.connectors.base import Record

SCHEMA = """
CREATE TABLE IF NOT EXISTS base (
    kind TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, data BLOB NOT NULL,
    replaced TEXT, PRIMARY KEY (kind, id, version)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS base_replaced ON base (replaced) WHERE replaced IS NOT NULL;
"""
KEPT = timedelta(days=30)
"""For so long a version is known after another has taken its place."""


class Bases:
    """The contents by kind, id and version. Methods that write are called in a transaction."""

    def __init__(self, sql: Connection) -> None:
        self._sql = sql

    def find(self, kind: str, id: str, version: int) -> str | None:
        """The content that was sent as this version, None where it is not known any more."""
        row = self._sql.execute(
            "SELECT data FROM base WHERE kind = ? AND id = ? AND version = ?", (kind, id, version)
        ).fetchone()
        return None if row is None else zlib.decompress(row[0]).decode()

    def present(self, kind: str, id: str) -> str | None:
        """The content that was sent last, None where the phones have nothing of the record."""
        row = self._sql.execute(
            "SELECT data FROM base WHERE kind = ? AND id = ? AND replaced IS NULL "
            "ORDER BY version DESC LIMIT 1",
            (kind, id),
        ).fetchone()
        return None if row is None else zlib.decompress(row[0]).decode()

    def keep(self, record: Record, version: int) -> None:
        """Keep the present version; what was present before is replaced by it."""
        self._replace(record.kind, record.id, but=version)
        self._sql.execute(
            "INSERT OR IGNORE INTO base VALUES (?, ?, ?, ?, NULL)",
            (record.kind, record.id, version, zlib.compress(record.data.encode())),
        )

    def renumber(self, kind: str, id: str, old: int, new: int) -> None:
        """What was kept as one version is sent as another. It may have gone out as both."""
        self._sql.execute(
            "INSERT INTO base SELECT kind, id, ?, data, replaced FROM base "
            "WHERE kind = ? AND id = ? AND version = ?",
            (new, kind, id, old),
        )

    def replaced(self, kind: str, id: str) -> None:
        """The record was deleted."""
        self._replace(kind, id, but=0)

    def _replace(self, kind: str, id: str, *, but: int) -> None:
        self._sql.execute(
            "UPDATE base SET replaced = ? "
            "WHERE kind = ? AND id = ? AND replaced IS NULL AND version <> ?",
            (_text(datetime.now(UTC)), kind, id, but),
        )

    def forget(self, now: datetime) -> None:
        """Drop what was replaced too long ago."""
        self._sql.execute("DELETE FROM base WHERE replaced < ?", (_text(now - KEPT),))


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
