"""Several reads in one request: `POST /api/$batch`, in multipart/mixed.

The vendor documents it, and nobody was found who proved it live (act-web-api facts); so it is used
only where the probe saw it work.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from email.message import Message
from email.parser import BytesParser
from email.policy import HTTP

import httpx

from clients.agent.act.refusals import unreadable

_BOUNDARY = "batch_of_the_handheld_mailbox"
CONTENT_TYPE = f"multipart/mixed; boundary={_BOUNDARY}"
_STATUS_LINE = re.compile(rb"\s*HTTP/1\.[01] (?P<status>[1-5]\d\d) ?(?P<reason>[^\r\n]*)\r?\n")
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")


def encode(urls: Iterable[httpx.URL], headers: Mapping[bytes, bytes]) -> bytes:
    """The body of one batch; each part carries the headers itself, for it inherits none."""
    carried = b"".join(b"%s: %s\r\n" % header for header in headers.items())
    parts = [
        b"--%s\r\nContent-Type: application/http; msgtype=request\r\n\r\n"
        b"GET %s HTTP/1.1\r\nHost: %s\r\nAccept: application/json\r\n%s\r\n\r\n"
        % (_BOUNDARY.encode(), url.raw_path, url.netloc, carried)
        for url in urls
    ]
    return b"".join(parts) + b"--%s--\r\n" % _BOUNDARY.encode()


def decode(response: httpx.Response, expected: int) -> list[httpx.Response]:
    """The answers, in the order of the requests. Raises Unreadable unless it is all of them."""
    head = f"Content-Type: {response.headers.get('Content-Type', '')}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + response.content)
    if not message.is_multipart():
        raise unreadable("a batch's answer in an unknown form")
    answers = [_answer(part) for part in message.iter_parts()]
    if len(answers) != expected:
        raise unreadable("a batch's answer with parts missing")
    return answers


def _answer(part: Message) -> httpx.Response:
    payload = part.get_payload(decode=True)
    said = payload if isinstance(payload, bytes) else b""
    line = _STATUS_LINE.match(said)
    end = _BLANK_LINE.search(said, line.end() - 2) if line else None
    if not (line and end):
        raise unreadable("a batch's answer in an unknown form")
    return httpx.Response(
        int(line["status"]),
        content=said[end.end() :],
        extensions={"reason_phrase": line["reason"]},
    )
