"""What the agent knows: the records as last sent, what is still to be sent, edits already taken.

What was seen and what is to be sent are written in one transaction, so a crash can neither lose a
change nor send it under two numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from clients.agent import bases, outbox
from clients.agent.bases import Bases
from clients.agent.connectors.base import NO_CONTENT, Applied, Chunk, Record, content_hash
from clients.agent.outbox import Outbox, Part
from clients.answers import Change
from clients.database import Database

_SCHEMA = (
    outbox.SCHEMA
    + """
CREATE TABLE IF NOT EXISTS record (
    kind TEXT NOT NULL, id TEXT NOT NULL, hash TEXT NOT NULL, version INTEGER NOT NULL,
    PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS edit (
    batch TEXT NOT NULL, idx INTEGER NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,
    state TEXT NOT NULL, version INTEGER NOT NULL, detail TEXT NOT NULL, taken TEXT NOT NULL,
    PRIMARY KEY (batch, idx)) WITHOUT ROWID;
"""
    + bases.SCHEMA
)


@dataclass(frozen=True)
class Seen:
    """A record as last sent. `hash` is NO_CONTENT where that is not known any more."""

    hash: str
    version: int


class Store:
    """The agent's memory for one account. Methods that write are called in a transaction."""

    def __init__(self, data_dir: Path, account: str) -> None:
        file = data_dir / f"agent-{account}.sqlite3"
        self.db = Database(file, _SCHEMA, outbox.COLUMNS)
        self._sql = self.db.connection
        self.outbox = Outbox(self.db)
        self.bases = Bases(self._sql)

    def close(self) -> None:
        self.db.close()

    def kinds(self) -> list[str]:
        return [kind for (kind,) in self._sql.execute("SELECT DISTINCT kind FROM record")]

    def kinds_ever(self) -> set[str]:
        """The kinds of which a record was ever queued, deleted ones too."""
        rows = self._sql.execute(
            "SELECT kind FROM record UNION SELECT kind FROM outbox UNION SELECT kind FROM sent "
            "UNION SELECT kind FROM refused"
        )
        return {kind for (kind,) in rows}

    def ids(self, kind: str) -> set[str]:
        return {id for (id,) in self._sql.execute("SELECT id FROM record WHERE kind = ?", (kind,))}

    def seen(self, kind: str, id: str) -> Seen | None:
        row = self._sql.execute(
            "SELECT hash, version FROM record WHERE kind = ? AND id = ?", (kind, id)
        ).fetchone()
        return None if row is None else Seen(*row)

    def kinds_of(self, id: str) -> list[str]:
        """The kinds of which a record of this id was ever queued, deleted ones too."""
        rows = self._sql.execute(
            "SELECT kind FROM record WHERE id = ?1 UNION SELECT kind FROM outbox WHERE id = ?1 "
            "UNION SELECT kind FROM sent WHERE id = ?1 UNION SELECT kind FROM refused "
            "WHERE id = ?1 ORDER BY kind",
            (id,),
        )
        return [kind for (kind,) in rows]

    def next_version(self) -> int:
        """The next number of this account; it is stored before anything carries it."""
        version = self._counter() + 1
        self.db.set_note("counter", str(version))
        return version

    def number_above(self, highest: int) -> bool:
        """Make up for a lost or old state; True where numbers had gone out that are not known here.

        The mailbox holds versions that this store never gave. Its own notes say nothing about
        them, so every record counts as changed and goes out again above them.
        """
        if highest <= self._counter():
            return False
        self.db.set_note("counter", str(highest))
        self._sql.execute("UPDATE record SET hash = ?", (NO_CONTENT,))
        for kind, id, old, new in self.outbox.renumber(self.next_version):
            self.bases.renumber(kind, id, old, new)
        return True

    def note_record(self, record: Record) -> None:
        """Queue a record as read from the source, where it is new or changed."""
        seen = self.seen(record.kind, record.id)
        if seen is None or seen.hash != content_hash(record.data):
            self.queue_put(record)

    def note_chunk(self, chunk: Chunk) -> None:
        """Queue what differs from what was last sent, with the connector's notes on it."""
        for record in chunk.records:
            self.note_record(record)
        for kind, id in chunk.gone:
            if self.seen(kind, id):
                self.queue_delete(kind, id)
        chunk.keep()

    def note_part(self, record: Record) -> None:
        """Queue a record for a snapshot, whether it is changed or not."""
        seen = self.seen(record.kind, record.id)
        if seen is None or seen.hash != content_hash(record.data):
            self.queue_put(record, Part.NEW)
        else:
            again = outbox.Change(record.kind, record.id, "put", seen.version, record.data)
            self.outbox.add(again, Part.AGAIN)
            self.bases.keep(record, seen.version)

    def name_part(self, kind: str, id: str) -> None:
        """Name a record in a snapshot whose content cannot be read now.

        It is there, so it must not count as gone; it goes out again once it can be read.
        """
        version = self.next_version()
        self.outbox.add(outbox.Change(kind, id, "put", version, None), Part.NEW)
        self._sql.execute(
            "INSERT INTO record VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET hash = excluded.hash",
            (kind, id, NO_CONTENT, version),
        )

    def queue_put(self, record: Record, part: Part = Part.NONE) -> int:
        """Queue the record under a new version, and remember it as sent with that."""
        version = self.next_version()
        self._sql.execute(
            "INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?)",
            (record.kind, record.id, content_hash(record.data), version),
        )
        change = outbox.Change(record.kind, record.id, "put", version, record.data)
        self.outbox.add(change, part)
        self.bases.keep(record, version)
        return version

    def queue_delete(self, kind: str, id: str) -> int:
        version = self.next_version()
        self._sql.execute("DELETE FROM record WHERE kind = ? AND id = ?", (kind, id))
        self.outbox.add(outbox.Change(kind, id, "delete", version, None))
        self.bases.replaced(kind, id)
        return version

    def drop_unnamed(self, kind: str) -> None:
        """Queue the delete of every record of this kind that no part of the snapshot names."""
        rows = self._sql.execute(
            "SELECT id FROM record WHERE kind = ?1 AND id NOT IN "
            "(SELECT id FROM outbox WHERE part > 0 AND kind = ?1)",
            (kind,),
        )
        for (id,) in rows.fetchall():
            self.queue_delete(kind, id)

    def taken(self, change: Change) -> dict[str, object] | None:
        """The outcome of a phone's edit that was taken before, None for a new one."""
        row = self._sql.execute(
            "SELECT id, state, version, detail FROM edit WHERE batch = ? AND idx = ?",
            (change.batch, change.index),
        ).fetchone()
        return None if row is None else _outcome(change, *row)

    def take(self, change: Change, applied: Applied) -> dict[str, object]:
        """Remember an edit's outcome, and queue the record's present state under a new version.

        With it goes what else the edit changed.
        """
        if applied.data is None:
            version = self.queue_delete(change.kind, applied.id)
        else:
            version = self.queue_put(Record(change.kind, applied.id, applied.data))
        self.note_chunk(applied.also)
        detail = _printable(applied.detail)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        self._sql.execute(
            "INSERT INTO edit VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                change.batch,
                change.index,
                change.kind,
                applied.id,
                applied.state,
                version,
                detail,
                now,
            ),
        )
        return _outcome(change, applied.id, applied.state, version, detail)

    def _counter(self) -> int:
        return int(self.db.note("counter") or 0)


def _printable(text: str) -> str:
    """The mailbox refuses an acknowledgement whose text holds what is none: names of members that
    a phone made up may."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)


def _outcome(change: Change, id: str, state: str, version: int, detail: str) -> dict[str, object]:
    outcome: dict[str, object] = {
        "batch": change.batch,
        "index": change.index,
        "state": state,
        "id": id,
        "version": version,
    }
    if detail:
        outcome["detail"] = detail
    return outcome
