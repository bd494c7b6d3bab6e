"""The sync set of a made-up office, worked out from its own books: nothing of the agent's is used.

The rules of the customer stand here twice: as the file that the agent reads, and in Python.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.act.fields import PICKLISTS, fields
from tests.act.office import Office, Row
from tests.act.table import TABLE
from tests.journeys.act.letters import MODELS, ZONE, letter, travelling

Records = dict[str, Row]
"""The `data` of each record by its id."""

RULES = """\
[calendar]
back_days = %d
ahead_days = %d
zone = "Europe/Berlin"

[fields.contact]
without = ["Birthday", "homeAddress", "Account Mgr"]

[[sync_set]]
"ID/Status" = { not = ["Personal", "Friend"] }
"businessAddress/country" = ["Germany", "Austria", "Switzerland"]

[[sync_set]]
any = [{ "Record Manager" = "David Zimmermann" }, { group = "Key Accounts" }]
"Industry" = { empty = false }

[[sync_set]]
"Account Mgr" = { starts_with = "Kr" }
"ID/Status" = ["Customer", "Prospect"]
"""
IN_THE_SET = {"idStatus": "Customer", "businessAddress/country": "Germany"}
OUTSIDE = {"idStatus": "Personal", "customFields/user6": ""}
"""What takes any contact out of that sync set, whoever manages it and whichever groups it is in."""

_GROUP = "Key Accounts"
_LEADING = ("company", "group", "contact", "secondary_contact")
_FOLLOWING = ("opportunity", "note", "history", "activity")
_WITHOUT = dict.fromkeys(
    ("contact", "secondary_contact"), ("birthday", "homeAddress", "customFields.rep")
)


@dataclass(frozen=True)
class Window:
    """The days of the calendar that travel, around today and both ends included."""

    back: int = 90
    ahead: int = 365

    @property
    def rules(self) -> str:
        return RULES % (self.back, self.ahead)


@dataclass
class Books:
    """`kinds` tells what has to be on a phone now, a kind after the other.

    `as_kept`: Act! gives the texts of activities in the form in which it keeps them.
    """

    office: Office
    window: Window
    as_kept: bool = False
    _in: dict[str, set[str]] = field(default_factory=dict)

    def kinds(self) -> Iterator[tuple[str, Records]]:
        self._in = {}
        self._group = [t["row"]["id"] for t in self.office.truth("group") if _is(t, _GROUP)]
        for kind in (*_LEADING, *_FOLLOWING):
            told = [one for one in self._told(kind) if _is_public(one) and self._is_in(kind, one)]
            self._in[kind] = {one["row"]["id"] for one in told}
            yield kind, {_id(kind, one): self._letter(kind, one) for one in told}
        yield "field", dict(_fields())

    def _told(self, kind: str) -> Iterator[Row]:
        if kind != "activity":
            return self.office.truth(kind)
        today = datetime.now(ZONE).date()
        since, until = (timedelta(days=days) for days in (self.window.back, self.window.ahead))
        return self.office.truth(kind, since=today - since, until=today + until)

    def _is_in(self, kind: str, told: Row) -> bool:
        row = told["row"]
        if kind == "contact":
            return row["contactType"] == "Contact" and self._is_in_sync_set(told)
        if kind == "secondary_contact":
            return told["parent"] in self._in["contact"]
        return kind in _LEADING or any(
            link["id"] in self._in[of]
            for member, of in _LINKS.items()
            for link in row.get(member) or ()
            if of in self._in
        )

    def _is_in_sync_set(self, told: Row) -> bool:
        row, custom = told["row"], told["row"]["customFields"]
        lives_near = row["businessAddress"]["country"] in ("Germany", "Austria", "Switzerland")
        is_ours = row["recordManager"] == "David Zimmermann" or set(told["groups"]) & {*self._group}
        return bool(
            (row["idStatus"] not in ("Personal", "Friend") and lives_near)
            or (is_ours and custom["user6"])
            or (
                (custom["rep"] or "").startswith("Kr")
                and row["idStatus"] in ("Customer", "Prospect")
            )
        )

    def _letter(self, kind: str, told: Row) -> Row:
        as_kept = self.as_kept and kind == "activity"
        made = letter(kind, told, lambda of, id: id in self._in[of], as_kept=as_kept)
        for name in _WITHOUT.get(kind, ()):
            top, _, inner = name.partition(".")
            if inner:
                made.get(top, {}).pop(inner, None)
            else:
                made.pop(top, None)
        return made


_LINKS = {
    "contacts": "contact",
    "companies": "company",
    "groups": "group",
    "opportunities": "opportunity",
}


def _is(told: Row, name: str) -> bool:
    return told["is_visible"] and bool(told["row"]["name"] == name)


def _is_public(told: Row) -> bool:
    access = told.get("access", {"type": "Public"})
    return told["is_visible"] and not told["row"]["isPrivate"] and access["type"] == "Public"


def _id(kind: str, told: Row) -> str:
    row = told["row"]
    if kind != "activity":
        return str(row["id"])
    series = str(row["seriesID"])
    return f"{series}.{told['original'].replace('-', '')}" if row["isRecurring"] else series


def _fields() -> Iterator[tuple[str, Row]]:
    """The labels of all that travels, where Act! tells any."""
    for kind in ("contact", "company", "group", "opportunity"):
        sent = {*travelling(kind), "customFields"} & TABLE.models[MODELS[kind]].properties.keys()
        for one in fields(kind):
            path = f"customFields.{one.name}" if one.is_custom else one.name
            if path.partition(".")[0] not in sent or path in _WITHOUT.get(kind, ()):
                continue
            told: Row = {
                "id": f"{kind}.{path}",
                "recordType": kind,
                "name": path,
                "displayName": one.label,
                "dataType": one.type,
                "length": one.length,
            }
            if one.picklist:
                told["picklist"] = sorted(filter(None, {*PICKLISTS[one.picklist]}))
            yield f"{kind}.{path}", told
