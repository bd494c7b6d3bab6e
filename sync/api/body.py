"""Reading a request's body: its type, its encoding, and never more of it than is allowed."""

import io
import threading
import time
import zlib
from collections.abc import Iterator
from email.message import Message
from typing import Protocol

import zstandard
from django.http import HttpRequest, UnreadablePostError

from sync.api.limits import BATCH_BYTES
from sync.api.problems import Problem

CHUNK = 65_536
# A zstd block of four bytes may stand for 128 KiB: small bites keep a bomb's output small.
ZSTD_BITE = 16
ZSTD_WINDOW = 8_388_608
# Memory is bounded by one large body at a time being held whole in a web process.
LARGE = 524_288
DAWDLES_AFTER = 3.0
TURN_WITHIN = 30.0

_TURN = "sync.api.body.turn"


class _Turns:
    """One large body after the other."""

    def __init__(self) -> None:
        self._free = threading.BoundedSemaphore(1)
        self._passed = 0
        self._is_whole = False

    def take(self) -> bool:
        """Wait for as long as turns go on passing; False where the sender who has it dawdles.

        A body that is whole dawdles no more: what takes long is our own work.
        """
        until = time.monotonic() + TURN_WITHIN
        while time.monotonic() < until:
            passed = self._passed
            if self._free.acquire(timeout=DAWDLES_AFTER):
                return True
            if passed == self._passed and not self._is_whole:
                return False
        return False

    def whole(self) -> None:
        """The body of whoever has the turn has been read to its end."""
        self._is_whole = True

    def pass_on(self) -> None:
        self._passed += 1
        self._is_whole = False
        self._free.release()


_turns = _Turns()


class _Decoder(Protocol):
    def feed(self, chunk: bytes) -> Iterator[bytes]: ...

    @property
    def complete(self) -> bool: ...


def read(request: HttpRequest, limit: int = BATCH_BYTES) -> bytes:
    """The decompressed body, at most `limit` bytes.

    Raises 415 for another type or encoding, 413 beyond the limit, 400 for a stream that is
    damaged, cut, or has anything after its first frame.
    """
    _check_type(request)
    decoder = _decoder(request)
    held = io.BytesIO()  # its value is the very buffer: what grew in parts is not copied
    received = 0
    for chunk in _chunks(request):
        received += len(chunk)
        for part in decoder.feed(chunk):
            held.write(part)
            if held.tell() > limit:
                raise _too_large(limit)
            if held.tell() > LARGE:
                _take_turn(request)
        if received > limit:
            raise _too_large(limit)
    if not decoder.complete or received < _announced(request):
        raise damaged("The body ends too early.")
    if request.META.get(_TURN):
        _turns.whole()
    return held.getvalue()


def let_go(request: HttpRequest) -> None:
    """The request is answered: the next large body may have its turn."""
    if request.META.pop(_TURN, False):
        _turns.pass_on()


def _take_turn(request: HttpRequest) -> None:
    """Wait until no other large body is held here; a sender that dawdles stops nobody."""
    if _TURN not in request.META:
        request.META[_TURN] = _turns.take()


def has_body(request: HttpRequest) -> bool:
    """Whether a body was announced at all."""
    return _announced(request) > 0 or _is_chunked(request)


def damaged(detail: str) -> Problem:
    """400: what arrived is no JSON text."""
    return Problem(400, "invalid-json", detail)


def _too_large(limit: int) -> Problem:
    return Problem(
        413, "batch-too-large", f"The body is larger than {limit} bytes; send it in halves."
    )


def _check_type(request: HttpRequest) -> None:
    header = Message()
    header["Content-Type"] = request.META.get("CONTENT_TYPE") or "text/plain"
    charset = header.get_param("charset")
    if header.get_content_type() != "application/json" or (
        charset is not None and str(charset).lower() != "utf-8"
    ):
        raise Problem(
            415, "media-type-unsupported", "The body has to be application/json in UTF-8."
        )


def _decoder(request: HttpRequest) -> _Decoder:
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    decoders: dict[str, type[_Identity | _Gzip | _Zstd]] = {
        "": _Identity,
        "identity": _Identity,
        "gzip": _Gzip,
        "zstd": _Zstd,
    }
    if encoding not in decoders:
        raise Problem(
            415, "encoding-unsupported", "The body may be encoded as identity, gzip or zstd."
        )
    return decoders[encoding]()


def _announced(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _is_chunked(request: HttpRequest) -> bool:
    return "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower()


def _chunks(request: HttpRequest) -> Iterator[bytes]:
    # Django reads an unannounced length as none; a chunked body is read from the server.
    source = request.META["wsgi.input"] if _is_chunked(request) else request
    try:
        while chunk := source.read(CHUNK):
            yield chunk
    except (UnreadablePostError, OSError) as error:
        raise damaged("The body ends too early.") from error


class _Identity:
    complete = True

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        yield chunk


class _Gzip:
    def __init__(self) -> None:
        self._stream = zlib.decompressobj(wbits=31)

    @property
    def complete(self) -> bool:
        return self._stream.eof

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        try:
            if self._stream.eof:
                raise damaged("Something follows the compressed body.")
            yield self._stream.decompress(chunk, CHUNK)
            while self._stream.unconsumed_tail:
                yield self._stream.decompress(self._stream.unconsumed_tail, CHUNK)
        except zlib.error as error:
            raise damaged("The compressed body is damaged.") from error
        if self._stream.unused_data:
            raise damaged("Something follows the compressed body.")


class _Zstd:
    def __init__(self) -> None:
        decompressor = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW)
        self._stream = decompressor.decompressobj()

    @property
    def complete(self) -> bool:
        return self._stream.eof

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        for at in range(0, len(chunk), ZSTD_BITE):
            if self._stream.eof:
                raise damaged("Something follows the compressed body.")
            try:
                yield self._stream.decompress(chunk[at : at + ZSTD_BITE])
            except zstandard.ZstdError as error:
                raise damaged("The compressed body is damaged.") from error
            if self._stream.unused_data:
                raise damaged("Something follows the compressed body.")
