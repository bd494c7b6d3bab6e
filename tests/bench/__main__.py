"""`make bench`: how fast the mailbox is, beside yardsticks measured in the same run.

The program runs as `make run` starts it (durable PostgreSQL, two web processes, one worker of
two) in a folder of its own; the load comes from this process over real HTTP. Rounds of the
program and of its yardstick alternate, so that a machine whose speed drifts slows both. Prints
a table, and one JSON object as the last line. A ratio is the program's speed divided by the
yardstick's, of the medians.
"""

import json
import sys
from collections.abc import Callable
from statistics import median

from hhcportal.run.steps import say
from tests.bench import act
from tests.bench.polling import Polling
from tests.bench.pulling import Pulling
from tests.bench.pushing import Pushing
from tests.bench.rig import Rig, rig

ROUNDS = 5


def main() -> int:
    with rig() as running:
        pushing = Pushing(running)
        push, push_yard = alternate(pushing.program, pushing.yardstick)
        visible = pushing.visible_ms()
        pulling = Pulling(running)
        pull, pull_yard = alternate(pulling.program, pulling.yardstick)
        with Polling(running) as polling:
            poll, poll_yard = alternate(polling.program, polling.yardstick)
            walls = {
                "push": beside_no_wall(running, pushing.program),
                "pull": beside_no_wall(running, pulling.program),
                "poll": beside_no_wall(running, polling.program),
            }
        reading = act.measure(running)
    row("pushed until readable", "records/s", push, push_yard)
    row("pulled", "records/s", pull, pull_yard)
    row("polled", "requests/s", poll, poll_yard)
    say(f"{'from 202 to readable':24} {median(visible):10.1f} ms, median of {len(visible)}")
    for name, (up, down) in walls.items():
        say(f"{f'{name}, wall up to wall down':24} {ratio(up, down):10.3f}")
    say(
        json.dumps(
            {
                "push_ratio": ratio(push, push_yard),
                "pull_ratio": ratio(pull, pull_yard),
                "poll_ratio": ratio(poll, poll_yard),
                "visible_ms_p50": round(median(visible), 1),
                **{f"{name}_wall_ratio": ratio(*pair) for name, pair in walls.items()},
                **reading,
            }
        )
    )
    return 0


def alternate(
    program: Callable[[], float], yardstick: Callable[[], float]
) -> tuple[list[float], list[float]]:
    """One round of each to warm up, then ROUNDS of each in turn."""
    program(), yardstick()
    pairs = [(program(), yardstick()) for _ in range(ROUNDS)]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def beside_no_wall(running: Rig, program: Callable[[], float]) -> tuple[list[float], list[float]]:
    """The program behind row-level security, and without it."""

    def walled(up: str) -> float:
        running.manage("wall", up)
        return program()

    try:
        return alternate(lambda: walled("up"), lambda: walled("down"))
    finally:
        running.manage("wall", "up")


def ratio(program: list[float], yardstick: list[float]) -> float:
    return round(median(program) / median(yardstick), 3)


def row(what: str, unit: str, program: list[float], yardstick: list[float]) -> None:
    spread = f"{min(program):,.0f} to {max(program):,.0f}"
    say(
        f"{what:24} {median(program):10,.0f} {unit} ({spread});"
        f" yardstick {median(yardstick):,.0f}; ratio {ratio(program, yardstick)}"
    )


if __name__ == "__main__":
    sys.exit(main())
