"""From a kept record to the object on the wire."""

from datetime import datetime
from functools import partial
from typing import Any

from tests.act import deals, firms, people
from tests.act.database import Database
from tests.act.occurrences import Occurrence, as_of, recur_spec, utc
from tests.act.people import Stored
from tests.act.sizes import USERS
from tests.act.table import TABLE
from tests.act.times import stamp
from tests.act.world import LINKED
from tests.act.writing import told

Row = dict[str, Any]
MODEL = {
    "contact": "Contact",
    "secondary_contact": "Contact",
    "company": "Company",
    "group": "Group",
    "opportunity": "Opportunity",
    "note": "Note",
    "history": "History",
}
_TEXT = {"note": "noteText", "history": "details"}
_LISTS = ("contacts", "companies", "groups", "opportunities")


class Renderer:
    """Shows records as the API does: all properties of the model, empty ones as null."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def row(self, kind: str, number: int, form: str = "auto") -> Row:
        """The object of a record; `form` is how its text is wanted."""
        kept = self._database.row(kind, number)
        made = {
            name: kept[name] if name in kept else self._computed(kind, number, kept, name)
            for name in _PROPERTIES[MODEL[kind]]
        }
        if kind in _TEXT:
            made[_TEXT[kind]] = told(kept, form)
        return made

    def phones(self, row: Row) -> Row:
        """The contact with its numbers as `phoneFormat=E164` asks for them."""
        for name in (name for name in row if name.endswith("Phone") and row[name]):
            digits = "".join(filter(str.isdigit, row[name])).lstrip("0")
            row[name] = f"+{row[name[:-5] + 'CountryCode']}{digits}"
        return row

    def occurrence(self, number: int, kept: Stored, which: Occurrence, form: str = "auto") -> Row:
        """An ActivityOccurrence. Its id is the series' with the day's MMddyyyy (seen live)."""
        usual = datetime.fromisoformat(kept["_start"]).time()
        original = utc(kept, datetime.combine(which.original, usual))
        kept = as_of(kept, which)
        start = utc(kept, which.start)
        series = self._database.guid("activity", number)
        return self._activity(number, kept, form) | {
            "id": f"{series}{which.start:%m%d%Y}",
            "seriesID": series,
            "isCleared": which.is_cleared,
            "startTime": stamp(start.timestamp()),
            "endTime": stamp(start.timestamp() + 60 * which.minutes),
            "originalTime": stamp(original.timestamp()),
            "duration": f"{which.minutes} minutes",
            "edited": kept["edited"] if which.edited is None else stamp(which.edited),
            "accessorId": None,
        }

    def series(self, number: int, kept: Stored, which: Occurrence, form: str = "auto") -> Row:
        """An ActivitySeries shown at one of its occurrences; its id is the series' own [I]."""
        made = self.occurrence(number, kept, which, form)
        made["id"] = made.pop("seriesID")
        del made["accessorId"]
        return made | {"durationDisplay": made["duration"]}

    def whole_series(self, number: int, kept: Stored, form: str = "auto") -> Row:
        """The same at the series' own beginning, whatever became of its first occurrence."""
        start = datetime.fromisoformat(kept["_start"])
        shown = Occurrence(start.date(), start, kept["_minutes"], kept["isCleared"], None)
        return self.series(number, kept | {"_moved": {}}, shown, form)

    def access(self, kind: str, number: int) -> Row:
        """The AccessLevel of a record."""
        kept = self._database.row(kind, number)
        private = kept["isPrivate"]
        return {
            "type": "Private" if private else kept["_level"],
            "accessors": [
                {"id": self.user_id(user), "type": "User", "name": self._user(user)}
                for user in kept["_accessors"]
            ],
        }

    def user_id(self, number: int) -> str:
        return self._database.guid("user", number)

    def products(self, number: int) -> list[Row]:
        """The product lines of an opportunity."""
        kept = self._database.row("opportunity", number)
        names = _PROPERTIES["OpportunityProduct"]
        base = {"created": kept["created"], "edited": kept["edited"], "editedBy": None}
        return [dict.fromkeys(names) | base | line for line in kept["_products"]]

    def _activity(self, number: int, kept: Stored, form: str) -> Row:
        first = self._first_contact(kept)
        scheduler = kept["_owner"] if kept.get("_scheduler") is None else kept["_scheduler"]
        made = {name: kept.get(name) for name in _PROPERTIES["ActivityOccurrence"]}
        made |= {
            "details": told(kept, form),
            "isRecurring": kept["_recur"] is not None,
            "recurSpec": recur_spec(kept),
            "scheduledById": self.user_id(scheduler),
            "scheduledBy": self._user(scheduler),
            "scheduledForId": self.user_id(kept["_owner"]),
            "scheduledFor": self._user(kept["_owner"]),
            "scheduledWithCompany": first.get("company"),
            "scheduledWithEmail": first.get("emailAddress"),
            "scheduledWithPhone": first.get("businessPhone"),
            "scheduledWithPhoneExt": first.get("businessExtension"),
        }
        for name in _LISTS:
            made[name] = self._computed("activity", number, kept, name)
        return made

    def _computed(self, kind: str, number: int, kept: Stored, name: str) -> Any:
        if name in _LISTS and (kind, name) != ("group", "contacts"):
            return self._embedded(kind, number, kept, _LISTS.index(name))
        maker = _COMPUTED.get(name) or _COMPUTED.get((kind, name))
        return maker(self, number, kept) if maker else None

    def _embedded(self, kind: str, number: int, kept: Stored, place: int) -> list[Row] | None:
        # Whoever is linked is named, be it a record that nobody here may see (facts, "Objects").
        found = [
            each for each in kept["_links"][place] if self._database.exists(LINKED[place], each)
        ]
        if not found:
            # Nothing is null here and an empty list there (seen live).
            return None if number % 3 == 0 else []
        if place:
            return [
                {
                    "id": self._database.guid(LINKED[place], each),
                    "name": self.name(LINKED[place], each),
                }
                for each in found
            ]
        return [self._embedded_contact(kind, each) for each in found]

    def _embedded_contact(self, kind: str, number: int) -> Row:
        contact = self._database.row("contact", number)
        made = {
            "id": contact["id"],
            "displayName": contact["fullName"],
            "emailAddress": contact["emailAddress"],
            "isInvited": False,
        }
        return made if kind == "activity" else made | {"company": contact["company"]}

    def name(self, kind: str, number: int) -> str:
        """The name of a record, without making all of it where nobody changed it."""
        if self._database.is_changed(kind, number) or kind == "opportunity":
            row = self._database.row(kind, number)
            return str(row["fullName" if "fullName" in row else "name"])
        fate = self._database.world.chance.fate(kind, number)
        if kind == "contact":
            return " ".join(people.name(fate))
        return firms.group_name(number) if kind == "group" else firms.company_name(number, fate)

    def _names(self, number: int, kept: Stored) -> str:
        exists = partial(self._database.exists, "contact")
        return ", ".join(self.name("contact", each) for each in kept["_links"][0] if exists(each))

    def _first_contact(self, kept: Stored) -> Row:
        for number in kept["_links"][0]:
            if self._database.exists("contact", number):
                return self._database.row("contact", number)
        return {}

    def _user(self, number: int) -> str:
        return self._database.world.user_name(number)

    def _acl(self, number: int, kept: Stored) -> str | None:
        # An untyped text in the Swagger; that it tells the level is [I].
        if kept["isPrivate"]:
            return "Private"
        return kept["_level"] if kept["_level"] != "Public" or number % 2 else None


