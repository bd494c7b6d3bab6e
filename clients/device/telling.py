"""A record in one line, as a salesperson would say it: names for ids, and first what matters.

Records of Act! are known by their properties, those of CSV files by the names that offices usually
give their columns. What has another shape, or is of an unknown kind, is told by its first texts.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

from clients import rawjson
from clients.device import when
from clients.device.language import Language
from clients.device.store import Record, Store

Row = dict[str, Any]
LINKS = {
    "contacts": "contact",
    "companies": "company",
    "groups": "group",
    "opportunities": "opportunity",
}
"""The members that name other records, and the kind that each of them names."""

STATUSES = ("Open", "Won", "Lost", "Inactive")
"""Of an opportunity, which Act! numbers."""

_NAMED = 2
_TITLE_FIELDS, _LONGEST = 3, 100


class Teller:
    """Tells of records in one language; names come from what the device holds."""

    def __init__(self, language: Language, store: Store) -> None:
        self.language = language
        self._store = store
        self._today = date.today()  # noqa: DTZ011 - the viewer's day
        self.row = cache(self._row)
        self._lines: dict[str, Callable[[Row], str]] = {
            "contact": self._contact,
            "secondary_contact": self._contact,
            "company": self._company,
            "group": self._group,
            "field": self._field,
            "activity": self._activity,
            "history": self._history,
            "note": self._note,
            "opportunity": self._opportunity,
        }

    def line(self, kind: str, data: str) -> str:
        """A record in one line."""
        content = json.loads(data)
        if not isinstance(content, dict):
            return plain(content)[:_LONGEST]
        tell = self._lines.get(kind)
        return (tell(content) if tell else "") or self._title(content)

    def in_order(self, kind: str, records: list[Record]) -> list[Record]:
        """People by name, appointments by their time, what was written newest first."""
        by = _ORDERS.get(kind)
        if by is None:
            return records
        return sorted(
            records, key=lambda record: _key(record.data, by), reverse=kind in _NEWEST_FIRST
        )

    def name(self, kind: str, id: str) -> str:
        """What a linked record is called, or its id where it is not here."""
        row = self.row(kind, id)
        if row is None:
            return id
        if kind == "contact":
            return self.person(row)
        return first(row, "name", "subject") or id

    def person(self, row: Row) -> str:
        """`Ms Weber (Muster GmbH)`, or by the full name where there is no form of address."""
        prefix, last = first(row, "namePrefix"), first(row, "lastName")
        name = f"{prefix} {last}" if prefix and last else _full_name(row)
        company = first(row, "company")
        return f"{name} ({company})" if name and company else name or company

    def linked(self, row: Row, member: str) -> list[str]:
        """The names of the records that a member links to."""
        return [self.name(LINKS[member], id) for id in _ids(row.get(member))]

    def people(self, row: Row) -> str:
        """With whom, or else with which companies, opportunities or groups, it has to do."""
        found = next(filter(None, (self._known(row, member) for member in LINKS)), [])
        if not found:
            return first(row, "contact", "company")
        shown, more = ", ".join(found[:_NAMED]), len(found) - _NAMED
        return f"{shown} {self.language('and {count} more', count=more)}" if more > 0 else shown

    def _known(self, row: Row, member: str) -> list[str]:
        kind = LINKS[member]
        return [self.name(kind, id) for id in _ids(row.get(member)) if self.row(kind, id)]

    def _contact(self, row: Row) -> str:
        company = first(row, "company")
        name = _full_name(row)
        shown = f"{name} ({company})" if name and company else name or company
        return _listed(
            shown, first(row, "jobTitle"), first(row, "mobilePhone", "businessPhone", "phone")
        )

    def _company(self, row: Row) -> str:
        address = row.get("address")
        city = first(address, "city") if isinstance(address, dict) else first(row, "city")
        return _listed(first(row, "name"), city, first(row, "phone"))

    def _group(self, row: Row) -> str:
        return _said(first(row, "name"), first(row, "description"))

    def _field(self, row: Row) -> str:
        label, kind = first(row, "displayName"), first(row, "recordType")
        return f"{label} ({self.language(kind)}: {first(row, 'name')})" if label else ""

    def _activity(self, row: Row) -> str:
        what = self.language(first(row, "activityTypeName", "type") or "activity")
        done = row.get("isCleared") is True or row.get("cleared") == "yes"
        said = self._meeting(row, what, first(row, "subject", "regarding"))
        return f"{said} ({self.language('done')})" if said and done else said

    def _history(self, row: Row) -> str:
        type = row.get("historyType")
        what = first(type, "name") if isinstance(type, dict) else first(row, "type")
        text = first(row, "regarding") or first_line(first(row, "details"))
        return self._meeting(row, self.language(what or "history"), text)

    def _meeting(self, row: Row, what: str, about: str) -> str:
        start = when.told(row.get("startTime"), self.language, self._today)
        people = self.people(row)
        if not (start or people or about):
            return ""
        words = (_at_the_start(start), what, f"{self.language('with')} {people}" if people else "")
        return _said(" ".join(filter(None, words)), about)

    def _note(self, row: Row) -> str:
        written = first(row, "displayDate", "createdOn", "created")
        day = when.told_day(written, self.language, self._today)
        text = first_line(first(row, "noteText", "text"))
        return _said(" ".join(filter(None, (_at_the_start(day), self.people(row)))), text)

    def _opportunity(self, row: Row) -> str:
        name, people = first(row, "name"), self.people(row)
        shown = f"{name} – {people}" if name and people else name or people
        return _said(shown, _listed(*self._deal(row)))

    def _deal(self, row: Row) -> list[str]:
        stage = row.get("stage")
        words = [first(stage, "name") if isinstance(stage, dict) else first(row, "stage")]
        chance = first(row, "probability")
        words[0] = " ".join(filter(None, (words[0], f"{chance} %" if chance else "")))
        status = row.get("status")
        if isinstance(status, int) and 0 < status < len(STATUSES):
            words = [self.language(STATUSES[status])]
        amount = self.money(row.get("productTotal") or row.get("amount"))
        words.append(" ".join(filter(None, (amount, first(row, "currency") if amount else ""))))
        close = first(row, "estimatedCloseDate", "estimatedClose")
        if not status and (day := when.told_day(close, self.language, self._today)):
            words.append(self.language("closes {day}", day=day))
        return words

    def money(self, value: object) -> str:
        """An amount; "" for what is none."""
        try:
            return (
                self.language.amount(float(value)) if isinstance(value, str | float | int) else ""
            )
        except ValueError:
            return ""

    def _row(self, kind: str, id: str) -> Row | None:
        record = self._store.record(kind, id)
        content = json.loads(record.data) if record else None
        return content if isinstance(content, dict) else None

    def _title(self, row: Row) -> str:
        texts = (
            when.told(value, self.language, self._today) or plain(value)
            for name, value in row.items()
            if value not in ("", None) and name != "id"
        )
        return ", ".join(list(texts)[:_TITLE_FIELDS])[:_LONGEST]


def first(row: Row, *names: str) -> str:
    """The first of these members that says something."""
    values = (row.get(name) for name in names)
    return next(filter(None, (plain(value).strip() for value in values if value)), "")


def first_line(text: str) -> str:
    """The first line with words in it, and a mark where it is cut."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1].rstrip()}…"


