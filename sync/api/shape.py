"""Small JSON bodies: decoded into typed structs, refused with the right code."""

import codecs
from array import array
from typing import TypeVar

import msgspec
from msgspec import Raw

from sync.api import body as bodies
from sync.api import problems, splitter
from sync.api.limits import NESTING
from sync.api.problems import Problem

T = TypeVar("T")

SLICE = 65_536
# A batch, its changes and the change lie around the letter.
DEEPEST = NESTING + 3
_ANY = msgspec.json.Decoder(Raw)


class Anything(msgspec.Struct):
    """An object whose members nobody asks for: none of them is kept."""


def decode(text: bytes, type_: type[T]) -> T:
    """`text` as a `type_`; raises 400 `invalid-json` or `invalid-request`."""
    check_utf8(text)
    try:
        return msgspec.json.decode(text, type=type_)
    except msgspec.ValidationError as error:
        raise refusal(text, f"{error}.") from None
    except (msgspec.DecodeError, RecursionError):
        return _decode_slowly(text, type_)


def check_utf8(text: bytes) -> None:
    """Raises 400 `invalid-json` where the text is not UTF-8; the decoder lets some through.

    A slice at a time: one sign beyond the basic plane would make a text of it four times as long.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for at in range(0, len(text), SLICE):
            decoder.decode(text[at : at + SLICE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise bodies.damaged("The body is not UTF-8.") from None


def refusal(text: bytes, why: str) -> Problem:
    """Why the decoder refused: it tells of a wrong type before it has seen all the grammar."""
    if is_json(text):
        return problems.invalid_request(why)
    return bodies.damaged("The body is not JSON, or nested too deep.")


def is_json(text: bytes) -> bool:
    """Whether the grammar is JSON's, found out without keeping anything."""
    try:
        _ANY.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return _is_json_slowly(text)
    return True


def cut(text: bytes, at: int, name: str, at_most: int, many: Problem) -> "tuple[array[int], int]":
    """Begin and end of each element of the member `name`, an array at `at`; and its own end.

    Raises 400 where it is no array, `many` before all of too many are seen, and NotJson.
    """
    if text[at : at + 1] != b"[":
        # Of what kind it is instead matters less than whether all of the text is JSON.
        raise refusal(text, f"`{name}` has to be an array.")
    bounds, end = array("I"), at
    for begin, end in splitter.elements(text, at):
        if len(bounds) == 2 * at_most:
            raise many
        bounds.extend((begin, end))
    return bounds, text.index(b"]", end) + 1


def refuse_nul(**texts: str | None) -> None:
    """Raises 400 for U+0000 in a text that would be stored."""
    for name, text in texts.items():
        if text is not None and "\0" in text:
            raise problems.invalid_request(f"`{name}` must not hold U+0000.")


def _decode_slowly(text: bytes, type_: type[T]) -> T:
    """The decoder stops at a lone surrogate, also in what nobody asks for."""
    if not is_json(text):
        raise bodies.damaged("The body is not JSON, or nested too deep.")
    known = msgspec.structs.fields(type_)  # type: ignore[arg-type]
    names = {field.encode_name for field in known}
    try:
        members = {
            name: text[begin:end] for name, begin, end in splitter.members(text) if name in names
        }
    except splitter.NotJson:
        raise problems.invalid_request("The body has to be an object.") from None
    asked = b",".join(b'"%s":%s' % (name.encode(), value) for name, value in members.items())
    try:
        return msgspec.json.decode(b"{%s}" % asked, type=type_)
    except msgspec.ValidationError as error:
        raise problems.invalid_request(f"{error}.") from None
    except (msgspec.DecodeError, RecursionError):
        raise problems.invalid_request("A text in the body holds a lone surrogate.") from None


def _is_json_slowly(text: bytes) -> bool:
    """The decoder stops at a lone surrogate and at a thousand levels; this goes on."""
    try:
        end = splitter.value_end(text, 0, deepest=DEEPEST)
    except splitter.NotJson:
        return False
    return splitter.ends(text, end)
