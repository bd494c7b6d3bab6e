"""A change's `data`, the sealed letter: checked for well-formedness alone."""

import re

import msgspec
from msgspec import Raw

from sync.api.limits import DATA_BYTES, NESTING

_ANY_RAW = msgspec.json.Decoder(Raw)
_BRACKET = re.compile(rb'[{}\[\]]|"(?:[^"\\]|\\.)*+"', re.DOTALL)


class Bad(Exception):
    """A change is refused alone."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


def check(op: str, data: bytes) -> None:
    """Raises Bad for a letter that is none, or is there where none may be.

    It is looked at from outside alone: there or not, its size, well-formedness.
    """
    if op == "delete":
        if data:
            raise Bad("change-invalid", "A delete has no `data`.")
        return
    if not data:
        raise Bad("change-invalid", "A put needs `data`: the whole record.")
    if data[0] not in b'{"':
        raise Bad("data-invalid", "`data` has to be an object or a string.")
    if len(data) > DATA_BYTES:
        raise Bad("data-too-large", f"`data` is larger than {DATA_BYTES} bytes.")
    if _is_too_deep(data):
        raise Bad("data-invalid", f"`data` is nested deeper than {NESTING} levels.")
    if b"\\u" in data:
        _refuse_lone_surrogates(data)


def _is_too_deep(data: bytes) -> bool:
    """Whether the value is nested deeper than allowed, itself being level 1."""
    if data.count(b"{") + data.count(b"[") <= NESTING:
        return False
    level = 0
    for found in _BRACKET.finditer(data):
        bracket = found[0]
        if bracket[0] in b"{[":
            level += 1
            if level > NESTING:
                return True
        elif bracket[0] in b"}]":
            level -= 1
    return False


def _refuse_lone_surrogates(data: bytes) -> None:
    try:
        _ANY_RAW.decode(data)
    except msgspec.DecodeError:
        raise Bad("data-invalid", "`data` holds a lone surrogate.") from None
