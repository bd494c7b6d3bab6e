"""The room where everybody waits: who is called, and that nobody is overlooked."""

import asyncio
import uuid
from collections.abc import Callable, Coroutine
from typing import Any

from sync import waiting
from sync.waiting import Room


def on_loop(test: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    def run() -> None:
        asyncio.run(test())

    run.__name__ = test.__name__
    return run


@on_loop
async def test_who_looked_while_it_rang_looks_again() -> None:
    room = Room()
    rings = room.rings
    room.ring(7)
    with room.seat(7, uuid.uuid4(), rings=rings) as overtaken:
        assert overtaken.called.is_set()
    with room.seat(7, uuid.uuid4(), rings=room.rings) as late:
        assert not late.called.is_set()
    with room.seat(8, uuid.uuid4(), rings=rings) as other:
        assert not other.called.is_set()


@on_loop
async def test_only_the_account_s_own_are_called_and_nobody_is_left_behind() -> None:
    room, peer = Room(), uuid.uuid4()
    with room.seat(7, peer, rings=0) as first, room.seat(8, uuid.uuid4(), rings=0) as other:
        room.ring(7)
        assert first.called.is_set()
        assert not other.called.is_set()
        room.dismiss(peer)
        with room.seat(7, peer, rings=1) as second:
            assert first.ends
            assert not second.ends
            assert len(room) == 2
    assert len(room) == 0
    assert not room._of_account


@on_loop
async def test_a_room_that_closes_sends_everybody_home() -> None:
    room = Room()
    with room.seat(7, uuid.uuid4(), rings=0) as before:
        room.close()
        assert before.ends
        with room.seat(7, uuid.uuid4(), rings=0) as after:
            assert after.ends


@on_loop
async def test_rings_are_forgotten_from_the_oldest_on() -> None:
    room = Room()
    for account in range(waiting.RINGS_KEPT + 5):
        room.ring(account)
    with room.seat(waiting.RINGS_KEPT, uuid.uuid4(), rings=0) as seat:
        assert seat.called.is_set()
    assert len(room._rung) == waiting.RINGS_KEPT