_PROPERTIES = {name: tuple(model.properties) for name, model in TABLE.models.items()}
_COMPUTED: dict[Any, Any] = {
    "recordManagerID": lambda of, n, kept: of.user_id(kept["_owner"]),
    "recordManager": lambda of, n, kept: of._user(kept["_owner"]),
    "recordOwner": lambda of, n, kept: of._user(kept["_owner"]),
    "createUserID": lambda of, n, kept: of.user_id(kept["_owner"]),
    "createUserName": lambda of, n, kept: of._user(kept["_owner"]),
    "editUserID": lambda of, n, kept: of.user_id(kept.get("_editor", kept["_owner"])),
    "editUserName": lambda of, n, kept: of._user(kept.get("_editor", kept["_owner"])),
    "editedBy": lambda of, n, kept: of._user(kept.get("_editor", (kept["_owner"] + n) % USERS)),
    "acl": lambda of, n, kept: of._acl(n, kept),
    "statusName": lambda of, n, kept: deals.STATUS[kept["status"]],
    "contactNames": lambda of, n, kept: of._names(n, kept),
    "contactEmail": lambda of, n, kept: of._first_contact(kept).get("emailAddress"),
    "contactPhone": lambda of, n, kept: of._first_contact(kept).get("businessPhone"),
    "contactPhoneExt": lambda of, n, kept: of._first_contact(kept).get("businessExtension"),
    "contactCompany": lambda of, n, kept: of._first_contact(kept).get("company"),
    ("group", "contacts"): lambda of, n, kept: len(of._database.members(n)),
}
