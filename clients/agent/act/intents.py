"""What was about to be written to Act!, so that nothing is written twice.

An intent is written down before Act! is asked, and dropped with the outcome. Whoever finds one has
asked before, and looks what became of that before asking again.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from clients.agent.connectors.base import Edit
from clients.database import Column, Database

_SCHEMA = """
CREATE TABLE IF NOT EXISTS act_intent (
    token TEXT PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, op TEXT NOT NULL,
    begun TEXT NOT NULL, marker TEXT NOT NULL) WITHOUT ROWID;
"""
_COLUMNS = [Column("act_intent", "failed", "INTEGER NOT NULL DEFAULT 0")]
_CLOCKS = timedelta(days=1)
"""How far Act!'s clock, or its idea of its time zone, may be behind this one."""


@dataclass(frozen=True)
class Intent:
    """`begun`: when Act! was first asked. `marker`: a UUID for what is made, where Act! has a
    member that takes one: the record's id on the phone, or one made of the edit's token."""

    token: str
    begun: datetime
    marker: str

    @property
    def since(self) -> datetime:
        """What Act! made for it was created at this moment or later."""
        return self.begun - _CLOCKS


class Intents:
    """The table of them, in the store's own database."""

    def __init__(self, db: Database) -> None:
        db.connection.executescript(_SCHEMA)
        db.complete(_COLUMNS)
        self._db = db
        self._sql = db.connection

    def known(self, token: str) -> Intent | None:
        """The intent of an edit that was begun before."""
        row = self._sql.execute(
            "SELECT token, begun, marker FROM act_intent WHERE token = ?", (token,)
        ).fetchone()
        return None if row is None else Intent(row[0], datetime.fromisoformat(row[1]), row[2])

    def begin(self, edit: Edit, now: datetime) -> Intent:
        """The intent of this edit, written down; in a transaction of its own."""
        known = self.known(edit.token)
        if known:
            return known
        intent = Intent(edit.token, now.astimezone(UTC), marker(edit))
        with self._db.transaction() as sql:
            sql.execute(
                "INSERT INTO act_intent (token, kind, id, op, begun, marker) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (
                    edit.token,
                    edit.kind,
                    edit.id,
                    edit.op,
                    intent.begun.isoformat(),
                    intent.marker,
                ),
            )
        return intent

    def failed(self, token: str) -> int:
        """In so many runs Act! has not shown what became of it; in a transaction of its own."""
        with self._db.transaction() as sql:
            (times,) = sql.execute(
                "UPDATE act_intent SET failed = failed + 1 WHERE token = ? RETURNING failed",
                (token,),
            ).fetchone()
        return int(times)

    def drop(self, token: str) -> None:
        """The outcome is being written down; in that transaction."""
        self._sql.execute("DELETE FROM act_intent WHERE token = ?", (token,))


def marker(edit: Edit) -> str:
    """The same in every repetition."""
    try:
        return str(uuid.UUID(edit.id))
    except ValueError:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, edit.token))
