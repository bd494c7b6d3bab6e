"""Three letters become one: what the phone saw, what it made of it, and what Act! has now.

Letters are compared field by field: every member is one, and so is every part of an address, of
the custom fields, of a stage and of a recurrence, every link, and every product line.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from clients.agent.act import members
from clients.agent.act.letters import CUT
from clients.agent.act.records import LINKS, PRODUCTS, Row

_PARTED = {*members.ADDRESSES, members.CUSTOM, members.STAGE, members.RECURRENCE}
_LISTED = {*LINKS, PRODUCTS}
Fields = dict[str, object]
"""Values by their paths, such as `businessAddress.city`, `contacts.ID`. None stands for none."""


@dataclass(frozen=True)
class Merged:
    """What an edit comes to.

    `changes`: what has to be written, by path; None where the phone emptied the field or took the
    link away. `clashes`: those that the office changed to something else since. `standing`: those
    that are in Act! as asked already. `dropped`: those that a phone cannot change.
    """

    changes: Fields = field(default_factory=dict)
    clashes: Collection[str] = ()
    standing: Collection[str] = ()
    dropped: Collection[str] = ()


def merge(base: Row | None, phone: Row, present: Row, may_change: Callable[[str], bool]) -> Merged:
    """Merge the letters of one record, all in the form that travels.

    `base` is None where it is not known: then every field that differs clashes, and what the phone
    does not name is left as it is. `may_change` tells of a path whether a phone can change it.
    """
    was = None if base is None else fields(base)
    asked, there = fields(phone), fields(present)
    cut = (present if base is None else base).get(CUT) or ()
    changes: Fields = {}
    clashes, standing, dropped = [], [], []
    for path in sorted(asked.keys() | there.keys() | (was or {}).keys()):
        wanted, now = asked.get(path), there.get(path)
        if _same(path, wanted, (there if was is None else was).get(path)):
            continue
        if path.partition(".")[0] in cut or not may_change(path):
            dropped += [path] if wanted is not None else []
        elif wanted == now:
            standing.append(path)
        else:
            if was is None or now != was.get(path):
                clashes.append(path)
            if was is not None or wanted is not None:
                changes[path] = wanted
    return Merged(changes, clashes, standing, dropped)


def fields(letter: Row) -> Fields:
    """A letter by its paths."""
    found: Fields = {}
    for name, value in letter.items():
        if name in _PARTED and isinstance(value, dict):
            found |= {f"{name}.{part}": one for part, one in value.items()}
        elif name in _LISTED and isinstance(value, list):
            found |= _listed(name, value)
        elif name != CUT:
            found[name] = value
    return {path: value for path, value in found.items() if value is not None}


def taken(asked: Mapping[str, object], letter: Row) -> tuple[list[str], list[str]]:
    """Of what was asked, the paths that a letter made of Act!'s answer holds, and the others."""
    there = fields(letter)
    arrived = [path for path, value in asked.items() if there.get(path) == value]
    return arrived, [path for path in asked if path not in arrived]


def _listed(name: str, listed: list[Row]) -> Fields:
    return {
        f"{name}.{one.get('id') or f'+{number}'}": {k: v for k, v in one.items() if k != "id"}
        for number, one in enumerate(listed)
    }


def _same(path: str, wanted: object, was: object) -> bool:
    # A phone that shows plain text alone may leave out the HTML beside it.
    return wanted == was or (wanted is None and path.endswith("Html"))
