"""What Act! tells about its fields: their labels, and the API names that stand for them.

Labels are no API names: a renamed stock field keeps its old name (`Industry` may be `user6`), and
a custom field may bear the name of a system one (act-web-api facts: seen live). So labels are
looked up in the metadata of each sync. For activities, histories and notes Act! lists none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from clients.agent.act import members
from clients.agent.act.records import Row
from clients.wire import RECORD_ID

_NAMES = ("name", "columnName", "aliasName")


@dataclass(frozen=True)
class Field:
    """One field of a kind. `path` is its API name, such as `customFields.rep`, `address.city`.

    `limited`: it takes nothing but what its picklist holds; `several`: it takes more than one.
    """

    kind: str
    path: str
    label: str
    type: str = ""
    length: int | None = None
    picklist: tuple[str, ...] = ()
    limited: bool = False
    several: bool = False


@dataclass(frozen=True)
class Metadata:
    """What a rules file is checked against.

    `values`: for API names of contacts' fields, the values that are listed (its picklist, the
    users' names for `recordManager`). A field that is not in it takes any.
    """

    fields: Mapping[str, Sequence[Field]] = field(default_factory=dict)
    groups: Collection[str] = ()
    values: Mapping[str, Collection[str]] = field(default_factory=dict)


def of_columns(
    kind: str, columns: Iterable[Row], picklists: Mapping[str, Sequence[str]] | None = None
) -> list[Field]:
    """The fields of `/api/metadata/{recordType}/fields`. `picklists`: values by a picklist's id."""
    found = []
    for column in columns:
        path, label = _path(kind, column), column.get("displayName")
        if path and isinstance(label, str) and label.strip():
            listed = column.get("picklist")
            listed = listed if isinstance(listed, dict) else {}
            found.append(
                Field(
                    kind=kind,
                    path=path,
                    label=label.strip(),
                    type=_text(column.get("dataType") or column.get("type")),
                    length=column.get("length") if isinstance(column.get("length"), int) else None,
                    picklist=tuple((picklists or {}).get(str(listed.get("id")), ())),
                    limited=listed.get("isLimitToList") is True,
                    several=listed.get("isMultiSelect") is True,
                )
            )
    return found


def row(field: Field) -> Row:
    """The record of kind `field` that carries the label to the phones."""
    id = f"{field.kind}.{field.path}"
    if not RECORD_ID.fullmatch(id):
        # A custom field may be named in any language, and at length.
        id = f"{field.kind}.{hashlib.sha256(field.path.encode()).hexdigest()[:32]}"
    return {
        "id": id,
        "recordType": field.kind,
        "name": field.path,
        "displayName": field.label,
        "dataType": field.type,
        "length": field.length,
        "picklist": list(field.picklist),
    }


def _path(kind: str, column: Row) -> str:
    """The API name of a column, or "".

    The Swagger does not say which of a column's names that is, so each is held against those that
    the kind has; a custom field lies below `customFields` by its own.
    """
    names = [_text(column.get(key)).replace("/", ".") for key in _NAMES]
    custom = column.get("isCustom") is True
    for name in filter(None, names):
        if name.casefold().startswith(f"{members.CUSTOM.casefold()}."):
            return f"{members.CUSTOM}.{name.partition('.')[2]}"
        if custom:
            return f"{members.CUSTOM}.{name}"
    known = {path.casefold(): path for path in members.paths(kind)}
    return next((known[n.casefold()] for n in names if n.casefold() in known), names[0])


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
