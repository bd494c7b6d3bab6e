"""The text that travels for a record: the same text for the same content.

Act! sends links in any order, times in any offset, numbers and enums in two forms, and members
that move by themselves. Nothing of that is an edit, so nothing of that may change the text: its
hash decides whether a record is sent again.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from pathlib import PureWindowsPath
from typing import Any

from clients import rawjson
from clients.agent.act import calendar, members, texts
from clients.agent.act.records import LINKS, PRODUCTS, Row, bad_time
from clients.agent.act.rules import Rules

MOST_DATA = 250 * 1024
"""Bytes of a letter at most; the mailbox takes 262,144."""
CUT = "cut"
"""The member that names those which were cut, where the whole would not have travelled."""

_WHOLE = 2**53
_RECURRENCE_DAY = ("dayAsInt", "daysOfWeek", "typedDay", "dayType", "ordinal")


def data(kind: str, row: Row, rules: Rules) -> str:
    """The JSON text of a record, at most `MOST_DATA` bytes, scrubbed before by whoever calls.

    Null and empty members are left out. Rich text travels as plain text under its own name, and
    its HTML beside it under that name with `Html`. An activity without a time has days for times.
    Raises BadRecord where a time is none.
    """
    letter = dict(_Letter(kind, row, rules).members())
    text = rawjson.dump(letter)
    return text if len(text.encode()) <= MOST_DATA else rawjson.dump(_fitted(letter))


def of_phone(kind: str, letter: Row, rules: Rules) -> Row:
    """A phone's letter in the form that travels, without what does not: to be compared with others.

    Its rich text is two members already. Raises BadRecord where a time is none.
    """
    return dict(_OfPhone(kind, letter, rules).members())


class _Letter:
    """One record on its way to become text."""

    def __init__(self, kind: str, row: Row, rules: Rules) -> None:
        self._kind = kind
        self._row = row
        self._rules = rules
        self._has_days = kind == "activity" and calendar.has_days(row)

    def members(self) -> Iterator[tuple[str, object]]:
        for name in members.OF_KIND[self._kind]:
            if not self._rules.sends(self._kind, name):
                continue
            if name == members.RICH.get(self._kind):
                yield from self._rich(name)
                continue
            value = self._value(name, self._row.get(name))
            if value not in (None, "", [], {}):
                yield name, value

    def _rich(self, name: str) -> Iterator[tuple[str, object]]:
        text = self._row.get(name)
        words, html = texts.plain(text) if isinstance(text, str) else ("", "")
        if words:
            yield name, words
        if html:
            yield f"{name}Html", html

    def _value(self, name: str, value: object) -> object:
        if name in LINKS:
            return _links(value)
        if name in members.DAYS or name in members.TIMES:
            return self._time(name, value)
        if name in members.ADDRESSES:
            parts = [
                part for part in members.ADDRESS if self._rules.sends(self._kind, f"{name}.{part}")
            ]
            return _some(value, parts)
        if name == members.CUSTOM:
            return self._custom(value)
        if name == members.RECURRENCE:
            return self._recurrence(value)
        return _OTHERS.get(name, _scalar)(value)

    def _time(self, name: str, value: object) -> str:
        try:
            if name in members.DAYS or (self._has_days and name != "created"):
                return calendar.day(value, self._rules.zone)
            return calendar.instant(value)
        except ValueError as error:
            raise bad_time(self._kind, self._row, name, "is no time") from error

    def _recurrence(self, value: object) -> Row:
        spec = _some(value, ("recurType", "frequency", "month", "isEndless"))
        if not isinstance(value, dict) or spec.get("recurType") in (None, "None"):
            return {}
        for name in ("seriesStart", "seriesEnd"):
            if time := self._time(name, value.get(name)):
                spec[name] = time
        if on := _recurrence_day(value.get("day")):
            spec["day"] = on
        return spec

    def _custom(self, value: object) -> Row:
        if not isinstance(value, dict):
            return {}
        names = sorted(value)
        if self._rules.choice(self._kind):
            sends, kind = self._rules.sends, self._kind
            names = [name for name in names if sends(kind, f"{members.CUSTOM}.{name}")]
        return _some(value, names)


class _OfPhone(_Letter):
    def _rich(self, name: str) -> Iterator[tuple[str, object]]:
        for member in (name, f"{name}Html"):
            if isinstance(text := self._row.get(member), str) and text:
                yield member, texts.lines(text)


def _scalar(value: object) -> object:
    """A text, number or truth as it travels; None for everything else."""
    if isinstance(value, str):
        return texts.sound(value)
    if isinstance(value, float):
        # Servers differ in whether 5 is written as 5.0; and JSON has no infinity.
        if value.is_integer() and abs(value) < _WHOLE:
            return int(value)
        return value if math.isfinite(value) else None
    return value if isinstance(value, int) else None


def _some(value: object, names: Iterable[str]) -> Row:
    if not isinstance(value, dict):
        return {}
    found = ((name, _scalar(value.get(name))) for name in names)
    return {texts.sound(name): part for name, part in found if part not in (None, "")}


def _objects(value: object) -> list[Row]:
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def _links(value: object) -> list[Row]:
    links: dict[str, Row] = {}
    for link in _objects(value):
        if isinstance(id := _scalar(link.get("id")), str) and id:
            invited = link.get("isInvited")
            links[id] = {"id": id} | ({"isInvited": invited} if isinstance(invited, bool) else {})
    return [links[id] for id in sorted(links)]


def _attachment(value: object) -> Row:
    shown = _some(value, ("displayName",))
    # The file's own name leads over the network into the Act! server (seen live); should a display
    # name ever do so, its last part is enough.
    return {name: PureWindowsPath(str(text)).name for name, text in shown.items()}


def _products(value: object) -> list[Row]:
    lines = sorted(_objects(value), key=lambda line: str(line.get("id") or ""))
    plain = tuple(name for name in members.PRODUCT if name != members.CUSTOM)
    return [_some(line, plain) | _custom_of(line) for line in lines]


def _custom_of(line: Row) -> Row:
    custom = line.get(members.CUSTOM)
    kept = _some(custom, sorted(custom)) if isinstance(custom, dict) else {}
    return {members.CUSTOM: kept} if kept else {}


def _stage(value: object) -> Row:
    stage = _some(value, ("id", "name"))
    process = _some(value.get("process"), ("id", "name")) if isinstance(value, dict) else {}
    return stage | ({"process": process} if process else {})


def _status(value: object) -> object:
    """An integer on the wire, a word in the Swagger (act-web-api table: seen live)."""
    return members.STATUSES.index(value) if value in members.STATUSES else _scalar(value)


def _recurrence_day(value: object) -> Row:
    on = _some(value, [name for name in _RECURRENCE_DAY if name != "daysOfWeek"])
    on = {name: part for name, part in on.items() if part != "None"}
    named = value.get("daysOfWeek") if isinstance(value, dict) else None
    # A list in the Swagger, a text or null on the wire (act-web-api table: seen live).
    words = named.replace(",", " ").split() if isinstance(named, str) else named or []
    days = [name for name in members.WEEKDAYS if name in words]
    return on | ({"daysOfWeek": days} if days else {})


def _picklist(value: object) -> object:
    return (
        sorted({texts.sound(v) for v in value if isinstance(v, str)})
        if isinstance(value, list)
        else None
    )


_OTHERS: dict[str, Any] = {
    members.ATTACHMENT: _attachment,
    members.STAGE: _stage,
    members.STATUS: _status,
    members.HISTORY_TYPE: lambda value: _some(value, ("id", "name")),
    PRODUCTS: _products,
    "picklist": _picklist,
}


def _fitted(letter: Row) -> Row:
    """A letter that is too long without its HTML, or else with its longest members cut."""
    html = [name for name in letter if name.endswith("Html")]
    lean = {name: value for name, value in letter.items() if name not in html}
    if texts.size(lean) <= MOST_DATA:
        return lean
    names = sorted(lean)
    fitted: Row = _cut(lean, MOST_DATA - texts.size({CUT: names}))
    changed = [name for name in names if fitted.get(name) != lean[name]]
    return fitted | {CUT: changed}


def _cut(value: Any, room: int) -> Any:
    """`value` in at most `room` bytes of JSON, or None where it is too small for any of it."""
    if texts.size(value) <= room:
        return value
    if isinstance(value, str):
        return texts.cut(value, room) or None
    if isinstance(value, list):
        return _cut_list(value, room)
    if isinstance(value, dict):
        return _cut_members(value, room)
    return None


def _cut_list(value: list[Any], room: int) -> list[Any]:
    kept, left = [], room - 2
    for part in value:
        left -= texts.size(part) + 1
        if left < 0:
            break
        kept.append(part)
    return kept


def _cut_members(value: Row, room: int) -> Row:
    """Every member has an equal share, and what a short one leaves goes to the longer ones."""
    shares: Row = {}
    left = room - 2
    by_size = sorted(value, key=lambda name: (texts.size(value[name]), name))
    for after, name in enumerate(by_size):
        head = texts.size(name) + 2
        share = _cut(value[name], left // (len(by_size) - after) - head)
        if share not in (None, "", [], {}):
            shares[name] = share
            left -= head + texts.size(share)
    return {name: shares[name] for name in value if name in shares}
