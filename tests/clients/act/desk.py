"""An agent beside a made-up Act! office, without a mailbox: what it would send is kept here."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from clients.agent.act import default_rules
from clients.agent.act.connector import Act
from clients.agent.act.password import Kept
from clients.agent.act.settings import Settings
from clients.agent.collect import take
from clients.agent.source import Reading, read_source
from clients.agent.store import Store
from clients.agent.wanted import Wanted
from clients.answers import Change
from tests.act.office import Office

ZONE = ZoneInfo("Europe/Berlin")
# The office's zone, whatever that of the machine is.
YEAR = default_rules.DEFAULT.replace("# zone =", "zone =")
MORNING = 8
# Days back and ahead: what the rules say unless they are changed, and what is quickly read.
WHOLE, SHORT = (90, 365), (30, 60)
RULES = YEAR.replace("back_days = 90", "back_days = 30").replace("= 365", "= 60")
LINKS = {
    "contacts": "contact",
    "companies": "company",
    "groups": "group",
    "opportunities": "opportunity",
}
Days = tuple[int, int]
Phone = dict[tuple[str, str], dict[str, Any]]


class Desk:
    """`read` is one sync's reading; `phone` is what a device would hold after all of them."""

    def __init__(self, office: Office, folder: Path, rules: str = RULES) -> None:
        self.office = office
        self.folder = folder
        self.passed = timedelta()
        self.rules = folder / "rules.toml"
        self.rules.write_text(rules, encoding="utf-8")
        self.settings = Settings(office.url, office.database, office.user, str(self.rules))
        kept = Kept(folder, self.settings.address(), office.database, office.user)
        kept.keep(office.password)
        self.store = Store(folder, "A1")
        self.act = self._started()
        self._begin_the_day()

    def close(self) -> None:
        self.act.close()
        self.store.close()

    def restart(self) -> None:
        """End the program, whatever it was doing, and start it again."""
        self.close()
        self.store = Store(self.folder, "A1")
        self.act = self._started()

    def _begin_the_day(self) -> None:
        """In the morning: hours that pass in a test reach no night, which moves the calendar."""
        self.passed = datetime.fromtimestamp(self.office.ask("state")["now"], UTC) - self.now()
        now = self.now().astimezone(ZONE)
        if not MORNING <= now.hour < MORNING + 1:
            days = timedelta(days=now.hour >= MORNING)
            begins = datetime.combine(now.date() + days, time(MORNING), ZONE)
            self.pass_time(seconds=(begins.astimezone(UTC) - now) / timedelta(seconds=1))

    def _started(self) -> Act:
        return Act(self.settings, self.store.db, self.folder, clock=self.now)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.passed

    def read(self, *, snapshot: bool = False, allow_mass_delete: bool = False) -> Reading:
        self.act.health()
        return read_source(
            self.store,
            self.act,
            since="somewhere",
            allow_mass_delete=allow_mass_delete,
            wanted=Wanted() if snapshot else None,
        )

    def read_well(self, **how: bool) -> None:
        """A reading in which nothing went wrong."""
        reading = self.read(**how)
        assert [trouble.sentence for trouble in reading.troubles] == []

    def edit(
        self,
        kind: str,
        id: str | None = None,
        /,
        op: str = "put",
        *,
        seen: dict[str, Any] | None = None,
        base: int | None = None,
        token: str | None = None,
        **changed: Any,
    ) -> dict[str, Any]:
        """The outcome of a phone's edit, which is taken as a sync takes it.

        The phone edits what it holds, or `seen` of the version `base`, and takes out what is
        `changed` to None; without an `id` that is known it makes a new record. The same `token` is
        the same edit.
        """
        id = id or str(uuid.uuid4())
        known = self.store.seen(kind, id)
        letter = {**(self.phone.get((kind, id), {}) if seen is None else seen), **changed}
        kept = {name: value for name, value in letter.items() if value is not None}
        change = Change(
            kind=kind,
            id=id,
            op=op,
            data=json.dumps(kept) if op == "put" else None,
            version=0,
            batch=token or str(uuid.uuid4()),
            index=0,
            base_version=base or (known.version if known else None),
        )
        return take(self.store, self.act, change, {})

    def version(self, kind: str, id: str) -> int:
        """What was last sent of a record."""
        seen = self.store.seen(kind, id)
        assert seen, (kind, id)
        return seen.version

    def row(self, kind: str, id: str) -> dict[str, Any]:
        """The record as the office has it."""
        [told] = self.office.ask("record", kind=kind, id=id)["records"]
        row: dict[str, Any] = told["row"]
        return row

    def writes(self) -> list[tuple[str, str, list[str]]]:
        """What was written to Act! since the last `reset`: kind, op and the changed paths."""
        told = self.office.ask("writes")["writes"]
        return [(one["kind"], one["op"], one.get("changed", [])) for one in told]

    def ids(self, kind: str) -> list[str]:
        """The records of a kind that are on the phone, in their order."""
        return sorted(id for of, id in self.phone if of == kind)

    def pass_time(self, **span: float) -> None:
        """For the agent and the office alike."""
        self.passed += timedelta(**span)
        self.office.do("clock", seconds=timedelta(**span).total_seconds())

    def make_sweep_due(self) -> None:
        """Without a night in between, which would move the calendar by a day."""
        with self.store.db.transaction():
            self.store.db.set_note("act:swept", None)

    @property
    def phone(self) -> Phone:
        held: Phone = {}
        rows = self.store.db.connection.execute(
            "SELECT kind, id, op, data FROM outbox ORDER BY version"
        )
        for kind, id, op, data in rows:
            if op == "delete":
                held.pop((kind, id), None)
            elif data is not None:
                held[kind, id] = json.loads(data)
        return held

    def sent(self) -> int:
        """How many changes were queued so far."""
        return self.store.outbox.unsent()


