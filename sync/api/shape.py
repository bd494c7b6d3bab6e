"""Small JSON bodies: decoded into typed structs, refused with the right code."""

import json
from typing import TypeVar

import msgspec

from sync.api import body as bodies
from sync.api import problems
from sync.api.problems import Problem

T = TypeVar("T")


def decode(text: bytes, type_: type[T]) -> T:
    """`text` as a `type_`; raises 400 `invalid-json` or `invalid-request`."""
    check_utf8(text)
    try:
        return msgspec.json.decode(text, type=type_)
    except msgspec.ValidationError as error:
        raise problems.invalid_request(f"{error}.") from None
    except (msgspec.DecodeError, RecursionError):
        raise not_decodable(text) from None


def check_utf8(text: bytes) -> None:
    """Raises 400 `invalid-json` where the text is not UTF-8; the decoder lets some through."""
    try:
        text.decode()
    except UnicodeDecodeError:
        raise bodies.damaged("The body is not UTF-8.") from None


def not_decodable(text: bytes) -> Problem:
    """Why the strict decoder refused: no JSON, or JSON with a lone surrogate in it."""
    try:
        json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return bodies.damaged("The body is not JSON.")
    return problems.invalid_request("A text in the body holds a lone surrogate.")


def refuse_nul(**texts: str | None) -> None:
    """Raises 400 for U+0000 in a text that would be stored."""
    for name, text in texts.items():
        if text is not None and "\0" in text:
            raise problems.invalid_request(f"`{name}` must not hold U+0000.")


def _no_constant(name: str) -> float:
    raise ValueError(name)
