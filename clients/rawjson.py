"""Cutting JSON text into its parts without rebuilding them.

`data` is delivered as the very bytes that were sent. A parser that builds objects and a writer
that prints them again would change numbers, escapes, spaces and repeated names; so the parts are
cut out of the text as they stand.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping

_SPACE = re.compile(r"[ \t\n\r]*")
# Numbers stay text: a part is only measured here, and int() refuses more than 4,300 digits.
_MEASURE = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)


class NotJson(ValueError):
    """The text is not what was expected of it."""


def members(text: str, start: int = 0) -> Iterator[tuple[str, str]]:
    """The members of the JSON object at `start`, in order: name, and value as it stands."""
    at = _expect(text, _skip(text, start), "{")
    if text[at : at + 1] == "}":
        return
    while True:
        name, at = _name(text, at)
        at = _expect(text, at, ":")
        end = _end_of_value(text, at)
        yield name, text[at:end]
        at = _skip(text, end)
        if text[at : at + 1] == "}":
            return
        at = _expect(text, at, ",")


def elements(text: str, start: int = 0) -> Iterator[str]:
    """The elements of the JSON array at `start`, in order, each as it stands."""
    at = _expect(text, _skip(text, start), "[")
    if text[at : at + 1] == "]":
        return
    while True:
        end = _end_of_value(text, at)
        yield text[at:end]
        at = _skip(text, end)
        if text[at : at + 1] == "]":
            return
        at = _expect(text, at, ",")


def with_members(text: str, new: Mapping[str, object]) -> str:
    """The JSON object `text` with the members of `new` set; all others stay as they stand.

    Raises NotJson where `text` is no object.
    """
    parts = dict(members(text))
    parts.update({name: dump(value) for name, value in new.items()})
    return _object(parts)


def without_members(text: str, names: Collection[str]) -> str:
    """The JSON object `text` without these members; all others stay as they stand.

    Raises NotJson where `text` is no object.
    """
    return _object({name: part for name, part in members(text) if name not in names})


def dump(value: object) -> str:
    """`value` as JSON text, short, and the same text for the same value every time."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _object(parts: Mapping[str, str]) -> str:
    return "{" + ",".join(f"{dump(name)}:{part}" for name, part in parts.items()) + "}"


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _expect(text: str, at: int, sign: str) -> int:
    if text[at : at + 1] != sign:
        raise NotJson(f"expected {sign!r} at character {at}")
    return _skip(text, at + 1)


def _name(text: str, at: int) -> tuple[str, int]:
    if text[at : at + 1] != '"':
        raise NotJson(f"expected a name at character {at}")
    end = _end_of_value(text, at)
    name: str = json.loads(text[at:end])
    return name, _skip(text, end)


def _end_of_value(text: str, at: int) -> int:
    try:
        _, end = _MEASURE.raw_decode(text, at)
    except (ValueError, RecursionError) as error:
        raise NotJson(f"no JSON value at character {at}") from error
    return end