def assert_equal(desk: Desk, is_in_set: Judge | None = None, *, days: Days = SHORT) -> None:
    """The phone holds what the office's books say it must, record by record."""
    wanted = expected(desk.office, desk.now(), is_in_set or (lambda contact: True), days)
    held = shown(desk.phone, wanted)
    assert {key for key in wanted if key not in held} == set(), "missing on the phone"
    assert {key for key in held if key not in wanted} == set(), "too much on the phone"
    differing = {key: (held[key], wanted[key]) for key in wanted if held[key] != wanted[key]}
    assert differing == {}


def files_of(folder: Path) -> bytes:
    """All that lies in a folder, in one piece, to be searched."""
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


Judge = Callable[[dict[str, Any]], bool]


def expected(
    office: Office,
    now: datetime,
    is_in_set: Judge = lambda contact: True,
    days: Days = SHORT,
) -> dict[tuple[str, str], dict[str, Any]]:
    """What has to be on a phone, worked out from the office's own books.

    Nothing of the agent's code is used. Of each record some members, as they have to arrive.
    `is_in_set` judges a contact as the truth tells it; `days` are the calendar's, back and ahead.
    """
    books = _Books(office, is_in_set)
    books.add_leading()
    for kind in ("opportunity", "note", "history", "activity"):
        for told in _followers(office, kind, now, days):
            books.add_following(kind, told)
    return books.found


class _Books:
    def __init__(self, office: Office, is_in_set: Judge) -> None:
        self._office = office
        self._is_in_set = is_in_set
        self._in: dict[str, set[str]] = {kind: set() for kind in LINKS.values()}
        self.found: dict[tuple[str, str], dict[str, Any]] = {}

    def add_leading(self) -> None:
        for kind in ("company", "group"):
            for told in filter(_is_public, self._office.truth(kind)):
                self._add(kind, told["row"]["id"], name=told["row"]["name"])
        for told in filter(_is_public, self._office.truth("contact")):
            if told["row"]["contactType"] == "Contact" and self._is_in_set(told):
                self._add_contact(told["row"])
        for told in filter(_is_public, self._office.truth("secondary_contact")):
            if told["parent"] in self._in["contact"]:
                row = told["row"]
                self._add("secondary_contact", row["id"], fullName=row["fullName"])

    def add_following(self, kind: str, told: dict[str, Any]) -> None:
        links = {
            name: sorted(
                link["id"] for link in told["row"].get(name) or [] if link["id"] in self._in[of]
            )
            for name, of in LINKS.items()
        }
        if _is_public(told) and any(links.values()):
            self._add(kind, _id(kind, told), **links, **_own(kind, told))

    def _add_contact(self, row: dict[str, Any]) -> None:
        shown = not row["companyID"] or row["companyID"] in self._in["company"]
        self._add(
            "contact",
            row["id"],
            fullName=row["fullName"],
            businessPhone=row["businessPhone"],
            idStatus=row["idStatus"],
            company=row["company"] if shown else None,
        )

    def _add(self, kind: str, id: str, **members: Any) -> None:
        self._in.setdefault(kind, set()).add(id)
        self.found[kind, id] = {name: value for name, value in members.items() if value}


def shown(phone: Phone, like: dict[tuple[str, str], dict[str, Any]]) -> Phone:
    """What a phone holds, cut down to the members that are compared."""
    members: dict[str, set[str]] = {}
    for (kind, _), row in like.items():
        members.setdefault(kind, set()).update(row)
    return {
        (kind, id): {
            name: _ids(value) if isinstance(value, list) else value
            for name, value in data.items()
            if value and name in members.get(kind, set())
        }
        for (kind, id), data in phone.items()
        if kind != "field"
    }


def _ids(links: list[Any]) -> list[str]:
    return sorted(link["id"] for link in links)


def _is_public(told: dict[str, Any]) -> bool:
    access = told.get("access", {"type": "Public"})
    return told["is_visible"] and not told["row"]["isPrivate"] and access["type"] == "Public"


def _followers(office: Office, kind: str, now: datetime, days: Days) -> Iterator[dict[str, Any]]:
    if kind != "activity":
        return office.truth(kind)
    today = now.astimezone(ZONE).date()
    back, ahead = map(timedelta, days)
    return office.truth(kind, since=today - back, until=today + ahead)


def _id(kind: str, told: dict[str, Any]) -> str:
    row = told["row"]
    if kind != "activity":
        return str(row["id"])
    series = str(row["seriesID"])
    return f"{series}.{told['original'].replace('-', '')}" if row["isRecurring"] else series


def _own(kind: str, told: dict[str, Any]) -> dict[str, Any]:
    row = told["row"]
    match kind:
        case "opportunity":
            return {"name": row["name"], "probability": row["probability"]}
        case "activity":
            return {"subject": row["subject"]}
        case "history":
            return {"regarding": row["regarding"]}
    return {"noteTypeID": row["noteTypeID"]}
