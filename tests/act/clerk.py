"""What every writing route does: find, ask for the right, keep, and tell the journal."""

from typing import Any

from tests.act import bodies, deals, demands
from tests.act.answers import not_found, refusal
from tests.act.calls import Call, Installation
from tests.act.database import Database
from tests.act.journal import Journal, changed, markers
from tests.act.people import Stored
from tests.act.rendering import MODEL, Renderer, Row
from tests.act.table import TABLE
from tests.act.times import seconds, stamp
from tests.act.world import LINKED
from tests.act.writing import ACTIVITY_TYPES, HISTORY_TYPES, history_type, written

# By the first word of a route that writes records.
KINDS = {
    "contacts": "contact",
    "companies": "company",
    "groups": "group",
    "opportunities": "opportunity",
    "notes": "note",
    "history": "history",
}
LISTS = ("contacts", "companies", "groups", "opportunities")
_TEXTS = {"note": "noteText", "history": "details", "activity": "details"}
_PRIORITIES = {1: "Low", 2: "Medium", 3: "High"}
# A record of this number is nobody's: what it has of properties, a new one has empty.
_LIKE = 1_000_001
_COUNTRY = 49
_DEFAULTS: dict[str, Stored] = {
    "contact": {"contactType": "Contact", "companyID": ""},
    "secondary_contact": {"contactType": "Secondary", "companyID": ""},
    "note": {"noteTypeID": 100},
    # Without a type it is a "Call Attempted" (seen live).
    "history": {"historyTypeID": 0, "historyType": history_type(0)},
    "opportunity": {"status": 0, "productTotal": 0.0, "weightedTotal": 0.0, "grossMargin": 0.0},
    "activity": {
        "activityTypeId": 1, "activityTypeName": ACTIVITY_TYPES[1], "activityPriorityId": 2,
        "activityPriorityName": "Medium", "leadMinutes": 15, "bannerColor": "#FFFFFF",
    },
}  # fmt: skip


