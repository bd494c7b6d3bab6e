"""`POST /api/$batch`: several requests as parts of one multipart/mixed body.

The vendor's page names it; nobody was found who saw it live. Part for part as in OData [I].
"""

import secrets
from collections.abc import Callable
from email import message_from_bytes
from urllib.parse import unquote, urlsplit

from tests.act.answers import Answer, Question, query_of, refusal

MOST_PARTS = 100


def in_batch(question: Question, ask: Callable[[Question], Answer]) -> Answer:
    """Ask each part, in order; its answer stands in the part of the same place. Raises Refused."""
    kind = question.headers.get("content-type", "")
    message = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode("latin-1") + question.body)
    if message.get_content_type() != "multipart/mixed" or not message.is_multipart():
        raise refusal(415, "The body of a batch has to be multipart/mixed.")
    parts = [part.get_payload(decode=True) for part in message.get_payload()]  # type: ignore[union-attr]
    if not parts or len(parts) > MOST_PARTS:
        raise refusal(400, f"A batch has from 1 to {MOST_PARTS} parts.")
    answers = [ask(_question(part, question.headers)) for part in parts if isinstance(part, bytes)]
    return _together(answers)


def _question(part: bytes, outer: dict[str, str]) -> Question:
    head, _, body = part.replace(b"\r\n", b"\n").partition(b"\n\n")
    first, *rest = head.decode("latin-1").strip().split("\n")
    words = first.split()
    if len(words) != 3 or not words[2].startswith("HTTP/"):
        raise refusal(400, "A part of a batch has to begin with METHOD target HTTP/1.1.")
    headers = {name.strip().lower(): value.strip() for name, _, value in (
        line.partition(":") for line in rest)}  # fmt: skip
    target = urlsplit(words[1])
    path = unquote(target.path)
    return Question(
        words[0],
        path[path.lower().find("/api/") :],
        query_of(target.query),
        {**{name: outer[name] for name in ("authorization", "act-database-name") if name in outer},
         **headers},
        body.strip(b"\n"),
    )  # fmt: skip


def _together(answers: list[Answer]) -> Answer:
    mark = f"batchresponse_{secrets.token_hex(8)}"
    made = b"".join(
        f"--{mark}\r\nContent-Type: application/http; msgtype=response\r\n\r\n"
        f"HTTP/1.1 {answer.status} {answer.status}\r\nContent-Type: {answer.content_type}\r\n"
        f"Content-Length: {len(answer.body)}\r\n\r\n".encode()
        + answer.body
        + b"\r\n"
        for answer in answers
    )
    return Answer(200, made + f"--{mark}--\r\n".encode(), f'multipart/mixed; boundary="{mark}"')
