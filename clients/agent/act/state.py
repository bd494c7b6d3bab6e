"""What the Act! connector remembers, in the store's own database.

Everything visible has a row here, what stays home too, so that what is gone, what is new and what
hangs together are found by SQL and no run holds all ids in memory. No names and no contents.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass
from typing import Any, cast

from clients import rawjson
from clients.agent.act.conflicts import Conflicts
from clients.agent.act.failures import Failures
from clients.agent.act.intents import Intents
from clients.agent.act.made import Made
from clients.agent.act.rounds import Rounds
from clients.agent.connectors.base import Key
from clients.database import Database

_SCHEMA = """
CREATE TABLE IF NOT EXISTS act_row (
    kind TEXT NOT NULL, id TEXT NOT NULL, place TEXT NOT NULL, edited TEXT NOT NULL,
    travels INTEGER NOT NULL, reason TEXT NOT NULL, until TEXT NOT NULL,
    seen INTEGER NOT NULL, missed INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS act_link (
    kind TEXT NOT NULL, id TEXT NOT NULL, to_kind TEXT NOT NULL, to_id TEXT NOT NULL,
    PRIMARY KEY (kind, id, to_kind, to_id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS act_linked ON act_link (to_kind, to_id);
CREATE TABLE IF NOT EXISTS act_due (
    kind TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Row:
    """A visible record. `place` is what Act! wants to hear to give it by id.

    `edited` is compared as a text; `until` is the last moment of an activity in UTC, "" for the
    rest.
    """

    kind: str
    id: str
    place: str
    edited: str
    travels: bool
    reason: str
    until: str = ""


class State:
    """Methods that write are called in a transaction of the store."""

    def __init__(self, db: Database) -> None:
        db.connection.executescript(_SCHEMA)
        self._db = db
        self._sql = db.connection
        self.rounds = Rounds(self._sql)
        self.failures = Failures(self._sql)
        self.intents = Intents(db)
        self.conflicts = Conflicts(self._sql)
        self.made = Made(self._sql)

    def note(self, name: str) -> Any:
        """What was remembered as `name`, None where nothing was."""
        text = self._db.note(f"act:{name}")
        return None if text is None else json.loads(text)

    def set_note(self, name: str, value: object) -> None:
        self._db.set_note(f"act:{name}", None if value is None else rawjson.dump(value))

    def count(self, name: str) -> int:
        """The next number of that name; remembered."""
        number = int(self.note(name) or 0) + 1
        self.set_note(name, number)
        return number

    def is_empty(self) -> bool:
        """Nothing was ever read."""
        return self._sql.execute("SELECT 1 FROM act_row LIMIT 1").fetchone() is None

    def keys(self, kind: str) -> list[Key]:
        """All of a kind of which there are few."""
        rows = self._sql.execute("SELECT kind, id FROM act_row WHERE kind = ?", (kind,))
        return [Key(*row) for row in rows]

    def rows_of(self, id: str) -> list[Row]:
        """The records of any kind that have this id."""
        rows = self._sql.execute(
            "SELECT kind, id, place, edited, travels, reason, until FROM act_row WHERE id = ?",
            (id,),
        )
        return [_row(row) for row in rows]

    def strays(self, kinds: Iterable[str]) -> list[Key]:
        """What the store has sent of these kinds, though nothing here says that it travels."""
        rows = self._sql.execute(
            "SELECT r.kind, r.id FROM record r LEFT JOIN act_row a "
            "ON a.kind = r.kind AND a.id = r.id LEFT JOIN act_failed f "
            "ON f.kind = r.kind AND f.id = r.id WHERE f.id IS NULL "
            "AND NOT coalesce(a.travels, 0) AND r.kind IN (SELECT value FROM json_each(?))",
            (rawjson.dump(list(kinds)),),
        )
        return [Key(*row) for row in rows]

    def series(self, id: str) -> list[Key]:
        """The activities of a series, or the single one, by Act!'s id of it."""
        query = "SELECT kind, id FROM act_row WHERE kind = 'activity' AND id >= ? AND id < ?"
        return [Key(*row) for row in self._sql.execute(query, (id, f"{id}/"))]

    def row(self, kind: str, id: str) -> Row | None:
        found = self._sql.execute(
            "SELECT kind, id, place, edited, travels, reason, until FROM act_row "
            "WHERE kind = ? AND id = ?",
            (kind, id),
        ).fetchone()
        return None if found is None else _row(found)

    def travels(self, kind: str, id: str) -> bool:
        row = self.row(kind, id)
        return row is not None and row.travels

    def put(self, row: Row, links: Iterable[Key], seen: int) -> None:
        """Remember the row, and that everything linked to it is due where its verdict turned."""
        if self.travels(row.kind, row.id) != row.travels:
            self.make_linked_due(row.kind, row.id)
        if row.kind == "contact":
            self._plan(row)
        self._sql.execute(
            "INSERT INTO act_row VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT DO UPDATE SET "
            "place = excluded.place, edited = excluded.edited, travels = excluded.travels, "
            "reason = excluded.reason, until = excluded.until, "
            "seen = max(seen, excluded.seen), missed = 0",
            (*astuple(row), seen),
        )
        self._sql.execute("DELETE FROM act_link WHERE kind = ? AND id = ?", (row.kind, row.id))
        self._sql.executemany(
            "INSERT OR IGNORE INTO act_link VALUES (?, ?, ?, ?)",
            [(row.kind, row.id, *link) for link in links],
        )
        self._settle(row.kind, row.id)

    def forget(self, kind: str, id: str) -> None:
        """The record is gone; what was linked to it is due."""
        if self.travels(kind, id):
            self.make_linked_due(kind, id)
        if kind == "contact":
            self.rounds.leave_out(id)
        self._sql.execute("DELETE FROM act_row WHERE kind = ? AND id = ?", (kind, id))
        self._sql.execute("DELETE FROM act_link WHERE kind = ? AND id = ?", (kind, id))
        self._settle(kind, id)

    def _settle(self, kind: str, id: str) -> None:
        self._sql.execute("DELETE FROM act_due WHERE kind = ? AND id = ?", (kind, id))
        self.failures.mended(Key(kind, id))

    def _plan(self, contact: Row) -> None:
        known = self.row(contact.kind, contact.id)
        if contact.travels:
            changed = known is not None and known.edited != contact.edited
            self.rounds.plan(contact.id, at_once=changed)
        else:
            self.rounds.leave_out(contact.id)

    def make_linked_due(self, kind: str, id: str) -> None:
        self._sql.execute(
            "INSERT OR IGNORE INTO act_due SELECT kind, id FROM act_link "
            "WHERE to_kind = ? AND to_id = ?",
            (kind, id),
        )

    def due(self, limit: int) -> list[Row]:
        """The next records that have to be judged anew, as they are remembered."""
        rows = self._sql.execute(
            "SELECT kind, id, place, edited, travels, reason, until FROM act_due "
            "JOIN act_row USING (kind, id) "
            "WHERE NOT EXISTS (SELECT 1 FROM act_failed f WHERE f.kind = act_due.kind "
            "AND f.id = act_due.id AND f.run = ?) LIMIT ?",
            (self.run(), limit),
        )
        return [_row(row) for row in rows]

    def undue(self, key: Key) -> None:
        self._sql.execute("DELETE FROM act_due WHERE kind = ? AND id = ?", key)

    def drop_unknown_due(self) -> None:
        """What was forgotten meanwhile has nothing to be judged."""
        self._sql.execute(
            "DELETE FROM act_due WHERE (kind, id) NOT IN (SELECT kind, id FROM act_row)"
        )

    def linking(self, kind: str, to: Key) -> list[Key]:
        """The records of that kind that link to it."""
        rows = self._sql.execute(
            "SELECT id FROM act_link WHERE kind = ? AND to_kind = ? AND to_id = ?", (kind, *to)
        )
        return [Key(kind, id) for (id,) in rows]

    def run(self) -> int:
        """The number of the present run."""
        return int(self.note("run") or 0)

    def cursor(self, kind: str) -> str | None:
        return cast("str | None", self.note(f"cursor:{kind}"))

    def newest(self, kind: str) -> str | None:
        """The greatest `edited` of a kind."""
        newest: str | None = self._sql.execute(
            "SELECT max(edited) FROM act_row WHERE kind = ?", (kind,)
        ).fetchone()[0]
        return newest

    def set_cursor(self, kind: str, edited: str) -> None:
        self.set_note(f"cursor:{kind}", edited)

    def differing(self, kind: str, versions: Mapping[str, str]) -> list[str]:
        """Those of the ids, each with its `edited`, that are unknown or known otherwise."""
        known = dict(
            self._sql.execute(
                "SELECT id, edited FROM act_row WHERE kind = ? AND id IN "
                "(SELECT value FROM json_each(?))",
                (kind, rawjson.dump(list(versions))),
            ).fetchall()
        )
        return [id for id, edited in versions.items() if known.get(id) != edited]

    def see(self, kind: str, ids: Iterable[str], sweep: int) -> None:
        self._sql.executemany(
            "UPDATE act_row SET seen = ?, missed = 0 WHERE kind = ? AND id = ?",
            [(sweep, kind, id) for id in ids],
        )

    def count_missing(self, kind: str, sweep: int, *, since: str) -> tuple[int, int]:
        """How many travelling records the sweep missed, and of how many.

        Activities that ended before `since` are missing because the window moved on.
        """
        missing, known = self._sql.execute(
            "SELECT count(*) FILTER (WHERE seen < ?), count(*) FROM act_row "
            "WHERE kind = ? AND travels AND (until = '' OR until >= ?)",
            (sweep, kind, since),
        ).fetchone()
        return int(missing), int(known)

    def count_travelling(self, kind: str) -> int:
        found = self._sql.execute(
            "SELECT count(*) FROM act_row WHERE kind = ? AND travels", (kind,)
        ).fetchone()
        return int(found[0])

    def missing(self, kind: str, sweep: int, *, after: str, limit: int) -> list[Row]:
        """The records that the sweep missed, by id, from behind `after` on."""
        rows = self._sql.execute(
            "SELECT kind, id, place, edited, travels, reason, until FROM act_row "
            "WHERE kind = ? AND seen < ? AND id > ? ORDER BY id LIMIT ?",
            (kind, sweep, after, limit),
        )
        return [_row(row) for row in rows]

    def missed(self, kind: str, id: str) -> int:
        """How many sweeps in a row have missed it so far."""
        row = self._sql.execute(
            "SELECT missed FROM act_row WHERE kind = ? AND id = ?", (kind, id)
        ).fetchone()
        return 0 if row is None else int(row[0])

    def miss(self, kind: str, id: str) -> None:
        self._sql.execute(
            "UPDATE act_row SET missed = missed + 1 WHERE kind = ? AND id = ?", (kind, id)
        )

    def roll(self, window: tuple[str, str, str], reason: str) -> None:
        """Make due the activities that the calendar window may have left, or reached, by now.

        `window`: from when on an activity is surely in it, from when on it may be, and up to when;
        `reason` is that of those which stayed home because of the window.
        """
        inside, near, far = window
        self._sql.execute(
            "INSERT OR IGNORE INTO act_due SELECT kind, id FROM act_row WHERE kind = 'activity' "
            "AND ((travels AND until < ?) OR "
            "(NOT travels AND reason = ? AND until BETWEEN ? AND ?))",
            (inside, reason, near, far),
        )

    def reasons(self) -> Iterator[tuple[str, bool, str, int]]:
        """Kind, whether it travels, the reason, and how many."""
        rows = self._sql.execute(
            "SELECT kind, travels, reason, count(*) FROM act_row GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
        )
        return ((kind, bool(travels), reason, count) for kind, travels, reason, count in rows)


def _row(found: tuple[str, str, str, str, int, str, str]) -> Row:
    kind, id, place, edited, travels, reason, until = found
    return Row(kind, id, place, edited, bool(travels), reason, until)
