"""Cursors: a place in one reader's mailbox as opaque, signed text.

The signature makes a damaged cursor and one of another account, mailbox or reader the same
thing, and the reader's generation ends all cursors that were given before a resync.
"""

import base64
import binascii
import hashlib
import hmac
import struct
from typing import NamedTuple

from django.conf import settings

_BODY = struct.Struct(">QIQB")  # reader, generation, place, whether its read began at the start
_SIGNATURE = 15  # bytes: 36 in all, so that the text has no bits to spare


class CursorInvalid(Exception):
    """Damaged, or of another account, mailbox, reader or generation."""


class Place(NamedTuple):
    """A place, and whether it belongs to a read that began at the start and is not complete."""

    place: int
    from_start: bool


def make(*, reader_id: int, generation: int, place: Place) -> str:
    """The cursor for `place`: 48 characters of URL-safe base64."""
    body = _BODY.pack(reader_id, generation, place.place, place.from_start)
    return _text(body + _sign(body, settings.SECRET_KEY))


def parse(text: str, *, reader_id: int, generation: int) -> Place:
    """The place that `text` stands for; raises CursorInvalid."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as error:
        raise CursorInvalid from error
    if _text(raw) != text:  # the decoder takes padding, "+" and "/" as well
        raise CursorInvalid
    body, signature = raw[: _BODY.size], raw[_BODY.size :]
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if not any(hmac.compare_digest(signature, _sign(body, key)) for key in keys):
        raise CursorInvalid
    owner, given_in, place, from_start = _BODY.unpack(body)
    if (owner, given_in) != (reader_id, generation):
        raise CursorInvalid
    return Place(place, bool(from_start))


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _sign(body: bytes, key: str) -> bytes:
    derived = hashlib.sha256(b"mailbox.cursors" + key.encode()).digest()
    return hmac.digest(derived, body, "sha256")[:_SIGNATURE]
