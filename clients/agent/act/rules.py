"""What of the office's records travels, as the customer chose it.

A rules file (`rules_file`) is read into `Rules` with the names as they were written; `check` holds
these against what Act! tells of itself, and gives the `Rules` that records are judged by.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from difflib import get_close_matches
from typing import Literal, Protocol

from clients.agent.act import members
from clients.agent.act.calendar import Window
from clients.agent.act.fields import Metadata
from clients.agent.act.records import KINDS, Row
from clients.trouble import Exit, Trouble

GROUP = "group"
"""In place of a field: the groups that a contact is in, by name."""

How = Literal["is", "not", "contains", "starts_with", "empty"]
_ASKS: dict[How, str] = {
    "is": "to be",
    "not": "not to be",
    "contains": "to contain",
    "starts_with": "to start with",
}


@dataclass(frozen=True)
class Name:
    """A field as the office wrote it, and in which line. `path` is its API name, once checked."""

    written: str
    line: int
    path: str = ""


class Condition(Protocol):
    """A question to a contact."""

    def unmet(self, row: Row, groups: Collection[str]) -> str:
        """What the contact does not meet, in words with the line; "" where it meets all."""


@dataclass(frozen=True)
class Test:
    """One field against values; one of them has to fit. Upper and lower case are the same.

    Of a field with several values (`Customer; Prospect`) one has to fit; `not` wants none to.
    """

    __test__ = False  # not for pytest

    name: Name
    how: How
    values: tuple[str, ...]

    def unmet(self, row: Row, groups: Collection[str]) -> str:
        present = [word(group) for group in groups]
        if self.name.path != GROUP:
            present = _words(row, self.name.path)
        if self._met(present):
            return ""
        asked = f"line {self.name.line} asks {self.name.written}"
        if self.how == "empty":
            return f"{asked} to be {'empty' if self.values == ('true',) else 'filled in'}"
        return f"{asked} {_ASKS[self.how]} {' or '.join(self.values)}"

    def _met(self, present: list[str]) -> bool:
        wanted = tuple(word(value) for value in self.values)
        match self.how:
            case "is":
                return any(value in wanted for value in present)
            case "not":
                return all(value not in wanted for value in present)
            case "contains":
                return any(part in value for value in present for part in wanted)
            case "starts_with":
                return any(value.startswith(wanted) for value in present)
            case "empty":
                return any(present) == (wanted == ("false",))


@dataclass(frozen=True)
class AllOf:
    parts: tuple[Condition, ...]

    def unmet(self, row: Row, groups: Collection[str]) -> str:
        return next(filter(None, (part.unmet(row, groups) for part in self.parts)), "")


@dataclass(frozen=True)
class AnyOf:
    parts: tuple[Condition, ...]

    def unmet(self, row: Row, groups: Collection[str]) -> str:
        unmet = [part.unmet(row, groups) for part in self.parts]
        return "" if "" in unmet else "; ".join(unmet)


@dataclass(frozen=True)
class Choice:
    """Which fields of a kind travel: only these, or all without those."""

    only: tuple[Name, ...] = ()
    without: tuple[Name, ...] = ()

    def sends(self, path: str) -> bool:
        top = path.partition(".")[0]
        if top in members.ALWAYS:
            return True
        if self.only:
            return any(
                name.path in (path, top) or name.path.startswith(f"{path}.") for name in self.only
            )
        return not any(name.path in (path, top) for name in self.without)


@dataclass(frozen=True)
class Rules:
    """What travels. Without a sync set every contact of the `contact_types` does."""

    zone: tzinfo
    kinds: frozenset[str] = frozenset(KINDS)
    contact_types: frozenset[str] = frozenset({"contact"})
    window: Window = field(default_factory=Window)
    choices: Mapping[str, Choice] = field(default_factory=dict)
    sync_set: Condition | None = None
    file: str = "the rules file"

    def sends(self, kind: str, path: str) -> bool:
        """Whether a member travels with the records of its kind.

        What is chosen for contacts holds for secondary contacts too, if nothing else is.
        """
        choice = self.choices.get(kind)
        if choice is None and kind == "secondary_contact":
            choice = self.choices.get("contact")
        return choice is None or choice.sends(path)

    def wants_groups(self) -> bool:
        """Whether the members of groups have to be read to judge a contact."""
        return any(test.name.path == GROUP for test in tests(self.sync_set))


def check(rules: Rules, metadata: Metadata) -> Rules:
    """The rules with every name found in Act!. Trouble (usage) with the line where one is not.

    To be called at each sync: labels, groups and picklists change.
    """
    checker = _Checker(rules, metadata)
    return replace(
        rules,
        choices={kind: checker.choice(kind, choice) for kind, choice in rules.choices.items()},
        sync_set=None if rules.sync_set is None else checker.condition(rules.sync_set),
    )


def tests(condition: Condition | None) -> Iterable[Test]:
    """Every single test of a condition, in the file's order."""
    if isinstance(condition, Test):
        yield condition
    elif isinstance(condition, (AllOf, AnyOf)):
        for part in condition.parts:
            yield from tests(part)


