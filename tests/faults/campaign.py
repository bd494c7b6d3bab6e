"""The campaign: rounds by seeds on one running program."""

import time
from dataclasses import dataclass

from hhcportal.run.steps import say
from tests.faults.rig import rig
from tests.faults.rounds import play
from tests.faults.storm import storm
from tests.faults.told import Told


@dataclass(frozen=True)
class Scale:
    """How many seeds, and what a seed's round has at least."""

    seeds: int
    batches: int
    faults: int


FULL = Scale(seeds=20, batches=530, faults=27)
TENTH = Scale(seeds=2, batches=530, faults=27)
HUNDREDTH = Scale(seeds=1, batches=110, faults=6)


def campaign(scale: Scale, seed: int) -> Told:
    """Play it; a round that finds something amiss is the last."""
    told = Told()
    with rig(seed) as running:
        for nth in range(scale.seeds):
            began = time.monotonic()
            one = play(running, seed + nth, storm(scale.faults), batches=scale.batches)
            told.add(one)
            say(f"  seed {seed + nth}  {time.monotonic() - began:.0f} s  {one.line()}")
            if one.counted.amiss():
                break
    return told
