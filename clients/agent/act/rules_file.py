"""The rules file: one commented TOML file a profile, to be written by a careful person.

A sync set is a list of blocks: a contact travels if one block fits, and a block fits if all its
lines do. `any` and `all` nest further blocks inside of one.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import tzlocal

from clients.agent.act.calendar import Window
from clients.agent.act.conditions import (
    GROUP,
    AllOf,
    AnyOf,
    Condition,
    How,
    Name,
    Test,
    word,
)
from clients.agent.act.records import KINDS
from clients.agent.act.rules import POLICIES, Choice, Policy, Rules, Unchecked, nearest, wrong
from clients.trouble import Trouble

_TYPES = ("Contact", "User")
_SELECTABLE = tuple(kind for kind in KINDS if kind != "field")
_HOWS: tuple[How, ...] = ("not", "contains", "starts_with", "empty")
_MOST_DAYS = 3660
_SYNC_SET = "sync_set"
_HEAD = re.compile(r"\s*\[\[\s*sync_set\s*\]\]")


def load(path: Path) -> Unchecked:
    """The rules of a file. Trouble (usage) names the line."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise wrong(
            str(path), 0, f"it cannot be read ({error.strerror}): check the name and the rights."
        ) from error
    except UnicodeDecodeError as error:
        raise wrong(str(path), 0, "it is no UTF-8: save it as UTF-8 in the editor.") from error
    return parse(text, str(path))


