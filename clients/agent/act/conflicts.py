"""What phone and office changed both, kept until somebody says which of them stands.

Methods that write are called in a transaction of the store.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from sqlite3 import Connection
from typing import Any, Literal

from clients import rawjson
from clients.agent.bases import Bases
from clients.agent.connectors.base import Edit

Winner = Literal["office", "phone"]
_SCHEMA = """
CREATE TABLE IF NOT EXISTS act_conflict (
    number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id TEXT NOT NULL,
    op TEXT NOT NULL, base TEXT, phone TEXT, office TEXT, fields TEXT NOT NULL,
    device TEXT NOT NULL, at TEXT NOT NULL, phone_stands INTEGER NOT NULL DEFAULT 0);
"""
_COLUMNS = "number, kind, id, op, base, phone, office, fields, device, at, phone_stands"


@dataclass(frozen=True)
class Conflict:
    """One that waits. `base` is what the phone saw, None where that is not known any more.

    `phone_stands`: it is settled so, and written with the next run.
    """

    number: int
    kind: str
    id: str
    op: Literal["put", "delete"]
    base: str | None
    phone: str | None
    office: str | None
    fields: list[str]
    device: str
    at: str
    phone_stands: bool


class Conflicts:
    """The table of them, oldest first."""

    def __init__(self, sql: Connection) -> None:
        sql.executescript(_SCHEMA)
        self._sql = sql

    def note(self, edit: Edit, office: str | None, fields: Iterable[str], now: datetime) -> None:
        at = now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        listed = rawjson.dump(sorted(fields))
        self._sql.execute(
            "INSERT INTO act_conflict (kind, id, op, base, phone, office, fields, device, at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                edit.kind,
                edit.id,
                edit.op,
                edit.seen,
                edit.data,
                office,
                listed,
                edit.device,
                at,
            ),
        )

    def edit(self, conflict: Conflict) -> Edit:
        """The phone's edit, to be made once more."""
        return Edit(
            kind=conflict.kind,
            id=conflict.id,
            op=conflict.op,
            data=conflict.phone,
            base="",
            token=f"conflict:{conflict.number}",
            seen=conflict.base,
            sent=Bases(self._sql).present(conflict.kind, conflict.id),
            device=conflict.device,
        )

    def waiting(self) -> list[Conflict]:
        return self._find("1")

    def of(self, wanted: str) -> list[Conflict]:
        """The one of this number, else those on the record of this id."""
        by_number = self._find("number = ?", int(wanted)) if wanted.isdecimal() else []
        return by_number or self._find("id = ?", wanted)

    def on(self, kind: str, id: str) -> list[Conflict]:
        return self._find("kind = ? AND id = ?", kind, id)

    def settled(self) -> list[Conflict]:
        """Those that the phone has won."""
        return self._find("phone_stands")

    def let_phone_stand(self, number: int) -> None:
        self._sql.execute("UPDATE act_conflict SET phone_stands = 1 WHERE number = ?", (number,))

    def wait_again(self, number: int) -> None:
        """It was settled for the phone, and Act! did not take it."""
        self._sql.execute("UPDATE act_conflict SET phone_stands = 0 WHERE number = ?", (number,))

    def drop(self, number: int) -> None:
        self._sql.execute("DELETE FROM act_conflict WHERE number = ?", (number,))

    def count(self) -> int:
        return int(self._sql.execute("SELECT count(*) FROM act_conflict").fetchone()[0])

    def _find(self, condition: str, *values: object) -> list[Conflict]:
        rows = self._sql.execute(
            f"SELECT {_COLUMNS} FROM act_conflict WHERE {condition} ORDER BY number", values
        )
        return [_conflict(row) for row in rows]


def _conflict(row: tuple[Any, ...]) -> Conflict:
    told = dict(zip(_COLUMNS.split(", "), row, strict=True))
    read = {"fields": json.loads(told["fields"]), "phone_stands": bool(told["phone_stands"])}
    return Conflict(**{**told, **read})
