"""What salespeople do on two phones, and what each of it comes to in Act!.

Thirty edits: eight new records, six activities cleared, six that the office or the other phone
contradicts, the rest changes, moves and deletes. Each writes values of its own, so that what stands
in Act! tells whose it is.
"""

import json
import random
from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tests.act.office import Caller, Office, Row
from tests.journeys.act.books import IN_THE_SET
from tests.journeys.act.party import Party
from tests.journeys.programs import Device

CALL, COMPLETED, ATTEMPTED = 1, ("Call Completed", 1), ("Call Attempted", 0)
_TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
_MOVED = frozenset({"id", "original", "originalTime", "duration", "alarmDue"})
_STOCK = {"contact": 16, "secondary_contact": 4, "opportunity": 5, "note": 10, "history": 8,
          "activity": 18, "series": 6}  # fmt: skip


@dataclass
class Wish:
    """One edit that somebody makes on a phone.

    `fields`: what is set, by paths; `asked`: what then stands in Act!'s row, where that is more or
    something else. `along`: what Act! works out of it. `makes`: what the history says that comes of
    it. `clash`: what the office does meanwhile. `ends`: how it ends if nothing comes between.
    `state`, `detail` and from then on `id` are those of the outcome.
    """

    kind: str
    id: str = ""
    op: str = "change"
    fields: Row = field(default_factory=dict)
    options: tuple[str, ...] = ()
    asked: Row = field(default_factory=dict)
    along: Collection[str] = ()
    makes: Row = field(default_factory=dict)
    clash: Callable[[Office], None] | None = None
    ends: str = "applied"
    state: str = ""
    detail: str = ""

    def __post_init__(self) -> None:
        plain = {path: v for path, v in self.fields.items() if not isinstance(v, dict | list)}
        self.asked = plain | self.asked

    @property
    def is_series(self) -> bool:
        return "--series" in self.options or "recurSpec" in self.fields

    def make(self, phone: Device) -> bool:
        """Make the edit on a phone; False where that holds the record no more."""
        ran = phone.run(*self._command(phone))
        assert ran.code == 0 or "no record" in ran.err, ran.err
        return ran.code == 0

    def _command(self, phone: Device) -> list[str]:
        if self.op == "create":
            return ["new", self.kind, *self.options, *_words(_members(self.fields, {}))]
        if self.op == "clear":
            return ["clear", self.id, *self.options]
        named = [self.kind, self.id, *self.options]
        if self.op == "delete":
            return ["delete", *named]
        held: Row = {}
        if any("." in path for path in self.fields):
            ran = phone.run("show", self.kind, self.id, "--json")
            held = ran.answer["data"] if ran.code == 0 else {}
        return ["edit", *named, *_words(_members(self.fields, held))]


def at(days: int, hour: int = 9, minute: int = 0) -> str:
    """A moment in so many days."""
    moment = _TODAY + timedelta(days=days, hours=hour, minutes=minute)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def stock(office: Office, label: str) -> None:
    """Records that the phones then edit, more than are needed: the office's days take some."""
    contacts = [
        office.create("contact", fullName=f"{label} stock {number}", **IN_THE_SET)
        for number in range(_STOCK["contact"])
    ]
    for number in range(_STOCK["secondary_contact"]):
        office.create(
            "secondary_contact", parent=contacts[-number], fullName=f"{label} stock {number}"
        )
    for kind, named in _NAMED.items():
        for number in range(_STOCK[kind]):
            values: Row = {
                named: f"{label} stock {number}",
                "contacts": [contacts[number % len(contacts)]],
            }
            office.create(kind, **values)
    for number in range(_STOCK["activity"]):
        office.create(
            "activity", subject=f"{label} stock {number}", startTime=at(2 + number % 8),
            contacts=[contacts[number % len(contacts)]], activityTypeId=CALL,
            activityTypeName="Call", details="",
        )  # fmt: skip
    with Caller(office) as colleague:
        for number in range(_STOCK["series"]):
            _make_series(colleague, f"{label} stock {number}", contacts[number])


