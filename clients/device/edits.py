"""The device's own edits: queued, sent, and what became of them.

States: `unsent`, then the mailbox's `waiting` and `collected`, then for good `applied`,
`conflict`, `rejected` or `expired`. `shown` says whether the edit lies over the mailbox's text.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from clients import parcels, rawjson
from clients.answers import BatchState, Limits, Outcome, Receipt
from clients.database import Database
from clients.parcels import Frame, Item, Parcel

OPEN = ("unsent", "waiting", "collected")
_SENT = ("waiting", "collected")
# A batch is known at least so long after its last outcome, and no edit is younger than its batch.
_KNOWN_FOR = timedelta(days=30)
# Only its outcome tells the version that the next edit of the same record stands on.
_FREE = (
    "NOT EXISTS (SELECT 1 FROM edit AS b WHERE b.kind = edit.kind AND b.id = edit.id "
    "AND b.seq < edit.seq AND b.state IN ('unsent', 'waiting', 'collected'))"
)
_FIELDS = "seq, kind, id, op, base_version, data, state, version, detail, shown, made"


@dataclass(frozen=True)
class Edit:
    seq: int
    kind: str
    id: str
    op: str
    base_version: int | None
    data: str | None
    state: str
    version: int | None
    detail: str
    shown: int
    made: str


class Edits:
    """The edits of one store. Methods that write are called in a transaction, where not said."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._sql = db.connection

    def all(self) -> list[Edit]:
        return self._find("1 ORDER BY seq")

    def shown(self, kind: str) -> list[Edit]:
        return self._find("shown AND kind = ? ORDER BY seq", kind)

    def newest(self, kind: str, id: str) -> Edit | None:
        return _last(self._find("kind = ? AND id = ? ORDER BY seq", kind, id))

    def newest_shown(self, kind: str, id: str) -> Edit | None:
        return _last(self._find("shown AND kind = ? AND id = ? ORDER BY seq", kind, id))

    def unsent(self) -> int:
        query = "SELECT count(*) FROM edit WHERE state = 'unsent'"
        return int(self._sql.execute(query).fetchone()[0])

    def add(self, kind: str, id: str, op: str, data: str | None, version: int | None) -> None:
        """Queue an edit made on what the user saw; `version` is the mailbox's below it.

        An edit that was not sent yet takes the new one in. One that is on its way is waited for:
        only its outcome tells the version that the next edit stands on.
        """
        before = self.newest_shown(kind, id)
        if before and before.state == "unsent" and not self._in_parcel(before.seq):
            self._take_in(before, op, data)
            return
        base = version
        if before:
            on_applied = before.state == "applied" and before.version is not None
            base = before.version if on_applied else before.base_version
        made = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        self._sql.execute(
            "INSERT INTO edit (kind, id, op, base_version, data, state, made) "
            "VALUES (?, ?, ?, ?, ?, 'unsent', ?)",
            (kind, id, op, base, data, made),
        )

    def can_go(self) -> bool:
        """Whether a sync could send one now: not those that wait for an earlier one's outcome."""
        query = f"SELECT 1 FROM edit WHERE state = 'unsent' AND {_FREE} LIMIT 1"
        return self._sql.execute(query).fetchone() is not None

    def cut(self, limits: Limits) -> Parcel | None:
        """The next batch of edits that can go, written down with its key in its own transaction."""
        with self._db.transaction():
            edits = self._find(
                "state = 'unsent' AND seq NOT IN (SELECT item FROM parcel_item) "
                f"AND {_FREE} ORDER BY seq LIMIT ?",
                limits.device_batch_changes + 1,
            )
            return parcels.cut(
                self._db,
                [Item(edit.seq, _change_text(edit)) for edit in edits],
                max_changes=limits.device_batch_changes,
                max_bytes=limits.batch_bytes,
                frame=Frame(),
            )

    def delivered(self, parcel: Parcel, receipt: Receipt) -> None:
        """The mailbox has the batch; its own transaction."""
        with self._db.transaction():
            for seq in parcel.items:
                self._sql.execute("UPDATE edit SET state = 'waiting' WHERE seq = ?", (seq,))
            for refusal in receipt.rejected:
                self._end(parcel.items[refusal.index], "rejected", None, refusal.detail)
            if receipt.batch:
                self._sql.execute(
                    "UPDATE parcel SET batch = ?, body = NULL WHERE key = ?",
                    (receipt.batch, parcel.key),
                )
            else:
                parcels.close(self._db, parcel.key)

    def open_batches(self) -> list[str]:
        """Accepted batches with an outcome still to come."""
        rows = self._sql.execute(
            "SELECT DISTINCT batch FROM parcel JOIN parcel_item USING (key) "
            "JOIN edit ON edit.seq = item WHERE batch IS NOT NULL "
            "AND edit.state IN ('waiting', 'collected') ORDER BY parcel.seq"
        )
        return [batch for (batch,) in rows]

    def learn(self, batch: str, answer: BatchState | None) -> list[Edit]:
        """Take in a batch's outcomes; returns the edits that ended.

        None: the mailbox knows no such batch, for it was set back to an earlier time, or because
        its last outcome is long ago. What it lost is sent again.
        """
        open_before = {edit.seq: edit for edit in self._of(batch).values() if edit.state in OPEN}
        if answer is None:
            old = {seq: edit for seq, edit in open_before.items() if _may_be_over(edit)}
            self._end_all(old, "expired", "The mailbox no longer knows this edit.")
            for seq in open_before.keys() - old.keys():
                self._sql.execute("UPDATE edit SET state = 'unsent' WHERE seq = ?", (seq,))
        elif answer.state == "failed":
            self._end_all(open_before, "rejected", "The mailbox failed to take this edit.")
        else:
            for refusal in answer.rejected:
                self._at(batch, refusal.index, Outcome(0, "rejected", None, None, refusal.detail))
            for outcome in answer.outcomes:
                self._at(batch, outcome.index, outcome)
        edits = list(self._of(batch).values())
        if not any(edit.state in _SENT for edit in edits):
            self._forget_batch(batch)
        return [edit for edit in edits if edit.seq in open_before and edit.state not in OPEN]

    def uncover(self, kind: str, id: str, version: int) -> None:
        """The mailbox's text has caught up with an applied edit: show that again."""
        self._sql.execute(
            "UPDATE edit SET shown = 0 WHERE kind = ? AND id = ? AND state = 'applied' "
            "AND version <= ?",
            (kind, id, version),
        )

    def part_from_old_peer(self) -> None:
        """What went out under an earlier pairing can neither be asked for nor sent as it was."""
        self._sql.execute(
            "UPDATE edit SET state = 'expired', shown = 0, "
            "detail = 'Sent before this device was paired anew; its outcome is not known.' "
            "WHERE state IN ('waiting', 'collected')"
        )
        self._sql.execute("DELETE FROM parcel_item")
        self._sql.execute("DELETE FROM parcel")

    def _forget_batch(self, batch: str) -> None:
        query = "SELECT key FROM parcel WHERE batch = ?"
        for (key,) in self._sql.execute(query, (batch,)).fetchall():
            parcels.close(self._db, key)

    def _take_in(self, before: Edit, op: str, data: str | None) -> None:
        earlier = self._find(
            "shown AND kind = ? AND id = ? AND seq < ?", before.kind, before.id, before.seq
        )
        if op == "delete" and before.base_version is None and not earlier:
            # The record never left this device.
            self._sql.execute("DELETE FROM edit WHERE seq = ?", (before.seq,))
            return
        self._sql.execute("UPDATE edit SET op = ?, data = ? WHERE seq = ?", (op, data, before.seq))

    def _at(self, batch: str, index: int, outcome: Outcome) -> None:
        edit = self._of(batch).get(index)
        if edit is None or edit.state not in OPEN:
            return
        if outcome.state in OPEN:
            self._sql.execute("UPDATE edit SET state = ? WHERE seq = ?", (outcome.state, edit.seq))
            return
        if outcome.id and outcome.id != edit.id:
            # The CRM gave a new record its own id; later edits of it follow.
            self._sql.execute(
                "UPDATE edit SET id = ? WHERE kind = ? AND id = ?",
                (outcome.id, edit.kind, edit.id),
            )
        self._end(edit.seq, outcome.state, outcome.version, outcome.detail)

    def _end(self, seq: int, state: str, version: int | None, detail: str) -> None:
        """An edit's final state. An applied one stays shown until its version has arrived."""
        self._sql.execute(
            "UPDATE edit SET state = ?, version = ?, detail = ?, shown = ? WHERE seq = ?",
            (state, version, detail, int(state == "applied" and version is not None), seq),
        )
        if state == "applied" and version is not None:
            self._stand_on(seq, version)

    def _stand_on(self, seq: int, version: int) -> None:
        edit = self._find("seq = ?", seq)[0]
        # The next edit waited for this: it was made on this edit's text, which is now `version`.
        self._sql.execute(
            "UPDATE edit SET base_version = ? WHERE kind = ? AND id = ? AND seq > ? "
            "AND state = 'unsent'",
            (version, edit.kind, edit.id, seq),
        )
        row = self._sql.execute(
            "SELECT version FROM record WHERE kind = ? AND id = ?", (edit.kind, edit.id)
        ).fetchone()
        if row and row[0] >= version:
            self.uncover(edit.kind, edit.id, version)

    def _end_all(self, edits: dict[int, Edit], state: str, detail: str) -> None:
        for seq in edits:
            self._end(seq, state, None, detail)

    def _of(self, batch: str) -> dict[int, Edit]:
        rows = self._sql.execute(
            "SELECT idx, item FROM parcel_item JOIN parcel USING (key) WHERE batch = ?", (batch,)
        )
        return {index: self._find("seq = ?", seq)[0] for index, seq in rows.fetchall()}

    def _in_parcel(self, seq: int) -> bool:
        query = "SELECT 1 FROM parcel_item WHERE item = ?"
        return self._sql.execute(query, (seq,)).fetchone() is not None

    def _find(self, condition: str, *values: object) -> list[Edit]:
        rows = self._sql.execute(f"SELECT {_FIELDS} FROM edit WHERE {condition}", values)
        return [Edit(*row) for row in rows]


def new_id() -> str:
    """An id of the phone's own, until the office gives another."""
    return str(uuid.uuid4())


def _may_be_over(edit: Edit) -> bool:
    return datetime.now(UTC) - datetime.fromisoformat(edit.made) >= _KNOWN_FOR


def _last(edits: list[Edit]) -> Edit | None:
    return edits[-1] if edits else None


def _change_text(edit: Edit) -> str:
    head = rawjson.dump(
        {
            "kind": edit.kind,
            "id": edit.id,
            "op": edit.op,
            "base_version": edit.base_version,
            "ref": str(edit.seq),
        }
    )
    return head if edit.data is None else f'{head[:-1]},"data":{edit.data}}}'
