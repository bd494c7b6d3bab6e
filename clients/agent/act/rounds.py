"""What comes around without an edit: who is in which group, and who was asked for secondaries.

Groups may be dynamic, so members come and go without an edit, and secondary contacts have no list
over all (act-web-api facts). Methods are called in a transaction of the store.
"""

from __future__ import annotations

from collections.abc import Iterable
from sqlite3 import Connection
from typing import NamedTuple

from clients import rawjson

_SCHEMA = """
CREATE TABLE IF NOT EXISTS act_member (
    group_id TEXT NOT NULL, contact_id TEXT NOT NULL, run INTEGER NOT NULL,
    PRIMARY KEY (contact_id, group_id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS act_members ON act_member (group_id);
CREATE TABLE IF NOT EXISTS act_walk (contact_id TEXT PRIMARY KEY, at REAL NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS act_walked ON act_walk (at);
"""
AT_ONCE, NEVER = -1.0, 0.0
"""In place of the time (seconds since 1970) at which a contact was last asked for."""


class Leaving(NamedTuple):
    """Of a group's `members` those that are `gone` from it, and which of them are `on_phones`."""

    members: int
    gone: int
    on_phones: int


class Rounds:
    """The tables of both."""

    def __init__(self, sql: Connection) -> None:
        sql.executescript(_SCHEMA)
        self._sql = sql

    def groups_of(self, contact: str) -> list[str]:
        rows = self._sql.execute("SELECT group_id FROM act_member WHERE contact_id = ?", (contact,))
        return [group for (group,) in rows]

    def note_members(self, group: str, contacts: Iterable[str], run: int) -> None:
        """Members as this run sees them; who is new to the group is judged anew."""
        for contact in contacts:
            known = self._sql.execute(
                "UPDATE act_member SET run = ? WHERE group_id = ? AND contact_id = ?",
                (run, group, contact),
            )
            if not known.rowcount:
                self._sql.execute("INSERT INTO act_member VALUES (?, ?, ?)", (group, contact, run))
                self._sql.execute("INSERT OR IGNORE INTO act_due VALUES ('contact', ?)", (contact,))

    def keep_groups(self, groups: Iterable[str]) -> None:
        """Forget who was in other groups: nobody looked there since, and nothing hangs on it."""
        self._sql.execute(
            "DELETE FROM act_member WHERE group_id NOT IN (SELECT value FROM json_each(?))",
            (rawjson.dump(list(groups)),),
        )

    def leaving(self, group: str, run: int) -> Leaving:
        """What dropping the members that were not named in this run would come to."""
        members, gone, on_phones = self._sql.execute(
            "SELECT count(*), count(*) FILTER (WHERE m.run < ?), "
            "count(*) FILTER (WHERE m.run < ? AND r.travels) FROM act_member m "
            "LEFT JOIN act_row r ON r.kind = 'contact' AND r.id = m.contact_id "
            "WHERE m.group_id = ?",
            (run, run, group),
        ).fetchone()
        return Leaving(members, gone, on_phones)

    def drop_members(self, group: str, run: int) -> None:
        """Who was in the group and was not named in this run is judged anew."""
        gone = (group, run)
        self._sql.execute(
            "INSERT OR IGNORE INTO act_due SELECT 'contact', contact_id FROM act_member "
            "WHERE group_id = ? AND run < ?",
            gone,
        )
        self._sql.execute("DELETE FROM act_member WHERE group_id = ? AND run < ?", gone)

    def plan(self, contact: str, *, at_once: bool) -> None:
        """A contact that travels: its secondary contacts are asked for in turn, or at once."""
        self._sql.execute(
            "INSERT INTO act_walk VALUES (?, ?) ON CONFLICT DO UPDATE SET "
            "at = CASE WHEN ? THEN excluded.at ELSE at END",
            (contact, AT_ONCE if at_once else NEVER, at_once),
        )

    def leave_out(self, contact: str) -> None:
        self._sql.execute("DELETE FROM act_walk WHERE contact_id = ?", (contact,))

    def next(self, before: float, limit: int) -> list[str]:
        """The contacts whose secondary contacts were last asked for before, longest ago first."""
        rows = self._sql.execute(
            "SELECT contact_id FROM act_walk WHERE at < ? ORDER BY at LIMIT ?", (before, limit)
        )
        return [contact for (contact,) in rows]

    def count(self) -> int:
        return int(self._sql.execute("SELECT count(*) FROM act_walk").fetchone()[0])

    def walked(self, contact: str, at: float) -> None:
        self._sql.execute("UPDATE act_walk SET at = ? WHERE contact_id = ?", (at, contact))
