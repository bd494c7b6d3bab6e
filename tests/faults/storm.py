"""Faults by chance: drawn by weight, at random moments, two of them at once."""

import math
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

from tests.faults.kinds import FAULTS, Fault
from tests.faults.rounds import Round, Script

HANDS = 2
KILLS = 0.25  # at least this part of the faults ends a process
GAP = 1.5
LAST = 2


def storm(faults: int) -> Script:
    """So many faults; the last of them come when the round has its batches."""

    def script(playing: Round) -> None:
        drawn = _draw(playing.chance, faults)
        last = min(LAST, faults - 1)
        _inflict(playing, drawn[last:])
        playing.wait_for_batches()
        _inflict(playing, drawn[:last])

    return script


def _draw(chance: random.Random, number: int) -> list[Fault]:
    kills = math.ceil(number * KILLS)
    drawn = _weighted(chance, [fault for fault in FAULTS if fault.kills], kills)
    drawn += _weighted(chance, FAULTS, number - kills)
    chance.shuffle(drawn)
    return drawn


def _weighted(chance: random.Random, of: list[Fault], number: int) -> list[Fault]:
    return chance.choices(of, [fault.weight for fault in of], k=number)


def _inflict(playing: Round, faults: list[Fault]) -> None:
    queue, taking = iter(faults), Lock()

    def take() -> Fault | None:
        with taking:
            return next(queue, None)

    def hand(chance: random.Random) -> None:
        for fault in iter(take, None):
            time.sleep(chance.uniform(0, GAP))
            if fault.act(playing.rig, chance):  # else there was nothing to meet
                with taking:
                    playing.told.fault(fault.name, kills=fault.kills)

    with ThreadPoolExecutor(HANDS) as pool:
        hands = [pool.submit(hand, chance) for chance in _chances(playing.chance)]
    for done in hands:
        done.result()


def _chances(chance: random.Random) -> Iterator[random.Random]:
    return (random.Random(chance.random()) for _ in range(HANDS))