def plain(value: object) -> str:
    return value if isinstance(value, str) else rawjson.dump(value)


def _at_the_start(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"


def _ids(links: object) -> list[str]:
    listed = links if isinstance(links, list) else []
    return [str(link["id"]) for link in listed if isinstance(link, dict) and "id" in link]


def _full_name(row: Row) -> str:
    parts = (first(row, "firstName"), first(row, "lastName"))
    return first(row, "fullName") or " ".join(filter(None, parts))


def _listed(*words: str) -> str:
    return ", ".join(filter(None, words))


def _said(who: str, what: str) -> str:
    return ": ".join(filter(None, (who, first_line(what))))


def _key(data: str, by: tuple[str, ...]) -> tuple[str, ...]:
    content = json.loads(data)
    return (
        tuple(first(content, name).casefold() for name in by) if isinstance(content, dict) else ()
    )


_ORDERS: dict[str, tuple[str, ...]] = {
    "contact": ("lastName", "firstName", "fullName"),
    "secondary_contact": ("lastName", "firstName", "fullName"),
    "company": ("name",),
    "group": ("name",),
    "field": ("recordType", "displayName"),
    "activity": ("startTime",),
    "history": ("startTime",),
    "note": ("displayDate", "createdOn", "created"),
    "opportunity": ("status", "estimatedCloseDate", "estimatedClose", "name"),
}
_NEWEST_FIRST = {"history", "note"}
