"""Listening to the bell: one connection to Redis for the whole process."""

import asyncio
import logging
from collections.abc import Callable

from redis.asyncio import Redis

from sync.bell import CHANNEL

logger = logging.getLogger(__name__)

COME_BACK_SECONDS = 1.0
# A connection that is silent for as long is asked whether it lives, and given up after as long
# again: a Redis whose machine vanished closes nothing.
SILENT_SECONDS = 5.0


async def listen_for_ever(url: str, heard: Callable[[int], None]) -> None:
    """Call `heard` with each account id that is told. Redis away: come back until it answers.

    What was told meanwhile is lost here, and found by the look that everybody takes anyway.
    """
    away = False
    while True:
        try:
            await _listen(url, heard)
        except Exception as error:  # noqa: BLE001 (whatever it is, nothing may end this)
            if not away:
                logger.warning("the bell is not heard: %s", type(error).__name__)
            away = True
        else:
            away = False
        await asyncio.sleep(COME_BACK_SECONDS)


async def _listen(url: str, heard: Callable[[int], None]) -> None:
    """Return where the connection falls silent."""
    client = Redis.from_url(url, socket_connect_timeout=SILENT_SECONDS, socket_timeout=None)
    async with client, client.pubsub() as line:
        await line.subscribe(CHANNEL)
        asked = False
        while True:
            said = await line.get_message(timeout=SILENT_SECONDS)
            if said is None:
                if asked:
                    return
                await line.ping()
            asked = said is None
            if said is not None and said["type"] == "message":
                for account_id in said["data"].split():
                    heard(int(account_id))
