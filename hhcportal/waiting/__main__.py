"""Serves the waiting process: `python -m hhcportal.waiting --port 8001`."""

import argparse
import asyncio
import os
import resource
import socket
from collections.abc import Callable

import django
import uvicorn

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hhcportal.settings")
os.environ.setdefault("DATABASE_POOL", "1")

# Whoever is not answered by then is cut off, and comes again.
LAST_ANSWERS_SECONDS = 4


class Server(uvicorn.Server):
    """Answers whoever waits before it closes: left alone they would sit until their time is up."""

    def __init__(self, config: uvicorn.Config, close: Callable[[], None]) -> None:
        super().__init__(config)
        self._close = close

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._close()
        await super().shutdown(sockets)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m hhcportal.waiting", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8001)
    words = parser.parse_args()
    django.setup()
    from hhcportal import demands, shared_numbers

    shared_numbers.share()
    from hhcportal.waiting.application import Application

    demands.insist()
    # A connection each, and a shell's usual limit is 1,024 files.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    application = Application()
    config = uvicorn.Config(
        application,
        host=words.host,
        port=words.port,
        http="httptools",
        loop="uvloop",
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        # Django reads who asks from what the proxy wrote, as in every process.
        proxy_headers=False,
        # The proxy lets go of an idle connection first, so that no request meets a closed one.
        timeout_keep_alive=75,
        timeout_graceful_shutdown=LAST_ANSWERS_SECONDS,
        backlog=4096,
    )
    asyncio.run(Server(config, application.room.close).serve())


if __name__ == "__main__":
    main()
