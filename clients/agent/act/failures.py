"""Records that exist and could not be taken: tried again, and after three runs set aside.

Methods that write are called in a transaction of the store.
"""

from __future__ import annotations

from sqlite3 import Connection
from typing import Any

from clients.agent.connectors.base import Key

_SCHEMA = """
CREATE TABLE IF NOT EXISTS act_failed (
    kind TEXT NOT NULL, id TEXT NOT NULL, place TEXT NOT NULL, why TEXT NOT NULL,
    tries INTEGER NOT NULL, run INTEGER NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID;
"""
ASIDE_AFTER = 3
"""In so many runs a record fails before it is set aside and the cursor goes on without it."""


class Failures:
    """The table of them. `run` is the number of the present run."""

    def __init__(self, sql: Connection) -> None:
        sql.executescript(_SCHEMA)
        self._sql = sql

    def note(self, key: Key, place: str, why: str, run: int) -> bool:
        """Note a failure of this run; True where the record is set aside with it."""
        (tries,) = self._sql.execute(
            "INSERT INTO act_failed VALUES (?, ?, ?, ?, 1, ?) ON CONFLICT DO UPDATE SET "
            "tries = tries + (run < excluded.run), run = excluded.run, "
            "place = excluded.place, why = excluded.why RETURNING tries",
            (*key, place, why, run),
        ).fetchone()
        return int(tries) >= ASIDE_AFTER

    def told(self) -> list[dict[str, Any]]:
        """Every record that could not be taken, with its place in Act! and why."""
        rows = self._sql.execute("SELECT kind, id, place, why, tries FROM act_failed ORDER BY 1, 2")
        return [
            {"kind": kind, "id": id, "why": why, "tries": tries, "aside": tries >= ASIDE_AFTER}
            for kind, id, _, why, tries in rows
        ]

    def before(self, kind: str, run: int) -> list[tuple[Key, str]]:
        """The failed records of a kind, with their places, that this run has not asked for yet."""
        rows = self._sql.execute(
            "SELECT kind, id, place FROM act_failed WHERE kind = ? AND run < ?",
            (kind, run),
        )
        return [(Key(kind, id), place) for kind, id, place in rows]

    def is_fresh(self, run: int) -> bool:
        """Whether a record failed in this run that is not set aside yet."""
        row = self._sql.execute(
            "SELECT 1 FROM act_failed WHERE run = ? AND tries < ? LIMIT 1", (run, ASIDE_AFTER)
        ).fetchone()
        return row is not None

    def count(self) -> int:
        return int(self._sql.execute("SELECT count(*) FROM act_failed").fetchone()[0])

    def mended(self, key: Key) -> None:
        self._sql.execute("DELETE FROM act_failed WHERE kind = ? AND id = ?", key)
