"""SQLite as a client keeps it: durable, one writer, safe to be killed at any moment."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import stamina

from clients.trouble import Exit, Trouble

_PATIENCE = 30.0
_NOTES = "CREATE TABLE IF NOT EXISTS note (name TEXT PRIMARY KEY, value TEXT NOT NULL);"


class Column(NamedTuple):
    """A column that a table was given after its first release; `type` with its default."""

    table: str
    name: str
    type: str


class Database:
    """One file. Reads see what is committed; writes go through `transaction()`."""

    def __init__(self, path: Path, schema: str = "", columns: Iterable[Column] = ()) -> None:
        self.path = path
        self.connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
        self._write_ahead()
        # An answered 202 must outlive a power cut on this side too.
        self.connection.execute("PRAGMA synchronous=FULL")
        self.connection.execute("PRAGMA secure_delete=ON")
        self.connection.executescript(_NOTES + schema)
        self.complete(columns)

    def _write_ahead(self) -> None:
        """Turning a new file over is the one thing for which SQLite does not wait by itself."""
        for attempt in stamina.retry_context(
            on=_is_busy, attempts=None, timeout=_PATIENCE, wait_initial=0.01, wait_max=0.1
        ):
            with attempt:
                self.connection.execute("PRAGMA journal_mode=WAL")

    def close(self) -> None:
        self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing. The lock is taken at once: a reader that turns writer could deadlock."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield self.connection
            self.connection.execute("COMMIT")
        except BaseException:
            # At some failures, such as a full disk, SQLite has rolled back by itself already.
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            raise

    def note(self, name: str) -> str | None:
        """A single remembered value, None where nothing was noted."""
        row = self.connection.execute("SELECT value FROM note WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def set_note(self, name: str, value: str | None) -> None:
        if value is None:
            self.connection.execute("DELETE FROM note WHERE name = ?", (name,))
        else:
            self.connection.execute("INSERT OR REPLACE INTO note VALUES (?, ?)", (name, value))

    def counts(self, query: str) -> dict[str, int]:
        """The rows (name, count) of `query`."""
        return {str(name): int(count) for name, count in self.connection.execute(query)}

    def complete(self, columns: Iterable[Column]) -> None:
        """Give the tables the columns that those of an earlier file lack."""
        for column in columns:
            if self._lacks(column):
                self._add(column)

    def _lacks(self, column: Column) -> bool:
        """A file of an earlier release has the table without it."""
        there = self.connection.execute(f"PRAGMA table_info({column.table})").fetchall()
        return column.name not in [name for _, name, *_ in there]

    def _add(self, column: Column) -> None:
        with self.transaction() as sql:
            # `run` and `status` may open the file at the same moment, and both have looked.
            if self._lacks(column):
                sql.execute(f"ALTER TABLE {column.table} ADD COLUMN {column.name} {column.type}")

    def delete_files(self) -> None:
        """Close, and remove the file with all that SQLite keeps beside it."""
        self.close()
        for suffix in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)


def _is_busy(error: Exception) -> bool:
    return (
        isinstance(error, sqlite3.OperationalError)
        and error.sqlite_errorcode == sqlite3.SQLITE_BUSY
    )


@contextmanager
def sole_user(data_dir: Path) -> Iterator[None]:
    """Keep a second run out of the same data folder; a killed run leaves no lock behind.

    Raises Trouble where another run holds it. SQLite's lock is the one that every system has.
    """
    lock = sqlite3.connect(data_dir / "lock.sqlite3", timeout=0.5, isolation_level=None)
    try:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if not _is_busy(error):
                raise
            raise Trouble(
                f"Another run is using {data_dir}: wait for its end or stop it first.",
                code="busy",
                exit_code=Exit.BUSY,
            ) from error
        yield
    finally:
        lock.close()
