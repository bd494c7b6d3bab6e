"""Cutting a JSON text into its members without decoding it.

The way around for bodies that the fast decoder refuses whole: one lone surrogate, one deep
`data`, or so many tiny changes that decoding them all would cost memory. Iterative, so no
depth overflows; flat in memory; it accepts exactly JSON's grammar.
"""

import json
import re
from collections.abc import Callable, Iterator

_SPACE = re.compile(rb"[ \t\n\r]*+")
_TOKEN = re.compile(
    rb"[ \t\n\r]*+(?:"
    rb'(?P<s>"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+")'
    rb"|(?P<p>-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][+-]?[0-9]++)?+|true|false|null)"
    rb"|(?P<c>[{}\[\]:,]))"
)

# What may follow what: (state, token) → next state. A scalar token is "v", a string "s" too.
_OPENED = {b"{": "key or }", b"[": "value or ]"}
_NEXT = {
    ("value", b"v"): "after",
    ("value", b"{"): "open",
    ("value", b"["): "open",
    ("value or ]", b"v"): "after",
    ("value or ]", b"{"): "open",
    ("value or ]", b"["): "open",
    ("value or ]", b"]"): "close",
    ("key or }", b"s"): "colon",
    ("key or }", b"}"): "close",
    ("key", b"s"): "colon",
    ("colon", b":"): "value",
    ("after {", b","): "key",
    ("after {", b"}"): "close",
    ("after [", b","): "value",
    ("after [", b"]"): "close",
}


class NotJson(Exception):
    """The text is not JSON, or nested deeper than allowed."""


def value_end(text: bytes, at: int, *, deepest: int | None = None) -> int:
    """Where the JSON value that begins at `at` ends; raises NotJson."""
    open_ = bytearray()
    state = "value"
    while True:
        token, at = _token(text, at)
        # A string is a key where a key is due, a scalar anywhere else.
        step = _NEXT.get((state, token)) or (_NEXT.get((state, b"v")) if token == b"s" else None)
        if step is None:
            raise NotJson
        if step == "open":
            open_ += token
            state = _OPENED[token]
            if deepest is not None and len(open_) > deepest:
                raise NotJson
            continue
        if step == "close":
            open_.pop()
        elif step != "after":
            state = step
            continue
        if not open_:
            return at
        state = "after {" if open_[-1] == 0x7B else "after ["


def members(
    text: bytes, *, end_of: Callable[[str, int], int] | None = None
) -> Iterator[tuple[str, int, int]]:
    """The members of the object that the text is: name, begin and end of the value.

    `end_of` walks a value that begins at a place, checks its grammar and says where it ends;
    without it, `value_end` does. Raises NotJson where the text is no object, or more than one.
    """
    at = _expect(text, 0, b"{")
    token, end = _token(text, at)
    if token == b"}":
        at = end
    while token != b"}":
        token, end = _token(text, at)
        if token != b"s":
            raise NotJson
        name = json.loads(text[_skip(text, at) : end])
        begin = _skip(text, _expect(text, end, b":"))
        end = end_of(name, begin) if end_of else value_end(text, begin)
        yield name, begin, end
        token, at = _token(text, end)
        if token not in (b",", b"}"):
            raise NotJson
    if not ends(text, at):
        raise NotJson


def elements(text: bytes, at: int) -> Iterator[tuple[int, int]]:
    """The elements of the array at `at`: begin and end of each. Raises NotJson.

    What follows is not looked at before it is asked for.
    """
    at = _expect(text, at, b"[")
    token, _ = _token(text, at)
    while token != b"]":
        begin = _skip(text, at)
        end = value_end(text, begin)
        yield begin, end
        token, at = _token(text, end)
        if token not in (b",", b"]"):
            raise NotJson


def ends(text: bytes, at: int) -> bool:
    """Whether nothing but white space lies behind `at`."""
    return _skip(text, at) == len(text)


def _skip(text: bytes, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _token(text: bytes, at: int) -> tuple[bytes, int]:
    found = _TOKEN.match(text, at)
    if found is None:
        raise NotJson
    if found["c"]:
        return found["c"], found.end()
    return (b"s" if found["s"] else b"v"), found.end()


def _expect(text: bytes, at: int, wanted: bytes) -> int:
    token, end = _token(text, at)
    if token != wanted:
        raise NotJson
    return end