def word(value: object) -> str:
    """A value as it is compared."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else " ".join(str(value).casefold().split())


def wrong(file: str, line: int, what: str) -> Trouble:
    place = f"{file}, line {line}" if line else file
    return Trouble(f"{place}: {what}", exit_code=Exit.USAGE, code="rules-invalid")


def nearest(written: str, known: Iterable[str]) -> str:
    """What was perhaps meant, as the end of a sentence."""
    names = {name.casefold(): name for name in known}
    close = get_close_matches(written.casefold(), names, n=1, cutoff=0.5)
    if close:
        return f"write {names[close[0]]!r}, if that is meant"
    few = sorted(names.values(), key=str.casefold)[:12]
    return f"choose one of {', '.join(few)}" if few else "leave it out"


def _words(row: Row, path: str) -> list[str]:
    value: object = row
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    whole = word(value)
    # Act! keeps the values of a field with several in one text.
    return [whole, *(part.strip() for part in whole.split(";"))] if ";" in whole else [whole]


class _Checker:
    def __init__(self, rules: Rules, metadata: Metadata) -> None:
        self._file = rules.file
        self._metadata = metadata

    def choice(self, kind: str, choice: Choice) -> Choice:
        return Choice(
            only=tuple(self._name(kind, name, sent=True) for name in choice.only),
            without=tuple(self._name(kind, name, sent=True) for name in choice.without),
        )

    def condition(self, condition: Condition) -> Condition:
        if isinstance(condition, Test):
            return self._test(condition)
        if isinstance(condition, (AllOf, AnyOf)):
            return type(condition)(tuple(self.condition(part) for part in condition.parts))
        raise TypeError(condition)

    def _test(self, test: Test) -> Test:
        if test.name.written == GROUP:
            name = replace(test.name, path=GROUP)
            known = self._metadata.groups
        else:
            name = self._name("contact", test.name, sent=False)
            known = self._metadata.values.get(name.path, ())
        if known or name.path == GROUP:
            self._look_up(test, known)
        return replace(test, name=name)

    def _look_up(self, test: Test, known: Collection[str]) -> None:
        if test.how not in ("is", "not"):
            return
        words = {word(value) for value in known}
        for value in test.values:
            if word(value) not in words:
                what = "group" if test.name.written == GROUP else f"value of {test.name.written}"
                raise wrong(
                    self._file,
                    test.name.line,
                    f"{value!r} is no {what} in this Act!: {nearest(value, known)}.",
                )

    def _name(self, kind: str, name: Name, *, sent: bool) -> Name:
        fields = self._metadata.fields.get(kind, ())
        if kind == "secondary_contact" and not fields:
            fields = self._metadata.fields.get("contact", ())
        paths = {*members.paths(kind), *members.OF_KIND[kind]}
        paths |= {field.path for field in fields if not sent or _is_sent(field.path, paths)}
        written = name.written.casefold().replace("/", ".")
        for path in paths:
            if path.casefold() == written:
                return replace(name, path=path)
        labelled = sorted(
            {f.path for f in fields if f.path in paths and word(f.label) == word(name.written)}
        )
        if len(labelled) == 1:
            return replace(name, path=labelled[0])
        if labelled:
            raise wrong(
                self._file,
                name.line,
                f"two fields have the label {name.written!r}: "
                f"write the one that is meant, {' or '.join(labelled)}.",
            )
        known = [*(field.label for field in fields if field.path in paths), *sorted(paths)]
        raise wrong(
            self._file,
            name.line,
            f"{name.written!r} is no field of a {kind} in this Act!: "
            f"{nearest(name.written, known)}.",
        )


def _is_sent(path: str, paths: Collection[str]) -> bool:
    return path in paths or path.startswith(f"{members.CUSTOM}.")
