"""One record in full, a member a line: names for ids, and times in the viewer's zone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from clients.device import when
from clients.device.labels import is_usual, label
from clients.device.store import Record
from clients.device.telling import LINKS, STATUSES, Row, Teller, first, plain

CUSTOM = "customFields"
_NAMED = {
    "companyID": "company",
    "parentID": "",
    "contactID": "contact",
}
"""Members that hold an id and tell more than another member does: of which kind it is, "" for the
record's own."""

_TOLD_OTHERWISE = {
    "activityPriorityId": ("activityPriorityName",),
    "activityTypeId": ("activityTypeName",),
    "createUserID": ("createUserName", "recordManager"),
    "detailsHtml": ("details",),
    "historyTypeID": ("historyType",),
    "isRecurring": ("seriesID",),
    "noteTextHtml": ("noteText",),
    "noteTypeID": ("noteText",),
    "recordManagerID": ("recordManager",),
    "rootParentID": ("parentID",),
    "scheduledById": ("scheduledBy",),
    "scheduledForId": ("scheduledFor",),
    "seriesID": ("isRecurring", "activityTypeId"),
    "statusName": ("status",),
}
"""Members of Act! that say for programs what another one of these says for people."""

_ONLY_IF_TRUE = {"isAllDay", "isAlarmed", "isTimeless", "isUser", "aemBounceBack", "aemOptOut"}
_AMOUNTS = {"productTotal", "grossMargin", "price", "total"}


class Sheet:
    """Writes a record down. An office's own label wins: it may have renamed what Act! provides."""

    def __init__(self, teller: Teller, record: Record) -> None:
        self._teller = teller
        self._language = teller.language
        self._kind = record.kind
        self._record = record
        self._told: dict[str, Callable[[Any], str]] = {
            "activityTypeName": self._word,
            "attachment": self._named,
            "historyType": self._named,
            "products": self._products,
            "recurSpec": self._repeats,
            "result": self._named,
            "scope": self._word,
            "stage": self._named,
            "status": self._status,
        }

    def text(self) -> str:
        """The line of the list, then each member, then what the mailbox calls the record."""
        record, content = self._record, json.loads(self._record.data)
        lines = [self._teller.line(record.kind, record.data), ""]
        if isinstance(content, dict):
            told = [(name, value) for name, value in self._members(content) if value]
            width = max((len(name) for name, _ in told), default=0)
            lines += [_beside(name, value, width) for name, value in told]
        else:
            lines.append(f"  {content}")
        version = (
            self._language("only here")
            if record.version is None
            else self._language("version {version}", version=record.version)
        )
        lines += ["", f"{self._language(record.kind)} {record.id} ({version})"]
        if record.edit:
            lines.append(f"{self._language('Own edit')}: {self._language(record.edit)}")
        return "\n".join(lines)

    def _members(self, row: Row) -> Iterator[tuple[str, str]]:
        for name, value in row.items():
            if name == CUSTOM and isinstance(value, dict):
                for inner, held in value.items():
                    yield self._label(f"{CUSTOM}.{inner}", inner), self._value(inner, held)
            elif not _is_needless(name, value, row):
                yield self._label(name, name), self._value(name, value)

    def _label(self, path: str, name: str) -> str:
        kind = "contact" if self._kind == "secondary_contact" else self._kind
        field = self._teller.row("field", f"{kind}.{path}")
        own = first(field, "displayName") if field else ""
        has_german = self._language.code == "de" and path == name and is_usual(name, own)
        return own if own and not has_german else label(name, self._language)

    def _value(self, name: str, value: Any) -> str:
        if name in LINKS and isinstance(value, list):
            return "\n".join(self._teller.linked({name: value}, name))
        if name in _NAMED and isinstance(value, str):
            return self._teller.name(_NAMED[name] or self._kind, value)
        tell = self._told.get(name)
        return (tell(value) if tell else "") or self._plain(name, value)

    def _plain(self, name: str, value: Any) -> str:
        if isinstance(value, bool):
            return self._language("yes" if value else "no")
        if name in _AMOUNTS and isinstance(value, int | float):
            return self._teller.money(value)
        if isinstance(value, dict) and all(isinstance(part, str) for part in value.values()):
            return ", ".join(value.values())
        if isinstance(value, list) and all(isinstance(part, str) for part in value):
            return ", ".join(value)
        return when.in_full(value, self._language) or plain(value)

    def _status(self, value: Any) -> str:
        is_known = type(value) is int and 0 <= value < len(STATUSES)
        return self._language(STATUSES[value]) if is_known else ""

    def _named(self, value: Any) -> str:
        """An object by its name, and by that of what it belongs to."""
        if not isinstance(value, dict):
            return ""
        process = value.get("process")
        of = first(process, "name") if isinstance(process, dict) else ""
        name = self._language(first(value, "name", "displayName"))
        return f"{name} ({of})" if name and of else name

    def _word(self, value: Any) -> str:
        return self._language(value) if isinstance(value, str) else ""

    def _products(self, value: Any) -> str:
        lines = value if isinstance(value, list) else []
        return "\n".join(self._product(line) for line in lines if isinstance(line, dict))

    def _product(self, line: Row) -> str:
        count, price, total = (line.get(name) for name in ("quantity", "price", "total"))
        said = f"{plain(count)} × {first(line, 'name')}" if count else first(line, "name")
        prices = " = ".join(filter(None, (self._teller.money(price), self._teller.money(total))))
        return f"{said}, {prices}" if prices else said

    def _repeats(self, value: Any) -> str:
        if not isinstance(value, dict):
            return ""
        often, ends = value.get("frequency"), when.in_full(value.get("seriesEnd"), self._language)
        words = [self._language(first(value, "recurType"))]
        if isinstance(often, int) and often > 1:
            words.append(self._language("every {number}.", number=often))
        if ends and not value.get("isEndless"):
            words.append(self._language("until {day}", day=ends))
        return ", ".join(words)


def _is_needless(name: str, value: Any, row: Row) -> bool:
    if name == "id" or value is None or (value is False and name in _ONLY_IF_TRUE):
        return True
    phone, is_code, _ = name.partition("CountryCode")
    if is_code and f"{phone}Phone" not in row:
        return True
    return any(other in row for other in _TOLD_OTHERWISE.get(name, ()))


def _beside(name: str, value: str, width: int) -> str:
    """The name and its value, whose further lines stand below the first."""
    lines = value.splitlines() or [""]
    return f"\n{'':{width + 4}}".join([f"  {name:<{width}}  {lines[0]}", *lines[1:]])