def parse(text: str, file: str = "the rules file") -> Unchecked:
    """The same for the text of a file."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        # Its message ends in the line and column.
        raise wrong(file, 0, f"{error}: correct what stands there, or a line before it.") from error
    return Unchecked(_File(text, file).rules(content))


class _File:
    """Turns what TOML read into rules; looks up in the text in which line a word stands.

    `tomllib` forgets lines. A word is looked for as a whole, outside of comments, from the block
    on to which it belongs; where the office wrote it with escapes, the block's line is named.
    """

    def __init__(self, text: str, file: str) -> None:
        self._lines = text.splitlines()
        self._file = file
        self._blocks = [n for n, line in enumerate(self._lines, 1) if _HEAD.match(line)]

    def rules(self, content: dict[str, Any]) -> Rules:
        known = ("kinds", "contact_types", "calendar", "edits", "fields", _SYNC_SET)
        self._keys(content, known, 1)
        calendar = self._table(content, "calendar")
        self._keys(calendar, ("back_days", "ahead_days", "zone"), self._line("calendar"))
        fields = self._table(content, "fields")
        self._keys(fields, _SELECTABLE, self._line("fields"))
        kinds = self._listed(content, "kinds", KINDS, KINDS)
        types = self._listed(content, "contact_types", _TYPES, _TYPES[:1])
        window = Window(
            self._days(calendar, "back_days", Window.back_days),
            self._days(calendar, "ahead_days", Window.ahead_days),
        )
        return Rules(
            zone=self._zone(calendar),
            kinds=frozenset(kinds),
            contact_types=frozenset(map(word, types)),
            window=window,
            choices={kind: self._choice(fields, kind) for kind in fields},
            sync_set=self._sync_set(content),
            conflicts=self._policy(content),
            file=self._file,
        )

    def _policy(self, content: dict[str, Any]) -> Policy:
        edits = self._table(content, "edits")
        self._keys(edits, ("conflicts",), self._line("edits"))
        said = edits.get("conflicts", Rules.conflicts)
        found = next((policy for policy in POLICIES if policy == said), None)
        if found is None:
            raise self._wrong(
                self._line("conflicts"),
                f"conflicts cannot be {said!r}: {nearest(str(said), POLICIES)}.",
            )
        return found

    def _sync_set(self, content: dict[str, Any]) -> Condition | None:
        if _SYNC_SET not in content:
            return None
        blocks = content[_SYNC_SET]
        line = self._line(_SYNC_SET)
        if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
            raise self._wrong(line, "a sync set is written as [[sync_set]] with lines below it.")
        if not blocks:
            raise self._wrong(
                line,
                "the sync set is empty, so nothing would travel: "
                "write what does, or take it out to let every contact travel.",
            )
        starts = self._blocks if len(self._blocks) == len(blocks) else [line] * len(blocks)
        return AnyOf(tuple(map(self._block, blocks, starts)))

    def _block(self, block: dict[str, Any], start: int) -> Condition:
        if not block:
            raise self._wrong(
                start,
                "this block of the sync set is empty, so it would fit everybody: "
                "write a line below it, or take it out.",
            )
        return AllOf(tuple(self._part(key, value, start) for key, value in block.items()))

    def _part(self, key: str, value: Any, start: int) -> Condition:
        line = self._line(key, start)
        if key in ("any", "all"):
            if (
                not isinstance(value, list)
                or not value
                or not all(isinstance(v, dict) for v in value)
            ):
                raise self._wrong(
                    line, f'{key} takes blocks: {key} = [ {{ "City" = "Bern" }}, … ].'
                )
            parts = tuple(self._block(part, line) for part in value)
            return AnyOf(parts) if key == "any" else AllOf(parts)
        how: How = "is"
        if isinstance(value, dict):
            self._keys(value, _HOWS, line)
            if len(value) != 1:
                raise self._wrong(line, f"{key!r} says more or less than one thing: write one.")
            ((how, value),) = value.items()
        if key == GROUP and how not in ("is", "not"):
            raise self._wrong(line, "a contact is in a group or is not: write its name.")
        return Test(Name(key, line), how, self._values(key, how, value, line))

    def _values(self, key: str, how: How, value: Any, line: int) -> tuple[str, ...]:
        values = value if isinstance(value, list) else [value]
        if how == "empty" and (len(values) != 1 or not isinstance(values[0], bool)):
            raise self._wrong(line, f"empty of {key!r} is true or false.")
        if not values or not all(isinstance(v, (str, int, float)) for v in values):
            raise self._wrong(line, f'{key!r} takes a value, or several as ["…", "…"].')
        if how != "empty" and not all(word(v) for v in values):
            raise self._wrong(line, f"{key!r} has an empty value: write {{ empty = true }}.")
        return tuple(v if isinstance(v, str) else word(v) for v in values)

    def _choice(self, fields: dict[str, Any], kind: str) -> Choice:
        line = self._line(kind, self._line("fields"))
        table = self._table(fields, kind)
        self._keys(table, ("only", "without"), line)
        if len(table) != 1:
            raise self._wrong(line, "write either only or without: one of the two.")
        ((how, names),) = table.items()
        line = self._line(how, line)
        if not isinstance(names, list) or not names or not all(isinstance(n, str) for n in names):
            raise self._wrong(line, f'{how} takes names of fields: {how} = ["…", "…"].')
        chosen = tuple(Name(name, self._line(name, line)) for name in names)
        return Choice(only=chosen) if how == "only" else Choice(without=chosen)

    def _listed(
        self, content: dict[str, Any], key: str, known: Collection[str], default: Collection[str]
    ) -> Collection[str]:
        values = content.get(key, list(default))
        line = self._line(key)
        if not isinstance(values, list) or not values:
            raise self._wrong(line, f'{key} takes a list: {key} = ["…", "…"].')
        words = {word(name) for name in known}
        for value in values:
            if not isinstance(value, str) or word(value) not in words:
                raise self._wrong(
                    self._line(str(value), line),
                    f"{key} cannot hold {value!r}: {nearest(str(value), known)}.",
                )
        return [word(value) for value in values]

    def _days(self, calendar: dict[str, Any], key: str, default: int) -> int:
        days = calendar.get(key, default)
        if type(days) is not int or not 0 <= days <= _MOST_DAYS:
            raise self._wrong(self._line(key), f"{key} is a number of days, 0 to {_MOST_DAYS}.")
        return days

    def _zone(self, calendar: dict[str, Any]) -> ZoneInfo:
        if "zone" not in calendar:
            own = _own_zone()
            if own is None:
                raise self._wrong(
                    self._line("calendar"),
                    "this machine does not name its time zone: write, for example, "
                    'zone = "Europe/Berlin" under [calendar].',
                )
            return own
        name = calendar["zone"]
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, TypeError, OSError) as error:
            raise self._wrong(
                self._line("zone"),
                f"{name!r} is no time zone: {nearest(str(name), available_timezones())}.",
            ) from error

    def _table(self, content: dict[str, Any], key: str) -> dict[str, Any]:
        table = content.get(key, {})
        if not isinstance(table, dict):
            raise self._wrong(self._line(key), f"{key} is written as [{key}] with lines below it.")
        return table

    def _keys(self, table: dict[str, Any], known: Collection[str], start: int) -> None:
        for key in table:
            if key not in known:
                raise self._wrong(
                    self._line(key, start), f"{key!r} means nothing here: {nearest(key, known)}."
                )

    def _line(self, wanted: str, start: int = 1) -> int:
        quoted, bare = rf"([\"']){re.escape(wanted)}\1", re.escape(wanted)
        whole = re.compile(rf"{quoted}|(?:^|[\[{{,.])\s*{bare}\s*[\]=.]")
        for number, line in enumerate(self._lines[start - 1 :], start):
            if whole.search(_without_comment(line)):
                return number
        return start

    def _wrong(self, line: int, what: str) -> Trouble:
        return wrong(self._file, line, what)


def _own_zone() -> ZoneInfo | None:
    """This machine's, by its name: a fixed offset of a January is wrong in July."""
    try:
        name = tzlocal.get_localzone_name()
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _without_comment(line: str) -> str:
    return re.sub(r"""("[^"]*"|'[^']*')|#.*""", lambda found: found[1] or "", line)