_NAMED = {"opportunity": "name", "note": "noteText", "history": "regarding"}


def _make_series(colleague: Caller, subject: str, contact: str) -> None:
    body = {
        "subject": subject, "activityTypeId": CALL, "contacts": [{"id": contact}],
        "startTime": at(1), "endTime": at(1, 10), "recurSpec": _weekly(),
    }  # fmt: skip
    answer = colleague.write("POST", "recurring-tasks", body)
    assert answer.status_code == 201, answer.text


def _weekly() -> Row:
    day = {"daysOfWeek": f"{_TODAY + timedelta(days=1):%A}", "dayType": "Named"}
    return {"recurType": "Weekly", "frequency": 1, "seriesStart": at(1), "seriesEnd": at(30),
            "day": day}  # fmt: skip


class Plan:
    """The thirty, made of what the phones hold of a stock and what still is to be on them."""

    def __init__(self, party: Party, label: str, dice: random.Random) -> None:
        self._party, self._label = party, label
        self._wanted = dict(party.books.kinds())
        self._held = {key: json.loads(data) for key, (_, data) in party.witness.copy.items()}
        self._number = 0
        self._pools = self._pools_of(dice)

    def wishes(self, dice: random.Random) -> list[Wish]:
        first, second = self._duel()
        wishes = [*self._new(), *self._cleared(), *self._contradicted(), *self._rest()]
        dice.shuffle(wishes)
        # Phones take turns: the first is this one's, the last of all that one's.
        wishes.insert(dice.randrange(0, len(wishes), 2), first)
        return [*wishes, second]

    def _new(self) -> list[Wish]:
        link = {"contacts": [{"id": self._take("contact")}]}
        span = {"startTime": at(3, 14), "endTime": at(3, 15)}
        near = {path.replace("/", "."): value for path, value in IN_THE_SET.items()}
        weekday = {"daysOfWeek": [f"{_TODAY + timedelta(days=1):%A}"]}
        series = {"recurType": "Weekly", "seriesEnd": at(25), "day": weekday}
        made: list[tuple[str, Row]] = [
            ("contact", {"fullName": self._text(), "department": self._text(), **near}),
            ("company", {"name": self._text(), "website": self._text()}),
            ("secondary_contact", {"fullName": self._text(), "contactID": self._take("contact")}),
            ("opportunity", {"name": self._text(), **link}),
            ("note", {"noteText": self._text(), **link}),
            ("history", {"regarding": self._text(), "historyTypeID": 1, **span, **link}),
            ("activity", {"subject": self._text(), "activityTypeId": CALL, **span, **link}),
            ("activity", {"subject": self._text(), "activityTypeId": CALL, "startTime": at(1, 7),
                          "endTime": at(1, 8), "recurSpec": series, **link}),
        ]  # fmt: skip
        return [self._created(kind, fields) for kind, fields in made]

    def _created(self, kind: str, fields: Row) -> Wish:
        wish = Wish(kind, op="create", fields=fields)
        # Of a series each occurrence has its own times; whose secondary contact it is, the truth
        # tells beside the row.
        if wish.is_series:
            del wish.asked["startTime"], wish.asked["endTime"]
        if parent := wish.asked.pop("contactID", None):
            wish.asked["parent"] = parent
        return wish

    def _cleared(self) -> list[Wish]:
        ids = [self._take("activity") for _ in range(5)] + [self._take("series")]
        return [self._clear(id, COMPLETED if n % 2 else ATTEMPTED) for n, id in enumerate(ids)]

    def _clear(self, id: str, result: tuple[str, int]) -> Wish:
        name, number = result
        said = self._text()
        return Wish(
            "activity", id, "clear", options=("--result", name, "--details", said),
            asked={"isCleared": True}, makes={"details": said, "historyTypeID": number},
        )  # fmt: skip

    def _contradicted(self) -> list[Wish]:
        """Five by the office; the sixth is the duel's second."""
        street = {"businessAddress.city": self._text(), "businessAddress.line1": self._text()}
        move = {"startTime": at(5, 16, self._number), "endTime": at(5, 17, self._number)}
        return [
            self._against("contact", street, {"businessAddress/city": self._text()}),
            self._against("opportunity", {"probability": 33}, {"probability": 44},
                          along={"weightedTotal"}),
            self._against("note", {"noteText": self._text()}, {"noteText": self._text()},
                          along={"text"}),
            self._against("activity", move, {"startTime": at(6, 18, self._number)}, along=_MOVED),
            self._against("history", {}, {"regarding": self._text()}, op="delete"),
        ]  # fmt: skip

    def _against(
        self, kind: str, fields: Row, office: Row, along: Collection[str] = (), op: str = "change"
    ) -> Wish:
        id = self._take(kind)
        return Wish(
            kind, id, op, fields, along=along, ends="conflict",
            clash=lambda made_up: made_up.change(kind, id, **office),
        )  # fmt: skip

    def _duel(self) -> tuple[Wish, Wish]:
        """Two phones set one field."""
        id, field = self._take("contact"), "customFields.user_4"
        first, second = (Wish("contact", id, fields={field: self._text()}) for _ in range(2))
        second.ends = "conflict"
        return first, second

    def _rest(self) -> list[Wish]:
        merged, gone = self._take("contact"), self._take("note")
        return [
            Wish("contact", merged, fields={"department": self._text()},
                 clash=lambda office: office.change("contact", merged, businessPhone="030 1")),
            Wish("contact", self._take("contact"), fields={"customFields.user_3": "x" * 51},
                 ends="rejected"),
            Wish("note", gone, fields={"noteText": self._text()}, ends="rejected",
                 clash=lambda office: office.delete("note", gone)),
            Wish("company", self._take("company"), fields={"website": self._text()}),
            Wish("note", self._take("note"), fields={"noteText": self._text()}, along={"text"}),
            Wish("activity", self._take("activity"), along=_MOVED,
                 fields={"startTime": at(9, 11), "endTime": at(9, 12)}),
            Wish("activity", self._take("series"), options=("--series",),
                 fields={"location": self._text()}),
            Wish("note", self._take("note"), "delete"),
            Wish("activity", self._take("activity"), "delete"),
        ]  # fmt: skip

    def _text(self) -> str:
        self._number += 1
        return f"{self._label} wish {self._number}"

    def _take(self, kind: str) -> str:
        return self._pools[kind].pop()

    def _pools_of(self, dice: random.Random) -> dict[str, list[str]]:
        """Those of the stock that still travel; of activities those that nobody has moved."""
        pools: dict[str, list[str]] = defaultdict(list)
        for (kind, id), letter in sorted(self._held.items()):
            now = self._wanted[kind].get(id)
            if now and (kind == "company" or self._is_of_stock(letter)):
                if kind != "activity":
                    pools[kind].append(id)
                elif now["startTime"] == letter["startTime"]:
                    pools["series" if letter["isRecurring"] else kind].append(id)
        # Of each series one occurrence.
        pools["series"] = list({id[:36]: id for id in pools["series"]}.values())
        for pool in pools.values():
            dice.shuffle(pool)
        return pools

    def _is_of_stock(self, letter: Row) -> bool:
        names = ("fullName", "name", "noteText", "regarding", "subject")
        return any(str(letter.get(name)).startswith(f"{self._label} stock") for name in names)


def _members(fields: Row, held: Row) -> Row:
    """The members of the record's content; of those with parts all that the phone holds."""
    members: Row = {}
    for path, value in fields.items():
        name, _, part = path.partition(".")
        if part:
            value = {**held.get(name, {}), **members.get(name, {}), part: value}
        members[name] = value
    return members


def _words(members: Row) -> list[str]:
    return [f"{name}:={json.dumps(value)}" for name, value in members.items()]
