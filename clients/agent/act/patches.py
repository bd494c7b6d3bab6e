"""What Act! is asked to write: the changes of a letter as an object of the Web API."""

from __future__ import annotations

import html

from clients.agent.act import members, texts
from clients.agent.act.merging import Fields
from clients.agent.act.records import LINKS, PRODUCTS, Row

_EMPTIED_TO_NULL = members.DAYS | members.TIMES
_TYPE = "historyTypeID"


def body(kind: str, changes: Fields, row: Row) -> Row:
    """The members of a PATCH or, with an empty `row`, of a POST; without product lines.

    `row` is the record as Act! has it: of an address the whole object goes back with the parts
    that changed, for Act! may blank those that are missing, and of links the whole list with those
    that never left the office (act-web-api facts, "Rules learned").
    """
    found: Row = {"id": row["id"]} if row else {}
    for path, value in changes.items():
        name, _, part = path.partition(".")
        if name in LINKS:
            found[name] = _linked(found.get(name, row.get(name)), part, value)
        elif name in members.ADDRESSES:
            whole = found.get(name, row.get(name))
            found[name] = (whole or {}) | {part: "" if value is None else value}
        elif part and name != PRODUCTS:
            before = row.get(name)
            there = before.get(part) if isinstance(before, dict) else None
            emptied = "" if isinstance(there, str) else None
            found[name] = found.get(name, {}) | {part: emptied if value is None else value}
        elif name.removesuffix("Html") == members.RICH.get(kind):
            # The HTML comes behind the text in order, and says more.
            found[name.removesuffix("Html")] = _rich(name, value)
        elif name != PRODUCTS:
            found[name] = _written(name, value, row.get(name))
    if kind == "history" and found.keys() > {"id"}:
        # Without one Act! files it as "Call Attempted", type 0 (act-web-api facts: seen live).
        found.setdefault(_TYPE, row.get(_TYPE))
    return found


def line(value: object, there: Row | None) -> Row:
    """A product line: a new one, or one that is there already, with its id."""
    asked = dict(value) if isinstance(value, dict) else {}
    if there is None:
        return asked
    emptied = {name: None for name in members.PRODUCT if there.get(name) and name not in asked}
    computed = {"id", "total", "discountPrice", members.CUSTOM}
    return {k: v for k, v in emptied.items() if k not in computed} | asked | {"id": there["id"]}


def _written(name: str, value: object, there: object) -> object:
    if value is None:
        return "" if isinstance(there, str) and name not in _EMPTIED_TO_NULL else None
    if name in members.DAYS:
        # As Act! writes days itself (act-web-api table: seen live).
        return f"{value}T00:00:00+00:00"
    return value


def _linked(links: object, id: str, value: object) -> list[Row]:
    before = [one for one in links if isinstance(one, dict)] if isinstance(links, list) else []
    kept = [{k: v for k, v in one.items() if k in ("id", "isInvited")} for one in before]
    others = [one for one in kept if one.get("id") != id]
    if not isinstance(value, dict):
        return others
    mine = next((one for one in kept if one.get("id") == id), {"id": id})
    return [*others, mine | value]


def _rich(name: str, value: object) -> str:
    if not isinstance(value, str):
        return ""
    if name.endswith("Html") or not texts.looks_rich(value):
        return value
    # Words that would be taken for marks of a format.
    return f"<p>{html.escape(value, quote=False)}</p>".replace("\n", "<br>")
