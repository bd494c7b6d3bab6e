"""What people in the office do to records, not by the API."""

from datetime import date, datetime, time
from typing import Any

from tests.act.database import Database
from tests.act.occurrences import ZONE, day_of, local, on_day
from tests.act.people import Stored
from tests.act.times import seconds
from tests.act.world import LINKED
from tests.act.writing import written

_TEXTS = {"note": "noteText", "history": "details", "activity": "details"}
_LISTS = ("contacts", "companies", "groups", "opportunities")


class Edits:
    """Each edit takes ids as they stand on the wire and raises `KeyError` for unknown ones.

    `edited` (a time on the wire) backdates an edit, as Act!'s own replication does.
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    def change(
        self, kind: str, id: str, set: dict[str, Any], edited: str | None = None
    ) -> dict[str, Any]:
        """Set properties, and by `contacts`, `companies`, … (lists of ids) what it links to.

        A path such as `customFields/user6` sets one inner value.
        """
        number = self._number(kind, id)
        row = self.database.row(kind, number)
        self._set(kind, row, set)
        self.database.put(kind, number, row, None if edited is None else seconds(edited))
        return {"id": id}

    def create(
        self,
        kind: str,
        set: dict[str, Any] | None = None,
        parent: str | None = None,
        edited: str | None = None,
    ) -> dict[str, Any]:
        """Enter a new public record of the signed-in user's; what is not set is made up.

        A secondary contact needs its `parent`; what it links to follows `set`, else nothing.
        """
        number = self.database.size(kind)
        row = self.database.world.row(kind, number)
        row |= {"isPrivate": False, "_level": "Public", "_owner": 0, "_accessors": []}
        row["_links"] = [[], [], [], []]
        if parent is not None:
            row["_parent"] = self._number("contact", parent)
        self._set(kind, row, set or {})
        self.database.create(kind, row, None if edited is None else seconds(edited))
        return {"id": self.database.guid(kind, number)}

    def delete(self, kind: str, id: str) -> dict[str, Any]:
        """Delete a record, and a contact's secondary contacts with it."""
        number = self._number(kind, id)
        if kind == "contact":
            for child in self.database.children(number):
                self.database.delete("secondary_contact", child)
        self.database.delete(kind, number)
        return {"id": id}

    def private(
        self, kind: str, id: str, private: bool = True, own: bool = False
    ) -> dict[str, Any]:
        """Turn a record private or public again; `own` makes it the signed-in user's."""
        number = self._number(kind, id)
        row = self.database.row(kind, number)
        row |= {"isPrivate": private, "_owner": 0 if own else (row["_owner"] or 1)}
        row |= {"_level": "Private" if private else "Public", "_accessors": []}
        self.database.put(kind, number, row)
        return {"id": id}

    def limit(
        self, kind: str, id: str, limited: bool = True, shared: bool = False
    ) -> dict[str, Any]:
        """Limit a record's access; `shared` lets the signed-in user be among those who see it."""
        number = self._number(kind, id)
        row = self.database.row(kind, number)
        row |= {"isPrivate": False, "_level": "LimitedAccess" if limited else "Public"}
        row["_accessors"] = [*([0] if shared else []), row["_owner"] or 1] if limited else []
        self.database.put(kind, number, row)
        return {"id": id}

    def member(self, group: str, contact: str, is_in: bool) -> dict[str, Any]:
        """Put a contact into a group or take it out."""
        self.database.move(
            self._number("group", group), self._number("contact", contact), is_in=is_in
        )
        return {}

    def move(self, id: str, start: str, minutes: int | None = None) -> dict[str, Any]:
        """Put an appointment off to `start` (a time on the wire); its id then is another.

        `id` is a task's (44 characters); of a series only that occurrence moves.
        """
        number, day = self._occurrence(id)
        row = self.database.row("activity", number)
        moment = local(row, start)
        length = row["_minutes"] if minutes is None else minutes
        if row["_recur"]:
            row["_moved"].setdefault(day.isoformat(), {}).update(
                _start=moment.isoformat(), _minutes=length, edited=int(self.database.now())
            )
            self.database.put("activity", number, row, seconds(row["edited"]))
        else:
            row |= {"_start": moment.isoformat(), "_minutes": length}
            self.database.put("activity", number, row)
        return {"id": f"{id[:36]}{moment:%m%d%Y}"}

    def cancel(self, id: str) -> dict[str, Any]:
        """Delete one occurrence of a series; of a single activity all there is."""
        number, day = self._occurrence(id)
        row = self.database.row("activity", number)
        if not row["_recur"]:
            return self.delete("activity", id[:36])
        row["_gone"].append(day.isoformat())
        row["_moved"].pop(day.isoformat(), None)
        self.database.put("activity", number, row)
        return {"id": id}

    def clear(self, id: str) -> dict[str, Any]:
        """Mark one occurrence as done."""
        number, day = self._occurrence(id)
        row = self.database.row("activity", number)
        row["_cleared"].append(day.isoformat())
        self.database.put("activity", number, row)
        return {"id": id}

    def _number(self, kind: str, id: str) -> int:
        number = self.database.find(kind, id)
        if number is None:
            raise KeyError(f"There is no {kind} {id}.")
        return number

    def _occurrence(self, id: str) -> tuple[int, date]:
        """The activity and the original day of a task's id."""
        number = self._number("activity", id[:36])
        row = self.database.row("activity", number)
        day = day_of(id)
        which = day and on_day(row, day)
        if not which:
            raise KeyError(f"There is no occurrence {id}.")
        return number, which.original

    def _set(self, kind: str, row: Stored, values: dict[str, Any]) -> None:
        for path, value in values.items():
            if path in _LISTS and kind in ("note", "history", "activity", "opportunity"):
                place = _LISTS.index(path)
                row["_links"][place] = [self._number(LINKED[place], id) for id in value]
            elif path == _TEXTS.get(kind):
                row |= written(value)
            elif kind == "activity" and path == "startTime":
                row |= _starts(value)
            else:
                name, _, inner = path.partition("/")
                (row[name] if inner else row)[inner or name] = value


def _starts(text: str) -> Stored:
    """A single activity at a time of day."""
    moment = datetime.fromtimestamp(seconds(text), ZONE).replace(tzinfo=None)
    dateless = moment.time() == time()
    return {"_start": moment.isoformat(), "_recur": None, "_moved": {}, "isAllDay": dateless,
            "isTimeless": False, "isCleared": False}  # fmt: skip
