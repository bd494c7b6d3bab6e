"""What of the office's records travels, as the customer chose it.

A rules file (`rules_file`) is read with the names as they were written; `check` holds these against
what Act! tells of itself, and gives the `Rules` that records are judged by.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from difflib import get_close_matches
from typing import Literal

from clients.agent.act import members
from clients.agent.act.calendar import Window
from clients.agent.act.conditions import GROUP, AllOf, AnyOf, Condition, Name, Test, tests, word
from clients.agent.act.fields import Field, Metadata
from clients.agent.act.records import KINDS
from clients.trouble import Exit, Trouble

Policy = Literal["office", "phone", "ask"]
"""Whose value stands where phone and office changed the same field; `ask`: somebody says it."""
POLICIES: tuple[Policy, ...] = ("office", "phone", "ask")


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
    conflicts: Policy = "office"
    file: str = "the rules file"

    def choice(self, kind: str) -> Choice | None:
        """What was chosen of a kind's fields; for secondary contacts what was for contacts, if
        nothing else is."""
        found = self.choices.get(kind)
        if found is None and kind == "secondary_contact":
            return self.choices.get("contact")
        return found

    def sends(self, kind: str, path: str) -> bool:
        """Whether a member travels with the records of its kind."""
        choice = self.choice(kind)
        return choice is None or choice.sends(path)

    def wants_groups(self) -> bool:
        """Whether the members of groups have to be read to judge a contact."""
        return any(test.name.path == GROUP for test in tests(self.sync_set))


IsHeld = Callable[[Test, str], bool]
"""Whether some contact holds the value in the field of the test, whose API name is known."""


@dataclass(frozen=True)
class Unchecked:
    """Rules as they were written. Nothing may be judged by them: a name that is not looked up
    would hold nothing back."""

    rules: Rules


def check(unchecked: Unchecked, metadata: Metadata, is_held: IsHeld | None = None) -> Rules:
    """The rules with every name found in Act!. Trouble (usage) with the line where one is not.

    `is_held` is asked about a value that is not listed, and may be wrong or merely typed by hand.
    To be called at each sync: labels, groups and picklists change.
    """
    rules = unchecked.rules
    checker = _Checker(rules, metadata, is_held or (lambda test, value: False))
    return replace(
        rules,
        choices={kind: checker.choice(kind, choice) for kind, choice in rules.choices.items()},
        sync_set=None if rules.sync_set is None else checker.condition(rules.sync_set),
    )


def labelled(rules: Rules, metadata: Metadata) -> list[Field]:
    """The fields that travel with their kind and have a label: the records of the kind `field`."""
    return [
        field
        for kind in sorted(rules.kinds & metadata.fields.keys())
        for field in sorted(metadata.fields[kind], key=lambda field: field.path)
        if _is_sent(field.path, members.paths(kind)) and rules.sends(kind, field.path)
    ]


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


class _Checker:
    def __init__(self, rules: Rules, metadata: Metadata, is_held: IsHeld) -> None:
        self._file = rules.file
        self._metadata = metadata
        self._is_held = is_held

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
        is_group = test.name.written == GROUP
        if is_group:
            name = replace(test.name, path=GROUP)
            known = self._metadata.groups
        else:
            name = self._name("contact", test.name, sent=False)
            known = self._metadata.values.get(name.path, ())
        test = replace(test, name=name)
        if known or is_group:
            self._look_up(test, known)
        return test

    def _look_up(self, test: Test, known: Collection[str]) -> None:
        if test.how not in ("is", "not"):
            return
        is_group = test.name.path == GROUP
        words = {word(value) for value in known}
        for value in test.values:
            if word(value) in words:
                continue
            if is_group or not self._is_held(test, value):
                what = "group" if is_group else f"value of {test.name.written}"
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
        written = name.written.replace("/", ".")
        if written in paths:
            return replace(name, path=written)
        found = {path for path in paths if path.casefold() == written.casefold()}
        found |= {f.path for f in fields if f.path in paths and word(f.label) == word(name.written)}
        if len(found) == 1:
            return replace(name, path=found.pop())
        if found:
            raise wrong(
                self._file,
                name.line,
                f"two fields have the label {name.written!r}: "
                f"write the one that is meant, {' or '.join(sorted(found))}.",
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
