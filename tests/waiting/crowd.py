"""Hundreds of programs that wait at once, on one event loop."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable

from hhcportal.run.ports import HOST

WAIT = 55
PAUSE = 0.2


async def ask(port: int, token: str, wait: int = WAIT) -> int:
    """One request on a connection of its own; the status. Raises OSError where it breaks off."""
    reader, writer = await asyncio.open_connection(HOST, port, limit=4096)
    try:
        writer.write(
            f"GET /api/v1/mailbox?wait={wait} HTTP/1.1\r\nHost: {HOST}\r\n"
            f"Authorization: Bearer {token}\r\nConnection: close\r\n\r\n".encode()
        )
        line = await reader.readline()
        if not line:
            raise ConnectionError("no answer")
        return int(line.split()[1])
    finally:
        writer.close()


class Crowd:
    """All of them, each waiting until it is answered 200; `met` counts all else they met."""

    def __init__(self, port: int, tokens: list[str]) -> None:
        self._port = port
        self._tokens = tokens
        self.met: Counter[str] = Counter()
        self.answered = 0

    def run(self, meanwhile: Callable[["Crowd"], Awaitable[None]], within: float) -> None:
        """Begin to wait, do something meanwhile, and return when all were answered."""

        async def everything() -> None:
            waits = [asyncio.create_task(self._stay(token)) for token in self._tokens]
            await meanwhile(self)
            await asyncio.wait_for(asyncio.gather(*waits), within)

        asyncio.run(everything())

    async def _stay(self, token: str) -> None:
        """What a client does: come again."""
        while True:
            try:
                status = await ask(self._port, token)
            except OSError as error:
                self.met[type(error).__name__] += 1
            else:
                if status == 200:
                    self.answered += 1
                    return
                self.met[str(status)] += 1
            await asyncio.sleep(PAUSE)
