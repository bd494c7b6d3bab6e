"""Batches as they are sent: written down with their key before the first try.

A crash between sending and hearing the answer must neither lose nor double a change. So the exact
bytes and the Idempotency-Key are stored first, and every later try sends those.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, replace

from clients import rawjson
from clients.answers import Receipt, Refusal
from clients.database import Column, Database
from clients.problems import Problem
from clients.wire import Api

SCHEMA = """
CREATE TABLE IF NOT EXISTS parcel (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, body BLOB, batch TEXT);
CREATE TABLE IF NOT EXISTS parcel_item (
    key TEXT NOT NULL, idx INTEGER NOT NULL, item INTEGER NOT NULL UNIQUE,
    PRIMARY KEY (key, idx));
"""
COLUMNS = (Column("parcel", "snapshot", "TEXT"),)
_TAIL = b"]}"


@dataclass(frozen=True)
class Item:
    """One change of the queue that feeds the parcels: its row number and its JSON text."""

    number: int
    text: str


@dataclass(frozen=True)
class Parcel:
    """A stored batch; `items` are the queue's row numbers, in the order of the changes.

    `snapshot` is the one that it is a part of, None for an ordinary batch.
    """

    key: str
    body: bytes
    items: tuple[int, ...]
    snapshot: str | None = None


@dataclass(frozen=True)
class Frame:
    """What a batch says beside its changes."""

    checkpoint: str | None = None
    snapshot: str | None = None

    def head(self) -> bytes:
        said = {"checkpoint": self.checkpoint, "snapshot": self.snapshot}
        members = [
            f'"{name}":{rawjson.dump(text)},' for name, text in said.items() if text is not None
        ]
        return ("{" + "".join(members) + '"changes":[').encode()


def next_unsent(db: Database, snapshot: str | None = None) -> Parcel | None:
    """The oldest parcel of this snapshot, or of none, for which no answer was heard."""
    row = db.connection.execute(
        "SELECT key, body FROM parcel WHERE batch IS NULL AND snapshot IS ? ORDER BY seq LIMIT 1",
        (snapshot,),
    ).fetchone()
    if row is None:
        return None
    items = db.connection.execute(
        "SELECT item FROM parcel_item WHERE key = ? ORDER BY idx", (row[0],)
    )
    return Parcel(row[0], bytes(row[1]), tuple(item for (item,) in items), snapshot)


def cut(
    db: Database, items: list[Item], *, max_changes: int, max_bytes: int, frame: Frame
) -> Parcel | None:
    """Make a parcel of the first `items` that fit, inside the caller's transaction.

    `items` holds one more than `max_changes` where there are more: the checkpoint goes out only
    with the last of them, because it stands for all that was read up to it.
    """
    if not items:
        return None
    size = len(frame.head()) + len(_TAIL)
    chosen: list[Item] = []
    for item in items[:max_changes]:
        size += len(item.text.encode()) + 1
        if chosen and size > max_bytes:
            break
        chosen.append(item)
    is_last = len(chosen) == len(items)
    return _store(db, chosen, frame if is_last else replace(frame, checkpoint=None))


def deliver(db: Database, api: Api, parcel: Parcel) -> Receipt | None:
    """Send a parcel. None: it was too large and lies now in two halves.

    A single change that is too large for a batch comes back as refused.
    """
    try:
        return api.push(key=parcel.key, body=parcel.body)
    except Problem as problem:
        if problem.status != 413:
            raise
        if len(parcel.items) == 1:
            if parcel.snapshot:
                _name(api, parcel, parcel.snapshot)
            return Receipt("", 0, (Refusal(0, "data-too-large", problem.detail),))
        _halve(db, parcel)
        return None


def close(db: Database, key: str) -> None:
    """Forget a parcel that is answered and done with, inside the caller's transaction."""
    db.connection.execute("DELETE FROM parcel_item WHERE key = ?", (key,))
    db.connection.execute("DELETE FROM parcel WHERE key = ?", (key,))


def changes_in(parcel: Parcel) -> list[str]:
    """The JSON texts of a parcel's changes, in order."""
    parts = dict(rawjson.members(parcel.body.decode()))
    return list(rawjson.elements(parts["changes"]))


def _halve(db: Database, parcel: Parcel) -> None:
    items = [Item(*pair) for pair in zip(parcel.items, changes_in(parcel), strict=True)]
    checkpoint = dict(rawjson.members(parcel.body.decode())).get("checkpoint")
    middle = len(items) // 2
    last = Frame(json.loads(checkpoint) if checkpoint else None, parcel.snapshot)
    with db.transaction():
        close(db, parcel.key)
        _store(db, items[:middle], replace(last, checkpoint=None))
        _store(db, items[middle:], last)


def _name(api: Api, parcel: Parcel, snapshot: str) -> None:
    """Tell a snapshot of a record that is too large for any batch.

    Without its content it is refused as a change, and so named: unnamed, it would count as gone.
    """
    change = dict(rawjson.members(changes_in(parcel)[0]))
    change.pop("data", None)
    text = "{" + ",".join(f"{rawjson.dump(name)}:{part}" for name, part in change.items()) + "}"
    body = Frame(snapshot=snapshot).head() + text.encode() + _TAIL
    api.push(key=str(uuid.uuid4()), body=body)


def _store(db: Database, items: list[Item], frame: Frame) -> Parcel:
    body = frame.head() + ",".join(item.text for item in items).encode() + _TAIL
    numbers = tuple(item.number for item in items)
    parcel = Parcel(str(uuid.uuid4()), body, numbers, frame.snapshot)
    db.connection.execute(
        "INSERT INTO parcel (key, body, snapshot) VALUES (?, ?, ?)",
        (parcel.key, body, parcel.snapshot),
    )
    db.connection.executemany(
        "INSERT INTO parcel_item VALUES (?, ?, ?)",
        [(parcel.key, index, item.number) for index, item in enumerate(items)],
    )
    return parcel
