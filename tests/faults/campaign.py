"""The campaign: rounds by seeds, most of them on one running program."""

import time
from dataclasses import dataclass

from hhcportal.run.steps import say
from tests.faults.disk import full_disk, mountable, small_disk
from tests.faults.rig import Rig, rig
from tests.faults.rounds import Script, play
from tests.faults.scenes import in_turn, set_back, with_dead_worker, without_broker
from tests.faults.storm import storm
from tests.faults.told import Told


@dataclass(frozen=True)
class Scale:
    """How many rounds, how many batches each has at least, and how many faults by chance.

    `scenes`: the rounds that end with a fault that takes its time, behind `few` others. The one
    that sets the database back is the last on its program. `disk`: one more on a small disk.
    `visible_within`: after so many seconds without faults what is not with everybody is lost.
    """

    storms: int
    batches: int
    faults: int
    scenes: tuple[Script, ...] = ()
    few: int = 0
    disk: bool = False
    visible_within: float = 60.0

    @property
    def seeds(self) -> int:
        return self.storms + len(self.scenes) + (self.disk and mountable())


SCENES = (without_broker(60), with_dead_worker, set_back)
FULL = Scale(storms=18, batches=510, faults=28, scenes=SCENES, few=12, disk=True)
# Beside other tests: they show that everything comes, the campaign alone shows how soon.
BESIDE_OTHERS = 300.0
TENTH = Scale(
    storms=1,
    batches=260,
    faults=24,
    scenes=SCENES,
    few=9,
    disk=True,
    visible_within=BESIDE_OTHERS,
)
HUNDREDTH = Scale(storms=1, batches=110, faults=6, visible_within=BESIDE_OTHERS)


def campaign(scale: Scale, seed: int) -> Told:
    """Play it; a round that finds something amiss is the last."""
    told = Told()
    seeds = iter(range(seed, seed + scale.seeds))
    storms = [storm(scale.faults)] * scale.storms
    scenes = [in_turn(storm(scale.few), scene) for scene in scale.scenes]
    with rig(seed) as running:
        for script in storms + scenes:
            _play(running, next(seeds), script, scale, told)
    for last in seeds:
        with rig(last, small_disk) as running:
            _play(running, last, in_turn(storm(scale.few), full_disk), scale, told)
    return told


def _play(running: Rig, seed: int, script: Script, scale: Scale, told: Told) -> None:
    if told.counted.amiss():
        return
    began = time.monotonic()
    one = play(running, seed, script, batches=scale.batches, visible_within=scale.visible_within)
    told.add(one)
    say(f"  seed {seed}  {time.monotonic() - began:.0f} s  {one.line()}")
