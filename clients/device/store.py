"""What the device holds: the mailbox's records, and above them its own edits.

A record is kept as the mailbox gave it. An own edit lies over it until the mailbox has shown what
became of it, so the user sees the own text while the mailbox's version stays known below.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from clients import parcels
from clients.answers import Page
from clients.database import Database
from clients.device.edits import Edits

_SCHEMA = (
    parcels.SCHEMA
    + """
CREATE TABLE IF NOT EXISTS record (
    kind TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, data TEXT NOT NULL,
    PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS named (
    kind TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS edit (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id TEXT NOT NULL, op TEXT NOT NULL,
    base_version INTEGER, data TEXT, state TEXT NOT NULL, version INTEGER,
    detail TEXT NOT NULL DEFAULT '', shown INTEGER NOT NULL DEFAULT 1, made TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS edit_record ON edit (kind, id);
"""
)


@dataclass(frozen=True)
class Record:
    """A record as the user sees it.

    `version` is the mailbox's, None for a record that is only here; `edit` is the state of the
    own edit that is shown, None where the mailbox's text is shown.
    """

    kind: str
    id: str
    version: int | None
    data: str
    edit: str | None


class Store:
    """The device's data for one account."""

    def __init__(self, data_dir: Path, account: str) -> None:
        self.db = Database(data_dir / f"device-{account}.sqlite3", _SCHEMA, parcels.COLUMNS)
        self._sql = self.db.connection
        self.edits = Edits(self.db)

    def close(self) -> None:
        self.db.close()

    def is_of(self, peer: str) -> bool:
        return self.db.note("peer") == peer

    def adopt(self, peer: str) -> None:
        """Take `peer` for our own, a reader that knows nothing of our place and our batches."""
        if self.is_of(peer):
            return
        with self.db.transaction():
            self.db.set_note("peer", peer)
            self._forget_place()
            self.edits.part_from_old_peer()

    def records(self, kind: str) -> list[Record]:
        """The records of `kind` as the user sees them, by id."""
        rows = self._sql.execute(
            "SELECT id, version, data FROM record WHERE kind = ? ORDER BY id", (kind,)
        )
        found = {id: Record(kind, id, version, data, None) for id, version, data in rows}
        for edit in self.edits.shown(kind):
            below = found.pop(edit.id, None)
            if edit.op == "put" and edit.data is not None:
                version = below.version if below else None
                found[edit.id] = Record(kind, edit.id, version, edit.data, edit.state)
        return [found[id] for id in sorted(found)]

    def record(self, kind: str, id: str) -> Record | None:
        row = self._sql.execute(
            "SELECT version, data FROM record WHERE kind = ? AND id = ?", (kind, id)
        ).fetchone()
        edit = self.edits.newest_shown(kind, id)
        if edit is None:
            return Record(kind, id, row[0], row[1], None) if row else None
        if edit.op == "delete" or edit.data is None:
            return None
        return Record(kind, id, row[0] if row else None, edit.data, edit.state)

    def counts(self) -> dict[str, int]:
        return self.db.counts("SELECT kind, count(*) FROM record GROUP BY kind")

    def digest(self) -> str:
        """One value for all that the mailbox gave: equal copies have equal digests."""
        digest = hashlib.sha256()
        rows = self._sql.execute("SELECT kind, id, version, data FROM record ORDER BY kind, id")
        for kind, id, version, data in rows:
            digest.update(f"{kind}\0{id}\0{version}\0{data}\0".encode())
        return digest.hexdigest()

    def place(self) -> str | None:
        """Where reading goes on; None: where the mailbox says."""
        return self.db.note("cursor")

    def start_over(self) -> None:
        with self.db.transaction():
            self._forget_place()

    def keep(self, page: Page, after: str | None) -> None:
        """Store a page that was asked for with `after`, inside the caller's transaction.

        Place, records and, in a full read, the names noted go in together: a crash goes on where
        it was and still knows which records the earlier pages named.
        """
        full_read = self._follow_full(page, after)
        for change in page.changes:
            known = self._sql.execute(
                "SELECT version FROM record WHERE kind = ? AND id = ?", (change.kind, change.id)
            ).fetchone()
            # What a delete names does not live, even where the mailbox forgot a later put of it.
            if full_read and change.data is not None:
                self._sql.execute(
                    "INSERT OR IGNORE INTO named VALUES (?, ?)", (change.kind, change.id)
                )
            if known is None or change.version > known[0]:
                self._apply(change.kind, change.id, change.version, change.data)
        self.db.set_note("cursor", page.cursor)
        if page.complete and full_read:
            self._sql.execute(
                "DELETE FROM record WHERE NOT EXISTS (SELECT 1 FROM named "
                "WHERE named.kind = record.kind AND named.id = record.id)"
            )
            self._end_full_read()

    def _follow_full(self, page: Page, after: str | None) -> bool:
        """Whether this page belongs to a full read that was followed from its first page on."""
        if page.full and after is None:
            self._end_full_read()
            self.db.set_note("full_read", "1")
        elif not page.full:
            self._end_full_read()
        return self.db.note("full_read") is not None

    def _apply(self, kind: str, id: str, version: int, data: str | None) -> None:
        if data is None:
            self._sql.execute("DELETE FROM record WHERE kind = ? AND id = ?", (kind, id))
        else:
            self._sql.execute(
                "INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?)", (kind, id, version, data)
            )
        self.edits.uncover(kind, id, version)

    def _end_full_read(self) -> None:
        self.db.set_note("full_read", None)
        self._sql.execute("DELETE FROM named")

    def _forget_place(self) -> None:
        self.db.set_note("cursor", None)
        self._end_full_read()
