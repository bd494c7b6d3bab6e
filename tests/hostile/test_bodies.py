"""Bodies that lie about their length, their form or their size, over a real connection.

The proxy refuses by itself what is no HTTP, with a bare 400, or, for a transfer encoding that HTTP
does not know, the 501 that HTTP asks for; what is HTTP gets the contract's problem document.
Nothing ends in another 5xx or in silence.
"""

import gzip
from collections.abc import Callable

import pytest

from tests.hostile.bombs import gzip_bomb, zstd_bomb
from tests.hostile.caller import Caller, Said, chunked
from tests.stack import Stack

JSON = "Content-Type: application/json"
CHUNKED = "Transfer-Encoding: chunked"
GOOD = b'{"changes":[{"kind":"contact","id":"a","op":"put","version":1,"data":{}}]}'
TINY = b'{"changes":[' + b"{}," * 1_398_000 + b"{}]}"

# Whoever ends a half-sent body may be taken for somebody who hung up, whom nobody has to answer.
HUNG_UP = 499
CUT = ("longer than sent", "5 GB announced", "a chunk that is cut", "chunks without an end")

Ask = Callable[[Caller], Said]


def of_length(length: object, *more: str) -> Ask:
    """A whole batch under this length; where more was announced, our half ends."""
    too_long = isinstance(length, int) and length > len(GOOD)
    # In one piece: what comes behind an answer that ends the connection resets it, and the answer
    # may be lost with that.
    return lambda sender: sender.send(
        sender.head("/batches", JSON, f"Content-Length: {length}", *more) + GOOD, then_end=too_long
    )


def in_chunks(framed: bytes, *more: str) -> Ask:
    return lambda sender: sender.send(
        sender.head("/batches", JSON, CHUNKED, *more),
        framed,
        then_end=not framed.endswith(b"0\r\n\r\n"),
    )


def whole(body: bytes, *headers: str, path: str = "/batches") -> Ask:
    return lambda sender: sender.post(path, body, *headers)


def packed(body: Callable[[], bytes], encoding: str, path: str = "/batches") -> Ask:
    return lambda sender: sender.post(path, body(), f"Content-Encoding: {encoding}")


