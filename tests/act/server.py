"""The office on the wire: a small ASGI program, for loopback alone."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote

from tests.act.answers import Answer, Question, query_of
from tests.act.control import Control
from tests.act.site import Site

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Server:
    """Takes requests in, waits as long as a real installation would, sends answers out.

    Answers are made one at a time, so no row changes while a list is made of it.
    """

    def __init__(self, site: Site, control: Control, latency: float) -> None:
        self._site, self._control, self._latency = site, control, latency
        self._at_once = 0

    def told(self, url: str) -> dict[str, str]:
        """What a program needs to come in."""
        login = self._site.api.login
        return {"url": url, "database": login.name, "user": login.user, "password": login.password}

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        question = await _question(scope, receive)
        if question is None:
            return
        if question.path.startswith("/_control"):
            await _send(self._control.answer(question), send)
            return
        self._at_once += 1
        self._control.most_at_once = max(self._control.most_at_once, self._at_once)
        try:
            if self._latency:
                await asyncio.sleep(self._latency)
            answer = self._site.answer(question)
            if answer.delay:
                await asyncio.sleep(answer.delay)
            await (_hang_up(send) if answer.is_lost else _send(answer, send))
        finally:
            self._at_once -= 1


async def _question(scope: dict[str, Any], receive: Receive) -> Question | None:
    """None where whoever asked was gone before all of it was taken in."""
    body = b""
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            return None
        body += event.get("body", b"")
        if not event.get("more_body"):
            break
    headers = {
        name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
    }
    query = query_of(scope["query_string"].decode("latin-1"))
    return Question(scope["method"], unquote(scope["path"]), query, headers, body)


async def _hang_up(send: Send) -> None:
    """Close the connection without a byte: ASGI has no word for it, uvicorn's transport has."""
    cycle: Any = getattr(send, "__self__", None)
    cycle.transport.abort()
    while not cycle.disconnected:
        await asyncio.sleep(0)


async def _send(answer: Answer, send: Send) -> None:
    headers = [
        (name.lower().encode(), value.encode("latin-1")) for name, value in answer.headers.items()
    ]
    if answer.status != 204:
        headers.append((b"content-length", str(len(answer.body)).encode()))
    if answer.content_type:
        headers.append((b"content-type", answer.content_type.encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    body = answer.body[: len(answer.body) - answer.short_by]
    # Too few bytes for what was announced: uvicorn then closes the connection.
    await send({"type": "http.response.body", "body": body})
