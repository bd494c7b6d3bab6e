"""The ASGI application: looks in a few threads, and waits without any.

A look is an ordinary request to Django, with the middleware and the view of every other process, so
checks, answers and headers are the same. Between two looks a waiting program costs its connection
and a seat in the room: no thread, and no connection to PostgreSQL.
"""

import asyncio
import io
import logging
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, cast

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.base import BaseHandler
from django.db import Error, connection
from django.http import HttpResponse
from psycopg_pool import PoolTimeout

from accounts import clock
from hhcportal.metrics import WAITING_PEERS
from hhcportal.waiting.listening import listen_for_ever
from sync.api.mailbox import LOOK, NothingYet
from sync.stirring import Waits, stirred
from sync.waiting import Look, Room, Seat

logger = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

# Threads, each with a connection to PostgreSQL while it looks. Who was called looks in threads of
# its own, or it would stand behind the thousands that come at once after a restart. More would
# only contend for the interpreter.
LOOKERS = 2
LOOKERS_CALLED = 2
# So often in the time after which everybody is looked for, so many at most each time.
LOOKED_AROUND = 50
AROUND_AT_ONCE = 500
MAILBOX = "/api/v1/mailbox"


class Application(BaseHandler):
    """Answers `GET /mailbox` as the web processes do, but with `wait` when there is news."""

    def __init__(self) -> None:
        super().__init__()
        self.load_middleware()
        self.room = Room()
        self._lookers = ThreadPoolExecutor(LOOKERS, "look")
        self._called = ThreadPoolExecutor(LOOKERS_CALLED, "called")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["path"] == MAILBOX:
            await self._answer(scope, receive, send)
        elif scope["path"] == "/livez":
            await _send(send, HttpResponse("ok\n", content_type="text/plain"))
        else:
            await _send(send, HttpResponse("not here\n", content_type="text/plain", status=404))

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        tasks = [
            asyncio.create_task(listen_for_ever(settings.REDIS_URL, self.room.ring)),
            asyncio.create_task(self._look_around_for_ever()),
        ]
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for task in tasks:
            task.cancel()
        for pool in (self._lookers, self._called):
            pool.shutdown(wait=False, cancel_futures=True)
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """1. Listen (to everything, from the start), 2. look, 3. wait, 4. look."""
        began, rings = asyncio.get_running_loop().time(), self.room.rings
        look = Look()
        response = await self._look(scope, look, self._lookers)
        if look.caller is not None:
            who = look.caller
            self.room.dismiss(who.peer_id)
            if isinstance(response, NothingYet):
                with (
                    WAITING_PEERS.track_inprogress(),
                    self.room.seat(
                        who.account_id, who.peer_id, rings=rings, seen=look.seen, now=began
                    ) as seat,
                ):
                    hung_up = asyncio.create_task(_leave(receive, seat))
                    try:
                        response = await self._wait(scope, look, seat, began + look.seconds)
                    finally:
                        hung_up.cancel()
                if seat.left:
                    return
        await _send(send, response)

    async def _wait(self, scope: Scope, look: Look, seat: Seat, until: float) -> HttpResponse:
        """Look when called; at the end whatever is there is the answer."""
        loop = asyncio.get_running_loop()
        response: HttpResponse = NothingYet()
        while isinstance(response, NothingYet) and not seat.left:
            with suppress(TimeoutError):
                async with asyncio.timeout_at(until):
                    await seat.called.wait()
            pool = self._called if seat.called.is_set() and not seat.ends else self._lookers
            seat.called.clear()
            seat.looked_at = loop.time()
            look = Look(before=look.seen, last=seat.ends or loop.time() >= until)
            if not seat.left:
                response = await self._look(scope, look, pool)
                seat.seen = look.seen
        return response

    async def _look_around_for_ever(self) -> None:
        """For whom nobody was called for a while, look whether a call was lost: many at once."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(settings.LOOK_SECONDS / LOOKED_AROUND)
            now = loop.time()
            seats = self.room.overlooked(now - settings.LOOK_SECONDS, AROUND_AT_ONCE)
            if not seats:
                continue
            waits = [Waits(peer, seat.seen) for peer, seat in seats.items() if seat.seen]
            try:
                stirred = await loop.run_in_executor(self._lookers, _stirred, waits)
            except (Error, PoolTimeout) as error:
                logger.warning("nobody could be looked for: %s", type(error).__name__)
                continue
            for peer, seat in seats.items():
                seat.looked_at = now
                if peer in stirred:
                    seat.called.set()

    async def _look(self, scope: Scope, look: Look, pool: ThreadPoolExecutor) -> HttpResponse:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(pool, self._look_now, scope, look)

    def _look_now(self, scope: Scope, look: Look) -> HttpResponse:
        request = ASGIRequest(scope, io.BytesIO())
        request.META[LOOK] = look
        response = cast(HttpResponse, self.get_response(request))
        response.close()  # gives the connection to PostgreSQL back
        return response


def _stirred(waits: list[Waits]) -> set[uuid.UUID]:
    try:
        return stirred(waits, now=clock.now())
    finally:
        connection.close()  # gives it back to the pool


async def _leave(receive: Receive, seat: Seat) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    seat.leave()


async def _send(send: Send, response: HttpResponse) -> None:
    headers = [(name.lower().encode(), value.encode()) for name, value in response.items()]
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": response.content})
