"""What has to be right before Act! is asked to write. Each refusal names the field."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from clients.agent.act.fields import Field
from clients.agent.act.kinds import FIELD
from clients.agent.act.merging import Fields
from clients.agent.act.records import KINDS, LINKS, PARENT, Row
from clients.agent.act.rejections import Rejected
from clients.agent.act.sync_set import SENTENCES
from clients.agent.act.work import Work

WRITTEN = tuple(kind for kind in KINDS if kind != FIELD)
_NAMES = {
    "contact": ("fullName", "firstName", "lastName", "company"),
    "secondary_contact": ("fullName", "firstName", "lastName", "company"),
    "company": ("name",),
    "group": ("name",),
    "opportunity": ("name",),
}
"""Of these one has to be filled in."""

_NEEDED = {
    "history": ("startTime", "endTime", "historyTypeID"),
    "activity": ("startTime", "endTime"),
    "secondary_contact": (PARENT,),
}
_LINKED = ("note", "history")
_OWN_LINKS = {"companyID": "company"}
_OF_GROUPS = {"parentID": ("company", "group")}


def kind(kind: str, kinds: Collection[str]) -> None:
    """Raises Rejected where records of this kind cannot be written."""
    if kind not in WRITTEN:
        raise Rejected(f"Records of the kind {kind} are not changed on a phone.")
    if kind not in kinds:
        raise Rejected(SENTENCES["kind-off"])


def whole(kind: str, letter: Row) -> None:
    """What a record has to hold when the phone is done with it. Raises Rejected."""
    missing = [name for name in _NEEDED.get(kind, ()) if letter.get(name) in (None, "")]
    if missing:
        raise Rejected(f"{missing[0]} is missing, and Act! takes no {kind} without it.")
    if kind in _NAMES and not any(letter.get(name) for name in _NAMES[kind]):
        raise Rejected(f"{_NAMES[kind][0]} is missing, and Act! takes no {kind} without a name.")
    if kind == "activity" and not letter.get("contacts"):
        raise Rejected("contacts is empty, and Act! takes no activity without a contact.")
    if kind in _LINKED and not any(letter.get(name) for name in LINKS):
        raise Rejected(f"contacts is empty, and Act! takes no {kind} without a link.")


def changes(work: Work, kind: str, asked: Fields) -> None:
    """Links, lengths and picklists of what is to be written. Raises Rejected."""
    _links(work, kind, asked)
    known = {field.path: field for field in work.opened.fields if field.kind == _metadata_of(kind)}
    for path, value in asked.items():
        if path in known and isinstance(value, str) and value:
            _value(known[path], value)


def emptied(kind: str, present: Row, asked: Fields) -> None:
    """Raises Rejected where a change would leave the record without what it has to hold."""
    if None not in asked.values():
        return
    after = {name: value for name, value in present.items() if name not in LINKS}
    after |= {path: value for path, value in asked.items() if "." not in path}
    for name in LINKS:
        ids = {f"{name}.{one.get('id')}" for one in present.get(name) or ()}
        ids |= {path for path in asked if path.startswith(f"{name}.")}
        after[name] = [id for id in ids if asked.get(id, {}) is not None]
    whole(kind, after)


def _links(work: Work, kind: str, asked: Fields) -> None:
    for path, value in asked.items():
        name, _, id = path.partition(".")
        if value is not None and (to := _linked_kind(kind, name)):
            linked = id or value
            if not (isinstance(linked, str) and work.judging.is_in(to, linked)):
                raise Rejected(f"{name} names a {to} that is not on the phones.")


def _linked_kind(kind: str, name: str) -> str | None:
    if name in LINKS:
        return LINKS[name]
    if kind in _OF_GROUPS.get(name, ()):
        return kind
    return _OWN_LINKS.get(name)


def _metadata_of(kind: str) -> str:
    return "contact" if kind == "secondary_contact" else kind


def _value(field: Field, value: str) -> None:
    if field.length and len(value) > field.length:
        raise Rejected(
            f"{field.path} is {len(value)} characters long, and Act! takes {field.length}."
        )
    if field.limited and field.picklist and not _is_listed(field, value):
        raise Rejected(f"{field.path} takes nothing but what stands on its picklist in Act!.")


def _is_listed(field: Field, value: str) -> bool:
    values: Iterable[str] = value.split(";") if field.several else (value,)
    return all(one.strip() in field.picklist for one in values)
