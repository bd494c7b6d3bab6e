"""What was changed since the beginning, in SQLite: in memory, or in a file that outlives us."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

_TABLES = """
CREATE TABLE IF NOT EXISTS rows (kind TEXT, number INTEGER, body TEXT, PRIMARY KEY (kind, number));
CREATE TABLE IF NOT EXISTS members (team INTEGER, contact INTEGER, is_in INTEGER,
                                    PRIMARY KEY (team, contact));
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE IF NOT EXISTS writes (place INTEGER PRIMARY KEY, body TEXT);
"""


class Overlay:
    """Changed, created and deleted rows (body NULL), moved memberships, settings, the journal."""

    def __init__(self, path: Path | None) -> None:
        self._sql = sqlite3.connect(path or ":memory:", isolation_level=None)
        self._sql.executescript("PRAGMA synchronous = OFF;" + _TABLES)

    def row(self, kind: str, number: int) -> dict[str, Any]:
        found = self._sql.execute(
            "SELECT body FROM rows WHERE kind = ? AND number = ?", (kind, number)
        ).fetchone()
        row: dict[str, Any] = msgspec.json.decode(found[0])
        return row

    def put(self, kind: str, number: int, row: dict[str, Any] | None) -> None:
        body = row if row is None else json.dumps(row)
        self._sql.execute("INSERT OR REPLACE INTO rows VALUES (?, ?, ?)", (kind, number, body))

    def rows(self) -> Iterator[tuple[str, int, dict[str, Any] | None]]:
        found = self._sql.execute("SELECT kind, number, body FROM rows ORDER BY kind, number")
        for kind, number, body in found:
            yield kind, number, body and json.loads(body)

    def move(self, group: int, contact: int, *, is_in: bool) -> None:
        self._sql.execute(
            "INSERT OR REPLACE INTO members VALUES (?, ?, ?)", (group, contact, is_in)
        )

    def moves(self) -> Iterator[tuple[int, int, bool]]:
        for group, contact, is_in in self._sql.execute("SELECT team, contact, is_in FROM members"):
            yield group, contact, bool(is_in)

    def setting(self, name: str, value: Any) -> Any:
        """The kept value; where there is none yet, `value` is kept."""
        self._sql.execute("INSERT OR IGNORE INTO settings VALUES (?, ?)", (name, json.dumps(value)))
        kept = self._sql.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return json.loads(kept[0])

    def keep(self, name: str, value: Any) -> None:
        self._sql.execute(
            "INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, json.dumps(value))
        )

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Keep all that is written inside, or nothing: a process may be killed between two rows."""
        self._sql.execute("BEGIN")
        try:
            yield
        finally:
            self._sql.execute("COMMIT")

    def add_write(self, told: dict[str, Any]) -> None:
        """Append to the journal of writes."""
        self._sql.execute("INSERT INTO writes (body) VALUES (?)", (json.dumps(told),))

    def writes(self) -> list[dict[str, Any]]:
        """The journal in order."""
        found = self._sql.execute("SELECT body FROM writes ORDER BY place")
        return [json.loads(body) for (body,) in found]

    def forget_writes(self) -> None:
        self._sql.execute("DELETE FROM writes")

    def copy(self) -> sqlite3.Connection:
        """A backup of all of it."""
        made = sqlite3.connect(":memory:", isolation_level=None)
        self._sql.backup(made)
        return made

    def take_back(self, backup: sqlite3.Connection | None) -> None:
        """Put the rows and memberships of a backup in the place of ours; None: of the beginning."""
        self._sql.execute("DELETE FROM rows")
        self._sql.execute("DELETE FROM members")
        if backup:
            for name, marks in (("rows", "?, ?, ?"), ("members", "?, ?, ?")):
                self._sql.executemany(
                    f"INSERT INTO {name} VALUES ({marks})", backup.execute(f"SELECT * FROM {name}")
                )
