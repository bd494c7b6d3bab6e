"""Questions to a contact: what a sync set is made of."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from clients.agent.act.records import Row

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

    def asking(self, value: str) -> Test:
        """Whether the same field is this one value."""
        return replace(self, how="is", values=(value,))

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


def _words(row: Row, path: str) -> list[str]:
    value: object = row
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    whole = word(value)
    # Act! keeps the values of a field with several in one text.
    return [whole, *(part.strip() for part in whole.split(";"))] if ";" in whole else [whole]
