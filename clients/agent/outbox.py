"""The changes that still lie in the office, and what became of those that were sent."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from typing import NamedTuple

from clients import parcels, rawjson
from clients.answers import Limits, Receipt, Refusal
from clients.database import Column, Database
from clients.parcels import Frame, Item, Parcel

SCHEMA = (
    parcels.SCHEMA
    + """
CREATE TABLE IF NOT EXISTS outbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id TEXT NOT NULL, op TEXT NOT NULL,
    version INTEGER NOT NULL, data TEXT);
CREATE INDEX IF NOT EXISTS outbox_record ON outbox (kind, id);
CREATE TABLE IF NOT EXISTS sent (
    kind TEXT NOT NULL, id TEXT NOT NULL, op TEXT NOT NULL, version INTEGER NOT NULL,
    batch TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS refused (
    kind TEXT NOT NULL, id TEXT NOT NULL, code TEXT NOT NULL, detail TEXT NOT NULL,
    PRIMARY KEY (kind, id)) WITHOUT ROWID;
"""
)
COLUMNS = (
    *parcels.COLUMNS,
    Column("outbox", "part", "INTEGER NOT NULL DEFAULT 0"),
    Column("refused", "version", "INTEGER NOT NULL DEFAULT 0"),
)
_FREE = "seq NOT IN (SELECT item FROM parcel_item)"


class Part(IntEnum):
    """Whether a change waits for a snapshot, and whether it says anything new."""

    NONE = 0
    NEW = 1
    AGAIN = 2


class Change(NamedTuple):
    """A change to be queued. A put without `data` only names its record, in a snapshot."""

    kind: str
    id: str
    op: str
    version: int
    data: str | None


class Renumbered(NamedTuple):
    """A change's new version."""

    kind: str
    id: str
    old: int
    new: int


@dataclass(frozen=True)
class Queued:
    """A change that still lies here."""

    op: str
    version: int


@dataclass(frozen=True)
class Sent:
    """A record's newest change that the mailbox accepted, in which batch, and when (RFC 3339)."""

    op: str
    version: int
    batch: str
    at: str


class Outbox:
    """The queue of one store. Methods that write are called in a transaction, where not said."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._sql = db.connection

    def unsent(self) -> int:
        return int(self._sql.execute("SELECT count(*) FROM outbox").fetchone()[0])

    def waiting(self, *, parts: bool) -> int:
        """How much would go out now: the parts of a snapshot, or the rest."""
        query = "SELECT count(*) FROM outbox WHERE (part > 0) = ?"
        return int(self._sql.execute(query, (parts,)).fetchone()[0])

    def fills_a_batch(self, limits: Limits) -> bool:
        """Whether so much waits, beside parts and parcels, that a batch cannot hold more."""
        query = f"SELECT 1 FROM outbox WHERE part = 0 AND {_FREE} LIMIT 1 OFFSET ?"
        return self._sql.execute(query, (limits.batch_changes - 1,)).fetchone() is not None

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

    def refused(self) -> list[dict[str, str]]:
        rows = self._sql.execute("SELECT kind, id, code, detail FROM refused")
        return [{"kind": k, "id": i, "code": c, "detail": d} for k, i, c, d in rows]

    def add(self, change: Change, part: Part = Part.NONE) -> None:
        self._sql.execute(
            "INSERT INTO outbox (kind, id, op, version, data, part) VALUES (?, ?, ?, ?, ?, ?)",
            (*change, part),
        )

    def renumber(self, next_version: Callable[[], int]) -> list[Renumbered]:
        """New versions for all that no parcel holds yet."""
        rows = self._sql.execute(
            f"SELECT seq, kind, id, version FROM outbox WHERE {_FREE} ORDER BY seq"
        )
        renumbered = []
        for seq, kind, id, old in rows.fetchall():
            new = next_version()
            self._sql.execute("UPDATE outbox SET version = ? WHERE seq = ?", (new, seq))
            renumbered.append(Renumbered(kind, id, old, new))
        return renumbered

    def part_ids(self, kind: str) -> set[str]:
        """The records of this kind that the parts of the snapshot name."""
        rows = self._sql.execute("SELECT id FROM outbox WHERE part > 0 AND kind = ?", (kind,))
        return {id for (id,) in rows}

    def abandon_parts(self) -> None:
        """No snapshot takes the parts any more; what they say anew goes out all the same."""
        self._sql.execute(
            "DELETE FROM parcel_item WHERE key IN "
            "(SELECT key FROM parcel WHERE snapshot IS NOT NULL)"
        )
        self._sql.execute("DELETE FROM parcel WHERE snapshot IS NOT NULL")
        self._sql.execute(
            "DELETE FROM outbox WHERE part = ? OR (part > 0 AND op = 'put' AND data IS NULL)",
            (Part.AGAIN,),
        )
        self._sql.execute("UPDATE outbox SET part = ?", (Part.NONE,))

    def release_parts(self, *, but: Collection[str], again: bool) -> None:
        """Let all parts but those of these kinds go out as ordinary changes.

        `again`: those too that say nothing new; else they are dropped.
        """
        kept = ",".join("?" * len(but))
        others = f"part > 0 AND kind NOT IN ({kept})"
        unneeded = "data IS NULL" if again else f"(data IS NULL OR part = {Part.AGAIN:d})"
        self._sql.execute(
            f"DELETE FROM outbox WHERE {others} AND op = 'put' AND {unneeded}", (*but,)
        )
        self._sql.execute(f"UPDATE outbox SET part = 0 WHERE {others}", (*but,))

    def cut(self, limits: Limits, snapshot: str | None = None) -> Parcel | None:
        """The next batch of the snapshot's parts, or of the rest, written down with its key.

        In a transaction of its own.
        """
        with self._db.transaction():
            rows = self._sql.execute(
                "SELECT seq, kind, id, op, version, data FROM outbox "
                f"WHERE (part > 0) = ? AND {_FREE} ORDER BY seq LIMIT ?",
                (snapshot is not None, limits.batch_changes + 1),
            ).fetchall()
            # The checkpoint stands for all that was read, so it goes out with the last of all.
            others = self.waiting(parts=snapshot is None)
            return parcels.cut(
                self._db,
                [Item(row[0], _change_text(Change(*row[1:]))) for row in rows],
                max_changes=limits.batch_changes,
                max_bytes=limits.batch_bytes,
                frame=Frame(None if others else self._db.note("checkpoint"), snapshot),
            )

    def delivered(self, parcel: Parcel, receipt: Receipt) -> list[Refusal]:
        """The mailbox has it: nothing of it waits here any more. What it refused is returned."""
        rejected = {refusal.index: refusal for refusal in receipt.rejected}
        refused: list[Refusal] = []
        for index, seq in enumerate(parcel.items):
            row = "SELECT kind, id, op, version, data FROM outbox WHERE seq = ?"
            change = Change(*self._sql.execute(row, (seq,)).fetchone())
            self._sql.execute("DELETE FROM outbox WHERE seq = ?", (seq,))
            if change.op == "put" and change.data is None:
                continue
            if index in rejected:
                refused.append(rejected[index])
            self._note(change, rejected.get(index), receipt.batch)
        parcels.close(self._db, parcel.key)
        return refused

    def _note(self, change: Change, refusal: Refusal | None, batch: str) -> None:
        kind, id, op, version, _ = change
        # A part of an interrupted snapshot can go out after a newer change of its record.
        if version < self._newest_noted(kind, id):
            return
        self._sql.execute("DELETE FROM refused WHERE kind = ? AND id = ?", (kind, id))
        if refusal:
            self._sql.execute(
                "INSERT INTO refused (kind, id, code, detail, version) VALUES (?, ?, ?, ?, ?)",
                (kind, id, refusal.code, refusal.detail, version),
            )
            return
        now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        self._sql.execute(
            "INSERT OR REPLACE INTO sent VALUES (?, ?, ?, ?, ?, ?)",
            (kind, id, op, version, batch, now),
        )

    def _newest_noted(self, kind: str, id: str) -> int:
        """The newest version of the record that was accepted or refused; 0 without one."""
        row = self._sql.execute(
            "SELECT coalesce(max(version), 0) FROM ("
            "SELECT version FROM sent WHERE kind = ?1 AND id = ?2 UNION ALL "
            "SELECT version FROM refused WHERE kind = ?1 AND id = ?2)",
            (kind, id),
        ).fetchone()
        return int(row[0])


def _change_text(change: Change) -> str:
    kind, id, op, version, data = change
    head = rawjson.dump({"kind": kind, "id": id, "op": op, "version": version})
    return head if data is None else f'{head[:-1]},"data":{data}}}'
