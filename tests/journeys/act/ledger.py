"""What the phones' edits have made of an office: all of it, and nothing else.

Between two works of the office everything that changes is the agent's doing: whole objects are
compared before and after, property by property, hidden ones too, over the control channel.
"""

import fnmatch
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from tests.act.office import Office, Row
from tests.journeys.act.failing import WRITES
from tests.journeys.act.wishes import Wish

KINDS = ("contact", "secondary_contact", "company", "group", "opportunity", "note", "history",
         "activity")  # fmt: skip
_GUID = 36
# Moves with every write, or with the clock.
_BOOKKEEPING = {"edited", "editedBy", "editUserID", "editUserName", "daysOpen", "daysInStage"}
_BACK, _AHEAD = timedelta(days=20), timedelta(days=40)


class Key(NamedTuple):
    """A record, of series each occurrence by its original day."""

    kind: str
    id: str


Records = dict[Key, Row]


class Ledger:
    """Keeps what became of the office while it did nothing itself."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._first_write = office.writes()["total"]
        self._requests = self._write_requests()
        self._seen = self._records()
        self._made: Records = {}
        self._changed: Records = {}
        self._gone: set[Key] = set()

    @contextmanager
    def office_works(self) -> Iterator[None]:
        """What happens in the block is not the agent's doing."""
        self._note()
        yield
        self._seen = self._records()

    def wasted(self) -> int:
        """How many requests to write something have written nothing."""
        taken: int = self._office.writes()["total"] - self._first_write
        return self._write_requests() - self._requests - taken

    def _write_requests(self) -> int:
        routes = self._office.counters()["routes"].items()
        return sum(n for route, n in routes if fnmatch.fnmatchcase(route, WRITES))

    def check(self, wishes: list[Wish]) -> None:
        """Each edit that stands is there once, as it was asked; nothing else has changed.

        `wishes` are those that stand, in the order in which they came.
        """
        self._note()
        writes = self._office.ask("writes", after=self._first_write)["writes"]
        written = Counter((one["kind"], one["op"], one["id"][:_GUID]) for one in writes)
        asked = Counter((one.kind, one.op, one.id[:_GUID]) for one in wishes)
        assert written == asked, f"too much: {written - asked}, too little: {asked - written}"
        self._check_changes(wishes)
        self._check_made(wishes, {w["id"][:_GUID]: w["history"] for w in writes if "history" in w})
        deleted = {Key(one.kind, one.id) for one in wishes if one.op == "delete"}
        assert self._gone == deleted, f"gone and not deleted, or not gone: {self._gone ^ deleted}"

    def _check_changes(self, wishes: list[Wish]) -> None:
        asked: Records = {}
        along: set[tuple[Key, str]] = set()
        for wish in (one for one in wishes if one.op in ("change", "clear")):
            for key in self._of(wish):
                asked.setdefault(key, {}).update(wish.asked)
                along |= {(key, path) for path in wish.along}
        changed = {
            key: {path: value for path, value in row.items() if (key, path) not in along}
            for key, row in self._changed.items()
        }
        _assert_same(changed, asked)

    def _of(self, wish: Wish) -> list[Key]:
        if not wish.is_series:
            return [Key(wish.kind, wish.id)]
        return [key for key in self._seen if key.id[:_GUID] == wish.id[:_GUID]]

    def _check_made(self, wishes: list[Wish], histories: dict[str, str]) -> None:
        wanted: Records = {}
        for wish in wishes:
            if wish.op == "create":
                wanted |= dict.fromkeys(self._of(wish), wish.asked)
            elif wish.op == "clear":
                wanted[Key("history", histories[wish.id[:_GUID]])] = wish.makes
        other = self._made.keys() ^ wanted.keys()
        assert not other, f"made and not wanted, or not made: {other}"
        made = {k: {path: self._made[k].get(path) for path in wanted[k]} for k in wanted}
        _assert_same(made, wanted)

    def _note(self) -> None:
        now = self._records()
        for key in now.keys() - self._seen.keys():
            self._made[key] = now[key]
        self._gone |= self._seen.keys() - now.keys()
        for key in now.keys() & self._seen.keys():
            before, after = self._seen[key], now[key]
            paths = {p for p in before.keys() | after.keys() if before.get(p) != after.get(p)}
            if paths := paths - _BOOKKEEPING:
                self._changed.setdefault(key, {}).update({p: after.get(p) for p in paths})
        self._seen = now

    def _records(self) -> Records:
        today = datetime.now(UTC).date()
        return {
            _key(kind, told): dict(_paths({**told, **told["row"], "row": None}))
            for kind in KINDS
            for told in self._office.truth(kind, since=today - _BACK, until=today + _AHEAD)
        }


def _assert_same(found: Records, wanted: Records) -> None:
    wrong = {
        key: (found.get(key), wanted.get(key))
        for key in found.keys() | wanted.keys()
        if found.get(key) != wanted.get(key)
    }
    assert not wrong, f"found and wanted: {wrong}"


def _key(kind: str, told: Row) -> Key:
    row = told["row"]
    if kind != "activity":
        return Key(kind, str(row["id"]))
    day = f".{told['original'].replace('-', '')}" if row["isRecurring"] else ""
    return Key(kind, f"{row['seriesID']}{day}")


def _paths(row: Row) -> Iterator[tuple[str, object]]:
    for name, value in row.items():
        if isinstance(value, dict):
            yield from ((f"{name}.{inner}", one) for inner, one in _paths(value))
        else:
            yield name, value