CASES: dict[str, tuple[Ask, int, str]] = {
    "a true length": (of_length(len(GOOD)), 202, ""),
    "chunks": (in_chunks(chunked([GOOD[:10], GOOD[10:]])), 202, ""),
    "gzip in chunks": (
        in_chunks(chunked([gzip.compress(GOOD)]), "Content-Encoding: gzip"), 202, "",
    ),
    "longer than sent": (of_length(9999), 400, "invalid-json"),
    "5 GB announced": (of_length(5_000_000_000), 400, "invalid-json"),
    "shorter than sent": (of_length(len(GOOD) - 5), 400, "invalid-json"),
    "nothing announced": (of_length(0), 400, "invalid-json"),
    "a negative length": (of_length(-5), 400, ""),
    "a length that is no number": (of_length("x"), 400, ""),
    "a length beyond numbers": (of_length("9" * 23), 400, ""),
    "two lengths": (of_length(5, "Content-Length: 6"), 400, ""),
    "an unknown framing": (of_length(len(GOOD), "Transfer-Encoding: xchunked"), 501, ""),
    "chunks of no size": (in_chunks(b"zz\r\nabc\r\n"), 400, "invalid-json"),
    "a chunk that is cut": (in_chunks(b"ff\r\nabc"), 400, "invalid-json"),
    "chunks without an end": (in_chunks(b"5\r\n%s\r\n" % GOOD[:5]), 400, "invalid-json"),
    "chunks beyond the limit": (in_chunks(chunked([b" " * 65_536] * 80)), 413, "batch-too-large"),
    "chunks far beyond the limit": (
        in_chunks(chunked([b" " * 65_536] * 320)), 413, "batch-too-large",
    ),
    "far more than the limit": (whole(b" " * 20_971_520), 413, "batch-too-large"),
    "more than the limit": (whole(b" " * 4_194_305), 413, "batch-too-large"),
    "4 MiB of tiny changes": (whole(TINY), 413, "batch-too-large"),
    "4 MiB of tiny changes, packed": (
        packed(lambda: gzip.compress(TINY), "gzip"), 413, "batch-too-large",
    ),
    "4 MiB of tiny outcomes": (
        whole(b'{"outcomes":[' + b"{}," * 1_398_000 + b"{}]}", path="/acks"),
        413, "batch-too-large",
    ),
    "a gzip bomb": (packed(gzip_bomb, "gzip"), 413, "batch-too-large"),
    "a zstd bomb": (packed(zstd_bomb, "zstd"), 413, "batch-too-large"),
    "a bomb in a small request": (packed(gzip_bomb, "gzip", "/resync"), 413, "batch-too-large"),
    "gzip in gzip": (
        whole(gzip.compress(gzip.compress(GOOD)), "Content-Encoding: gzip"), 400, "invalid-json",
    ),
    "an unknown packing": (whole(GOOD, "Content-Encoding: br"), 415, "encoding-unsupported"),
    "a charset that unpacks": (
        lambda sender: sender.send(
            sender.head(
                "/batches", "Content-Type: application/json; charset=bz2",
                f"Content-Length: {len(GOOD)}",
            ), GOOD,
        ), 415, "media-type-unsupported",
    ),
    "no type": (
        lambda sender: sender.send(
            sender.head("/batches", f"Content-Length: {len(GOOD)}"), GOOD
        ), 415, "media-type-unsupported",
    ),
    "years that no zone can show": (
        whole(
            b'{"reason":"manual","slept":[{"from":"0001-01-01T00:00:00+14:00",'
            b'"until":"9999-12-31T23:59:59-12:00"}]}',
            path="/sessions",
        ), 400, "invalid-request",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_body_that_lies(sender: Caller, name: str) -> None:
    ask, status, code = CASES[name]
    told = ask(sender)
    if told.status != HUNG_UP or name not in CUT:
        assert (told.status, told.code) == (status, code), told


@pytest.mark.parametrize(
    ("path", "token", "status", "code"),
    [
        ("/batches", "hmp_device_no", 401, "token-invalid"),
        ("/nothing", None, 404, "not-found"),
        ("/mailbox", None, 405, "method-not-allowed"),
    ],
)
def test_a_refusal_is_heard_by_whoever_still_sends(
    stack: Stack, path: str, token: str | None, status: int, code: str
) -> None:
    """Many times, for a reset that overtakes the answer is a matter of luck."""
    sender = Caller(stack, "device")
    sender.token = token or sender.token
    told = [sender.post(path, b" " * 3_000_000) for _ in range(40)]
    assert {(said.status, said.code) for said in told} == {(status, code)}


ODD = {
    "/batches/%00": (404, "not-found"),
    "/batches/%ff%fe": (404, "not-found"),
    "/batches/" + "a" * 8000: (404, "not-found"),
    "/%2e%2e/%2e%2e/auth/login/": (404, "not-found"),
    "/changes?after=%00%ff": (400, "cursor-invalid"),
    "/changes?limit=%d9%a3": (400, "invalid-request"),
    "/mailbox?wait=" + "9" * 4000: (400, "invalid-request"),
}


@pytest.mark.parametrize("path", ODD)
def test_odd_addresses(sender: Caller, path: str) -> None:
    told = sender.send(sender.head(path, method="GET"))
    assert (told.status, told.code) == ODD[path]


@pytest.mark.parametrize("header", ["Install-Id", "Sync-Session", "X-Forwarded-For", "Accept"])
def test_odd_headers(sender: Caller, header: str) -> None:
    for value in ("\xff\xfe", "x" * 9000, ",,,;;;", "%00", ""):
        told = sender.send(sender.head("/mailbox", f"{header}: {value}", method="GET"))
        wrong = header == "Install-Id"
        assert (told.status, told.code) == ((409, "device-cloned") if wrong else (200, ""))
