"""What a phone sent, read with care: the form that travels, and what a phone cannot change."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass

from clients.agent.act import calendar, letters, members, merging
from clients.agent.act.records import LINKS, PARENT, PRODUCTS, Row
from clients.agent.act.rejections import Rejected
from clients.agent.act.rules import Rules
from clients.agent.connectors.base import Edit

_READ_ONLY = {
    "id",
    "created",
    "createUserID",
    "createUserName",
    "contactType",
    "isUser",
    "rootParentID",
    "statusName",
    "productTotal",
    "creator",
    members.HISTORY_TYPE,
    members.ATTACHMENT,
    "recordManager",
    "seriesID",
    "isRecurring",
    "originalTime",
    "activityTypeName",
    "activityPriorityName",
    "scheduledFor",
    "scheduledBy",
    "scheduledById",
}
"""What Act! gives, works out, or copies from what an id names."""

_SILENT = {"id", letters.CUT}
_STAGE_COPIES = {f"{members.STAGE}.name", f"{members.STAGE}.process"}


@dataclass(frozen=True)
class Asked:
    """A phone's letter in the form that travels, and what of it is no field that does."""

    letter: Row
    strange: Collection[str]


def read(edit: Edit, rules: Rules) -> Asked:
    """Raises Rejected where a value is not what its field holds."""
    letter = content(edit.data)
    seen = merging.fields(content(edit.seen)) if edit.seen else {}
    _look_at_lists(letter)
    _look_at_times(edit.kind, letter)
    travelling = letters.of_phone(edit.kind, letter, rules)
    known = merging.fields(travelling)
    strange = []
    for path, value in merging.fields(letter).items():
        if path in known or value in ("", [], {}) or path.partition(".")[0] in (*_SILENT, PRODUCTS):
            continue
        if _is_misshapen(edit.kind, path, value, rules):
            raise Rejected(f"{path} holds something that is no value of this field.")
        if seen.get(path) != value:
            strange.append(path)
    return Asked(travelling, strange)


def may_change(path: str, rules: Rules, kind: str, hidden: Collection[str] = ()) -> bool:
    """Whether a phone can change this field of a kind. `hidden`: see `Present`."""
    top = path.partition(".")[0]
    if top in _READ_ONLY or top in hidden or path in _STAGE_COPIES or top == PARENT:
        return False
    return rules.sends(kind, path.removesuffix("Html"))


def content(text: str | None) -> Row:
    """A letter's JSON text as an object. Raises Rejected where it is none."""
    letter = json.loads(text or "null")
    if not isinstance(letter, dict):
        raise Rejected("The edit holds no record.")
    return letter


def _look_at_lists(letter: Row) -> None:
    for name in (*LINKS, PRODUCTS):
        listed = letter.get(name) or []
        if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
            raise Rejected(f"{name} is no list of objects.")


def _look_at_times(kind: str, letter: Row) -> None:
    for name in members.OF_KIND[kind]:
        if name in members.DAYS or name in members.TIMES:
            try:
                calendar.moment(letter.get(name))
            except ValueError as error:
                raise Rejected(f"{name} is no time.") from error


def _is_misshapen(kind: str, path: str, value: object, rules: Rules) -> bool:
    top, _, part = path.partition(".")
    if top.removesuffix("Html") not in members.OF_KIND[kind] or not rules.sends(kind, path):
        return False
    return not part or top in LINKS or not isinstance(value, str | int | float)
