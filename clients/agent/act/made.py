"""Which of Act!'s records came of those that phones made, by the ids that these had there.

A mailbox that was set back lets a phone send again what was made long ago, and a phone that is out
of reach makes a contact and a note on it before it learns Act!'s id of the contact.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from sqlite3 import Connection

from clients import rawjson
from clients.agent.act.records import LINKS, PARENT, Row
from clients.agent.connectors.base import NO_CONTENT, Edit

_SCHEMA = """
CREATE TABLE IF NOT EXISTS act_made (
    kind TEXT NOT NULL, phone TEXT NOT NULL, id TEXT NOT NULL, at TEXT NOT NULL,
    PRIMARY KEY (kind, phone)) WITHOUT ROWID;
"""
_KEPT = timedelta(days=90)
"""An edit lies in the mailbox for 60 days at most."""

_OWN: Mapping[str, Mapping[str, str]] = {
    "contact": {"companyID": "company"},
    "secondary_contact": {"companyID": "company", PARENT: "contact"},
    "company": {"parentID": "company"},
    "group": {"parentID": "group"},
}


class Made:
    """The table of them. `note` is called in a transaction."""

    def __init__(self, sql: Connection) -> None:
        sql.executescript(_SCHEMA)
        self._sql = sql

    def find(self, kind: str, phone: object) -> str | None:
        """Act!'s id of what a phone made under the id `phone`."""
        if not isinstance(phone, str):
            return None
        row = self._sql.execute(
            "SELECT id FROM act_made WHERE kind = ? AND phone = ?", (kind, phone)
        ).fetchone()
        return None if row is None else str(row[0])

    def note(self, kind: str, phone: str, id: str, now: datetime) -> None:
        self._sql.execute("DELETE FROM act_made WHERE at < ?", (_text(now - _KEPT),))
        if _is_phones_own(phone):
            self._sql.execute(
                "INSERT OR REPLACE INTO act_made VALUES (?, ?, ?, ?)", (kind, phone, id, _text(now))
            )

    def told(self, edit: Edit) -> Edit:
        """The edit with Act!'s ids, wherever it names what a phone made.

        Of a record that it makes once more the phone has seen nothing but its own.
        """
        edit = self._linked(edit)
        id = self.find(edit.kind, edit.id) if edit.base is None else None
        return edit if id is None else replace(edit, id=id, base=NO_CONTENT, seen="{}")

    def _linked(self, edit: Edit) -> Edit:
        letter = _letter(edit.data)
        found = self._of_lists(letter) | self._own(edit.kind, letter)
        if not found:
            return edit
        return replace(edit, data=rawjson.dump({**letter, **found}))

    def _of_lists(self, letter: Row) -> Row:
        found: Row = {}
        for name, kind in LINKS.items():
            links = letter.get(name)
            if not isinstance(links, list):
                continue
            told = [
                {**one, "id": id}
                if isinstance(one, dict) and (id := self.find(kind, one.get("id")))
                else one
                for one in links
            ]
            if told != links:
                found[name] = told
        return found

    def _own(self, kind: str, letter: Row) -> Row:
        told = {name: self.find(to, letter.get(name)) for name, to in _OWN.get(kind, {}).items()}
        return {name: id for name, id in told.items() if id}


def _letter(text: str | None) -> Row:
    letter = json.loads(text or "null")
    return letter if isinstance(letter, dict) else {}


def _is_phones_own(id: str) -> bool:
    """Whether no other phone can have made the same one."""
    try:
        uuid.UUID(id)
    except ValueError:
        return False
    return True


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
