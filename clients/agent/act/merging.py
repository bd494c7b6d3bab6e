"""Three letters become one: what the phone saw, what it made of it, and what Act! has now.

Letters are compared field by field: every member is one, and so is every part of an address, of
the custom fields, of a stage and of a recurrence, every link, and every product line.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from clients.agent.act import members
from clients.agent.act.letters import CUT
from clients.agent.act.records import LINKS, PRODUCTS, Row

_PARTED = {*members.ADDRESSES, members.CUSTOM, members.STAGE, members.RECURRENCE}
_COMPUTED = {"id", "total", "discountPrice"}
"""What of a product line names it, or is worked out by Act!."""

Fields = dict[str, object]
"""Values by their paths, such as `businessAddress.city`, `contacts.ID`. None stands for none."""


@dataclass(frozen=True)
class Merged:
    """What an edit comes to.

    `changes`: what has to be written, by path; None where the phone emptied the field or took the
    link away. `clashes`: those that the office changed to something else since. `standing`: those
    that are in Act! as asked already. `dropped`: those that a phone cannot change.
    `offices`: those that are left as the office has them.
    """

    changes: Fields = field(default_factory=dict)
    clashes: Collection[str] = ()
    standing: Collection[str] = ()
    dropped: Collection[str] = ()
    offices: Collection[str] = ()

    @property
    def overridden(self) -> list[str]:
        """What of the office's is written over."""
        return [path for path in self.clashes if path in self.changes]

    def with_offices(self) -> Merged:
        """The same with the office's values wherever both have changed a field."""
        changes = {path: v for path, v in self.changes.items() if path not in self.clashes}
        return replace(self, changes=changes, clashes=(), offices=self.clashes)


def merge(base: Row | None, phone: Row, present: Row, may_change: Callable[[str], bool]) -> Merged:
    """Merge the letters of one record, all in the form that travels.

    `base` is None where it is not known: then every field that differs clashes, and what the phone
    does not name is left as it is. `may_change` tells of a path whether a phone can change it.
    """
    was = None if base is None else fields(base)
    there = fields(present)
    asked = _named_as(there, fields(phone), was or {})
    cut = (present if base is None else base).get(CUT) or ()
    changes: Fields = {}
    clashes, standing, dropped = [], [], []
    for path in sorted(asked.keys() | there.keys() | (was or {}).keys()):
        wanted, now = asked.get(path), there.get(path)
        if _is_unchanged(path, wanted, (there if was is None else was).get(path)):
            continue
        if path.partition(".")[0] in cut or not may_change(path):
            dropped += [path] if wanted is not None else []
        elif alike(wanted, now):
            standing.append(path)
        else:
            if was is None or not alike(was.get(path), now) or _is_formatted(path, was, there):
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
        elif name in LINKS and isinstance(value, list):
            found |= {f"{name}.{one.get('id')}": _without(one, {"id"}) for one in value}
        elif name == PRODUCTS and isinstance(value, list):
            found |= {_line_path(one, n): _without(one, _COMPUTED) for n, one in enumerate(value)}
        elif name != CUT:
            found[name] = value
    return {path: value for path, value in found.items() if value is not None}


def taken(asked: Mapping[str, object], letter: Row) -> tuple[list[str], list[str]]:
    """Of what was asked, the paths that a letter made of Act!'s answer holds, and the others."""
    there = fields(letter)
    named = _named_as(there, asked, {})
    arrived = [
        path for path, name in zip(asked, named, strict=True) if alike(asked[path], there.get(name))
    ]
    return arrived, [path for path in asked if path not in arrived]


def alike(asked: object, found: object) -> bool:
    """The same, but for spaces, which Act! may tidy, and for what a line has besides."""
    if isinstance(asked, str) and isinstance(found, str):
        return asked.split() == found.split()
    if isinstance(asked, dict) and isinstance(found, dict):
        return all(alike(value, found.get(name)) for name, value in asked.items())
    return asked == found


def named(paths: Iterable[str]) -> list[str]:
    """The fields by the names that a person reads: of a link or a product line, its list's."""
    tops = {path: path.partition(".")[0] for path in paths}
    return sorted({top if top in (*LINKS, PRODUCTS) else path for path, top in tops.items()})


def _named_as(there: Fields, asked: Mapping[str, object], was: Fields) -> Fields:
    """What is asked, a new product line under the id that Act! gave it where it has it already."""
    free = [path for path in there if path.startswith(f"{PRODUCTS}.") and path not in was]
    named: Fields = {}
    for path, value in asked.items():
        if path.startswith(f"{PRODUCTS}.") and path not in there and path not in was:
            found = next((p for p in free if p not in asked and alike(value, there[p])), path)
            free = [p for p in free if p != found]
            named[found] = value
        else:
            named[path] = value
    return named


def _line_path(line: Row, number: int) -> str:
    return f"{PRODUCTS}.{line.get('id') or f'+{number}'}"


def _without(one: Row, names: Collection[str]) -> Row:
    return {name: value for name, value in one.items() if name not in names}


def _is_formatted(path: str, was: Fields, there: Fields) -> bool:
    """Whether the same words have another format since, which new words would take away."""
    return not alike(was.get(f"{path}Html"), there.get(f"{path}Html"))


def _is_unchanged(path: str, wanted: object, was: object) -> bool:
    # A phone that shows plain text alone may leave out the HTML beside it.
    return wanted == was or (wanted is None and path.endswith("Html"))
