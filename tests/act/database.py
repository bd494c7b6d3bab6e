"""The office's database: base records made when they are asked for, changed ones kept.

Resident are small columns only (`edited`, level, owner, one entry a record), so that 100,000
contacts need no more memory than a few records more.
"""

import sqlite3
import time
from array import array
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from tests.act.overlay import Overlay
from tests.act.people import Stored
from tests.act.times import seconds, stamp
from tests.act.world import (
    LIMITED,
    LINKED,
    OWN_PRIVATE,
    PRIVATE,
    PUBLIC,
    SHARED,
    World,
)


class Database:
    """All records of all kinds by number, whoever may see them."""

    def __init__(self, world: World, overlay: Overlay) -> None:
        self.world = world
        self.overlay = overlay
        self.kinds = tuple(world.sizes.by_kind)
        self.version = 0
        self.sees_all = True
        self._shift = float(overlay.setting("shift", 0))
        self._backups: dict[str, sqlite3.Connection] = {}
        self._load()

    def now(self) -> float:
        """The office's clock, in seconds since 1970."""
        return time.time() + self._shift

    def shift(self, by: float) -> None:
        self._shift += by
        self.overlay.keep("shift", self._shift)

    def numbers(self, kind: str) -> Iterator[int]:
        """Those of all records that exist."""
        gone = self._gone[kind]
        return (number for number in range(len(self._edited[kind])) if number not in gone)

    def exists(self, kind: str, number: int) -> bool:
        return 0 <= number < len(self._edited[kind]) and number not in self._gone[kind]

    def size(self, kind: str) -> int:
        """One more than the highest number there ever was."""
        return len(self._edited[kind])

    def find(self, kind: str, guid: str) -> int | None:
        """The number of an existing record; None where there is none with this id."""
        number = self.world.chance.number(kind, guid)
        return number if number is not None and self.exists(kind, number) else None

    def guid(self, kind: str, number: int) -> str:
        return self.world.chance.guid(kind, number)

    def row(self, kind: str, number: int) -> Stored:
        """A copy of the record as it is kept."""
        if number in self._changed[kind]:
            return self.overlay.row(kind, number)
        return self.world.row(kind, number)

    def outline(self, number: int) -> Stored:
        """Of an activity, what tells its occurrences and when it was changed."""
        if number in self._changed["activity"]:
            return self.overlay.row("activity", number)
        return self.world.outline(number) | {"edited": stamp(self._edited["activity"][number])}

    def changed(self, kind: str) -> list[int]:
        """Those of existing records that were made or changed since the beginning."""
        return sorted(self._changed[kind] - self._gone[kind])

    def is_changed(self, kind: str, number: int) -> bool:
        return number in self._changed[kind]

    def edited(self, kind: str, number: int) -> int:
        """When it was changed last; of a series, it or any occurrence of its own."""
        return self._edited[kind][number]

    def level(self, kind: str, number: int) -> int:
        return self._level[kind][number]

    def is_visible(self, kind: str, number: int) -> bool:
        """Whether the user by whom programs sign in may see it."""
        level = self._level[kind][number]
        if level in (PRIVATE, LIMITED):
            return False
        if kind == "secondary_contact" and not self._shows_parent(number):
            return False
        return self.sees_all or level == SHARED or self._owner[kind][number] == 0

    def links(self, kind: str, number: int) -> list[list[int]]:
        """The numbers of the linked contacts, companies, groups and opportunities."""
        if number in self._changed[kind]:
            links: list[list[int]] = self.overlay.row(kind, number)["_links"]
            return links
        return list(self.world.links(kind, self.world.chance.fate(kind, number)))

    def linked_to(self, kind: str, target: str, number: int) -> list[int]:
        """The existing records of a kind that link to a record."""
        key = (kind, target)
        if key not in self._reverse:
            place = LINKED.index(target)
            found: dict[int, array[int]] = defaultdict(lambda: array("L"))
            for each in self.numbers(kind):
                for to in self.links(kind, each)[place]:
                    found[to].append(each)
            self._reverse[key] = found
        return list(self._reverse[key].get(number, ()))

    def put(self, kind: str, number: int, row: Stored, edited: float | None = None) -> None:
        """Keep a changed record; `edited` is now unless it is given, as by a backdated one."""
        row["edited"] = stamp(self.now() if edited is None else edited)
        self.overlay.put(kind, number, row)
        self._take(kind, number, row)

    def create(self, kind: str, row: Stored, edited: float | None = None) -> int:
        """Keep a new record; its number. Id and times are given here."""
        number = len(self._edited[kind])
        row |= {"id": self.guid(kind, number), "created": stamp(self.now())}
        self.put(kind, number, row, edited)
        return number

    def delete(self, kind: str, number: int) -> None:
        """Take a record away. Nothing tells of it: there is no delete feed."""
        self.overlay.put(kind, number, None)
        self._take(kind, number, None)

    def members(self, group: int) -> list[int]:
        """The contacts of a group, in order."""
        return sorted(each for each in self._members.get(group, ()) if self.exists("contact", each))

    def groups_of(self, contact: int) -> list[int]:
        return [group for group, members in self._members.items() if contact in members]

    def move(self, group: int, contact: int, *, is_in: bool) -> None:
        """Let a contact come into a group or go: neither record's `edited` changes."""
        self.overlay.move(group, contact, is_in=is_in)
        self._move(group, contact, is_in=is_in)
        self.version += 1

    def children(self, contact: int) -> list[int]:
        """The secondary contacts of a contact."""
        if "children" not in self._reverse:
            found: dict[int, array[int]] = defaultdict(lambda: array("L"))
            for number in self.numbers("secondary_contact"):
                found[self._parent(number)].append(number)
            self._reverse["children"] = found
        return list(self._reverse["children"].get(contact, ()))

    def employees(self, company: int) -> list[int]:
        """The contacts that are linked to a company record."""
        guid = self.guid("company", company)
        # Of the untouched ones only each fortieth has a link (see the world).
        perhaps = (
            each
            for each in self.numbers("contact")
            if each % 40 == 39 or each in self._changed["contact"]
        )
        return [each for each in perhaps if self.row("contact", each)["companyID"] == guid]

    def backup(self, name: str) -> None:
        self._backups[name] = self.overlay.copy()

    def restore(self, name: str | None) -> None:
        """Bring a backup back, with every `edited` as it was then; None: the very beginning."""
        self.overlay.take_back(None if name is None else self._backups[name])
        self._load()

    def parent(self, number: int) -> int:
        """The contact of a secondary contact."""
        return self._parent(number)

    def _load(self) -> None:
        world = self.world
        self.version += 1
        self._edited = {kind: array("q") for kind in self.kinds}
        self._level = {kind: bytearray() for kind in self.kinds}
        self._owner = {kind: bytearray() for kind in self.kinds}
        self._gone: dict[str, set[int]] = {kind: set() for kind in self.kinds}
        self._changed: dict[str, set[int]] = {kind: set() for kind in self.kinds}
        self._reverse: dict[Any, Any] = {}
        self._members: dict[int, set[int]] = {n: set() for n in range(world.sizes.groups)}
        for kind, size in world.sizes.by_kind.items():
            for number in range(size):
                self._load_base(kind, number)
        for kind, number, row in self.overlay.rows():
            self._take(kind, number, row)
        for group, contact, is_in in self.overlay.moves():
            self._move(group, contact, is_in=is_in)

    def _load_base(self, kind: str, number: int) -> None:
        fate = self.world.chance.fate(kind, number)
        level = self.world.level(kind, fate)
        self._edited[kind].append(self.world.edited(kind, number, fate))
        self._level[kind].append(level)
        self._owner[kind].append(self.world.owner(fate, level))
        if kind == "contact":
            for group in self.world.groups_of(fate):
                self._members[group].add(number)

    def _take(self, kind: str, number: int, row: Stored | None) -> None:
        self.version += 1
        self._reverse.clear()
        self._changed[kind].add(number)
        if number == len(self._edited[kind]):
            self._edited[kind].append(0)
            self._level[kind].append(PUBLIC)
            self._owner[kind].append(0)
        if row is None:
            self._gone[kind].add(number)
            return
        self._gone[kind].discard(number)
        own = [told["edited"] or 0 for told in row.get("_moved", {}).values()]
        self._edited[kind][number] = max(seconds(row["edited"]), *own, 0)
        self._level[kind][number] = _level(row)
        self._owner[kind][number] = row["_owner"]

    def _move(self, group: int, contact: int, *, is_in: bool) -> None:
        members = self._members.setdefault(group, set())
        (members.add if is_in else members.discard)(contact)

    def _parent(self, number: int) -> int:
        if number in self._changed["secondary_contact"]:
            parent: int = self.overlay.row("secondary_contact", number)["_parent"]
            return parent
        return self.world.parent_of(number)

    def _shows_parent(self, number: int) -> bool:
        parent = self._parent(number)
        return self.exists("contact", parent) and self.is_visible("contact", parent)


def _level(row: Stored) -> int:
    if row["isPrivate"]:
        return PRIVATE if row["_owner"] else OWN_PRIVATE
    if row["_level"] == "LimitedAccess":
        return SHARED if 0 in row["_accessors"] else LIMITED
    return PUBLIC
