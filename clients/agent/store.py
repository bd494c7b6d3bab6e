"""What the agent knows: the records as last sent, what is still to be sent, edits already taken.

What was seen and what is to be sent are written in one transaction, so a crash can neither lose a
change nor send it under two numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from clients import parcels, rawjson
from clients.agent.connectors.base import NO_CONTENT, Applied, Record, content_hash
from clients.answers import Change, Limits, Receipt
from clients.database import Database
from clients.parcels import Item, Parcel

_SCHEMA = (
    parcels.SCHEMA
    + """
CREATE TABLE IF NOT EXISTS record (
    kind TEXT NOT NULL, id TEXT NOT NULL, hash TEXT NOT NULL, version INTEGER NOT NULL,
    PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id TEXT NOT NULL, op TEXT NOT NULL,
    version INTEGER NOT NULL, data TEXT);
CREATE INDEX IF NOT EXISTS outbox_record ON outbox (kind, id);
CREATE TABLE IF NOT EXISTS edit (
    batch TEXT NOT NULL, idx INTEGER NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,
    state TEXT NOT NULL, version INTEGER NOT NULL, detail TEXT NOT NULL, taken TEXT NOT NULL,
    PRIMARY KEY (batch, idx)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sent (
    kind TEXT NOT NULL, id TEXT NOT NULL, op TEXT NOT NULL, version INTEGER NOT NULL,
    batch TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS refused (
    kind TEXT NOT NULL, id TEXT NOT NULL, code TEXT NOT NULL, detail TEXT NOT NULL,
    PRIMARY KEY (kind, id)) WITHOUT ROWID;
"""
)
_NOT_IN_PARCEL = "seq NOT IN (SELECT item FROM parcel_item)"


@dataclass(frozen=True)
class Seen:
    """A record as last sent. `hash` is NO_CONTENT where that is not known any more."""

    hash: str
    version: int


@dataclass(frozen=True)
class Queued:
    """A change that still lies here."""

    op: str
    version: int


@dataclass(frozen=True)
class Sent:
    """A record's change that the mailbox accepted last, in which batch, and when (RFC 3339)."""

    op: str
    version: int
    batch: str
    at: str


class Store:
    """The agent's memory for one account. Methods that write are called in a transaction."""

    def __init__(self, data_dir: Path, account: str) -> None:
        self.db = Database(data_dir / f"agent-{account}.sqlite3", _SCHEMA)
        self._sql = self.db.connection

    def close(self) -> None:
        self.db.close()

    def unsent(self) -> int:
        return int(self._sql.execute("SELECT count(*) FROM outbox").fetchone()[0])

    def kinds(self) -> list[str]:
        return [kind for (kind,) in self._sql.execute("SELECT DISTINCT kind FROM record")]

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

    def queued(self, kind: str, id: str) -> Queued | None:
        """The newest change of the record that was not accepted yet."""
        row = self._sql.execute(
            "SELECT op, version FROM outbox WHERE kind = ? AND id = ? ORDER BY seq DESC LIMIT 1",
            (kind, id),
        ).fetchone()
        return None if row is None else Queued(*row)

    def sent(self, kind: str, id: str) -> Sent | None:
        row = self._sql.execute(
            "SELECT op, version, batch, at FROM sent WHERE kind = ? AND id = ?", (kind, id)
        ).fetchone()
        return None if row is None else Sent(*row)

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
        rows = self._sql.execute(f"SELECT seq FROM outbox WHERE {_NOT_IN_PARCEL} ORDER BY seq")
        for (seq,) in rows.fetchall():
            self._sql.execute(
                "UPDATE outbox SET version = ? WHERE seq = ?", (self.next_version(), seq)
            )
        return True

    def note_record(self, record: Record, *, resend: bool) -> None:
        """Queue a record as read from the source, where it is new, changed, or sent again."""
        seen, hash = self.seen(record.kind, record.id), content_hash(record.data)
        if seen is None or seen.hash != hash:
            self.queue_put(record)
        elif resend and not self._is_queued(record.kind, record.id):
            self._queue(record.kind, record.id, "put", seen.version, record.data)

    def queue_put(self, record: Record) -> int:
        """Queue the record under a new version, and remember it as sent with that."""
        version = self.next_version()
        self._sql.execute(
            "INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?)",
            (record.kind, record.id, content_hash(record.data), version),
        )
        self._queue(record.kind, record.id, "put", version, record.data)
        return version

    def queue_delete(self, kind: str, id: str) -> int:
        version = self.next_version()
        self._sql.execute("DELETE FROM record WHERE kind = ? AND id = ?", (kind, id))
        self._queue(kind, id, "delete", version, None)
        return version

    def taken(self, change: Change) -> dict[str, object] | None:
        """The outcome of a phone's edit that was taken before, None for a new one."""
        row = self._sql.execute(
            "SELECT id, state, version, detail FROM edit WHERE batch = ? AND idx = ?",
            (change.batch, change.index),
        ).fetchone()
        return None if row is None else _outcome(change, *row)

    def take(self, change: Change, applied: Applied) -> dict[str, object]:
        """Remember an edit's outcome and queue the record's present state under a new version."""
        if applied.data is None:
            version = self.queue_delete(change.kind, applied.id)
        else:
            version = self.queue_put(Record(change.kind, applied.id, applied.data))
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
                applied.detail,
                now,
            ),
        )
        return _outcome(change, applied.id, applied.state, version, applied.detail)

    def cut(self, limits: Limits) -> Parcel | None:
        """The next batch of what waits, written down with its key."""
        with self.db.transaction():
            rows = self._sql.execute(
                "SELECT seq, kind, id, op, version, data FROM outbox "
                f"WHERE {_NOT_IN_PARCEL} ORDER BY seq LIMIT ?",
                (limits.batch_changes + 1,),
            ).fetchall()
            return parcels.cut(
                self.db,
                [Item(row[0], _change_text(*row[1:])) for row in rows],
                max_changes=limits.batch_changes,
                max_bytes=limits.batch_bytes,
                checkpoint=self.db.note("checkpoint"),
            )

    def delivered(self, parcel: Parcel, receipt: Receipt) -> None:
        """The mailbox has it: nothing of it waits here any more."""
        rejected = {refusal.index: refusal for refusal in receipt.rejected}
        now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        with self.db.transaction():
            for index, seq in enumerate(parcel.items):
                kind, id, op, version = self._sql.execute(
                    "SELECT kind, id, op, version FROM outbox WHERE seq = ?", (seq,)
                ).fetchone()
                self._sql.execute("DELETE FROM refused WHERE kind = ? AND id = ?", (kind, id))
                if index in rejected:
                    refusal = rejected[index]
                    self._sql.execute(
                        "INSERT INTO refused VALUES (?, ?, ?, ?)",
                        (kind, id, refusal.code, refusal.detail),
                    )
                else:
                    self._sql.execute(
                        "INSERT OR REPLACE INTO sent VALUES (?, ?, ?, ?, ?, ?)",
                        (kind, id, op, version, receipt.batch, now),
                    )
                self._sql.execute("DELETE FROM outbox WHERE seq = ?", (seq,))
            parcels.close(self.db, parcel.key)

    def refused(self) -> list[dict[str, str]]:
        rows = self._sql.execute("SELECT kind, id, code, detail FROM refused")
        return [{"kind": k, "id": i, "code": c, "detail": d} for k, i, c, d in rows]

    def _counter(self) -> int:
        return int(self.db.note("counter") or 0)

    def _is_queued(self, kind: str, id: str) -> bool:
        query = "SELECT 1 FROM outbox WHERE kind = ? AND id = ?"
        return self._sql.execute(query, (kind, id)).fetchone() is not None

    def _queue(self, kind: str, id: str, op: str, version: int, data: str | None) -> None:
        # The newest version alone counts; what lies in a parcel may have been sent already.
        self._sql.execute(
            f"DELETE FROM outbox WHERE kind = ? AND id = ? AND {_NOT_IN_PARCEL}", (kind, id)
        )
        self._sql.execute(
            "INSERT INTO outbox (kind, id, op, version, data) VALUES (?, ?, ?, ?, ?)",
            (kind, id, op, version, data),
        )


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


def _change_text(kind: str, id: str, op: str, version: int, data: str | None) -> str:
    head = rawjson.dump({"kind": kind, "id": id, "op": op, "version": version})
    return head if data is None else f'{head[:-1]},"data":{data}}}'