class Clerk:
    """Shared by all who write; `me` is the number of the signed-in user."""

    me = 0

    def __init__(
        self, database: Database, renderer: Renderer, here: Installation, journal: Journal
    ) -> None:
        self.database, self.renderer = database, renderer
        self.here, self.journal = here, journal

    def visible(self, kind: str, guid: str) -> int:
        """The number of a record. Raises Refused (404), for one that is hidden as well."""
        number = self.database.find(kind, guid)
        if number is None or not self.database.is_visible(kind, number):
            raise not_found()
        return number

    def allow(self, kind: str, op: str) -> None:
        """Raise Refused (403) where the user lacks the right; its words are [I]."""
        if not self.here.may(kind, op):
            raise refusal(403, f"The user has no permission to {op} this record type.")

    def allow_delete(self, kind: str, number: int) -> None:
        """Raise Refused (403) as well for a record that somebody else manages (seen live)."""
        self.allow(kind, "delete")
        row = self.database.row(kind, number)
        if self.me not in (row["_owner"], row.get("_scheduler")):
            raise refusal(403, "The user has no permission to delete this record.")

    def note(self, call: Call, kind: str, op: str, id: str, **more: Any) -> None:
        """Tell the journal of a write that took effect."""
        self.journal.note(self.database.now(), kind, op, id, route=call.route.name, **more)

    def keep(self, call: Call, kind: str, op: str, number: int, row: Stored) -> None:
        """Put a changed row in its place; the journal gets the paths that differ."""
        before = self.renderer.row(kind, number)
        row["_editor"] = self.me
        self.database.put(kind, number, row)
        paths = changed(before, self.renderer.row(kind, number))
        self.note(call, kind, op, row["id"], changed=paths, markers=markers(row))

    def blank(self, kind: str) -> Stored:
        """A new record of the signed-in user's with nothing in it."""
        like = self.database.world.row(kind, _LIKE)
        properties = TABLE.models[MODEL.get(kind, "ActivityOccurrence")].properties
        empty = {name: _nothing(name, properties.get(name), like[name]) for name in like}
        empty |= {"isPrivate": False, "_level": "Public", "_owner": self.me, "_accessors": []}
        empty |= {"_links": [[], [], [], []], "_editor": self.me} | _DEFAULTS.get(kind, {})
        if kind in _TEXTS:
            empty |= written("")
        return empty

    def apply(self, kind: str, row: Stored, named: Row, *, is_new: bool = False) -> None:
        """Write properties into a row and look whether it may be so. Raises Refused (400)."""
        before = dict(row)
        for name, value in named.items():
            self._set(kind, row, name, value)
        bodies.restore(row, before, self.dropped(kind))
        if kind == "history":
            _time_of_history(row, named, is_new=is_new)
        demands.check(kind, before, row, named, is_new=is_new)

    def dropped(self, kind: str) -> frozenset[str]:
        """What this installation drops of a kind beside what all do."""
        return self.here.drops.get(kind, frozenset())

    def _set(self, kind: str, row: Stored, name: str, value: Any) -> None:
        if name in LISTS:
            row["_links"] = [*row["_links"]]
            place = LISTS.index(name)
            row["_links"][place] = self._linked(LINKED[place], value, row["_links"][place])
        elif name == _TEXTS.get(kind):
            row |= written(value)
        elif name.lower().endswith("address") and not isinstance(value, str | None):
            row[name] = bodies.address(value)
        elif setter := _SETTERS.get(name):
            setter(self, row, value)
        else:
            row[name] = value

    def _linked(self, kind: str, told: list[Row] | None, now: list[int]) -> list[int]:
        # A hidden record that is linked already stays so when its id is sent back.
        found = []
        for one in told or ():
            number = self.database.find(kind, one.get("id") or "")
            if number is None or not (number in now or self.database.is_visible(kind, number)):
                raise refusal(400, f"There is no {kind} {one.get('id')}.")
            found.append(number)
        return list(dict.fromkeys(found))

    def _set_private(self, row: Stored, value: bool | None) -> None:
        # Only who manages a record turns it private or public; else it is dropped [I].
        if row["_owner"] == self.me and bool(value) != row["isPrivate"]:
            row |= {"isPrivate": bool(value), "_level": "Private" if value else "Public"}
            row["_accessors"] = []

    def _set_custom(self, row: Stored, value: Row | None) -> None:
        known = row["customFields"]
        row["customFields"] = known | {k: v for k, v in (value or {}).items() if k in known}

    def _set_company(self, row: Stored, value: str | None) -> None:
        if value and self.database.find("company", value) is None:
            raise refusal(400, f"There is no company {value}.")
        row["companyID"] = value or ""

    def _set_stage(self, row: Stored, value: Row | None) -> None:
        chance = self.database.world.chance
        for number in range(len(deals.PROCESSES)):
            for stage in deals.stages(chance, number):
                if stage["id"] == (value or {}).get("id"):
                    row |= {"stage": stage, "stageStartDate": stamp(self.database.now())}
                    return
        raise refusal(400, "There is no such stage.")

    def _set_status(self, row: Stored, value: int | str | None) -> None:
        row["status"] = deals.STATUS.index(value) if isinstance(value, str) else value or 0

    def _set_history_type(self, row: Stored, value: int | None) -> None:
        if (value or 0) not in HISTORY_TYPES:
            raise refusal(400, f"There is no history type {value}.")
        row |= {"historyTypeID": value or 0, "historyType": history_type(value or 0)}

    def _set_activity_type(self, row: Stored, value: int | None) -> None:
        if value not in ACTIVITY_TYPES:
            raise refusal(400, f"There is no activity type {value}.")
        row |= {"activityTypeId": value, "activityTypeName": ACTIVITY_TYPES[value]}

    def _set_priority(self, row: Stored, value: int | None) -> None:
        if value not in _PRIORITIES:
            raise refusal(400, f"There is no priority {value}.")
        row |= {"activityPriorityId": value, "activityPriorityName": _PRIORITIES[value]}


_SETTERS: dict[str, Any] = {
    "isPrivate": Clerk._set_private,
    "customFields": Clerk._set_custom,
    "companyID": Clerk._set_company,
    "stage": Clerk._set_stage,
    "status": Clerk._set_status,
    "historyTypeID": Clerk._set_history_type,
    "activityTypeId": Clerk._set_activity_type,
    "activityPriorityId": Clerk._set_priority,
}


def _nothing(name: str, type_: str | None, like: Any) -> Any:
    """What stands in a property that nobody filled: empty texts, and null for the rest [I]."""
    if type_ == "Address":
        return dict(bodies.BLANK_ADDRESS)
    if isinstance(like, dict | list):
        return dict.fromkeys(like) if name == "customFields" else type(like)()
    if type_ == "boolean":
        return False
    if type_ == "string" and not name.endswith(("Id", "ID", "Uid", "MaskFormat")):
        return ""
    return _COUNTRY if name.endswith("CountryCode") else None


def _time_of_history(row: Stored, named: Row, *, is_new: bool) -> None:
    if is_new or {"startTime", "endTime"} & set(named):
        demands.span(row["startTime"], row["endTime"])
        minutes = (seconds(row["endTime"]) - seconds(row["startTime"])) // 60
        row["duration"] = f"{minutes} minutes" if minutes else ""
