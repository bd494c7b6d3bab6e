"""`make faults`: the whole campaign; a table, and one JSON object as the last line."""

import os
import signal
import sys
import time

from hhcportal.run.steps import say
from tests.faults.campaign import FULL, campaign


def main() -> int:
    # However it is ended, what it started ends with it.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.default_int_handler)
    seed = int(os.environ.get("SEED") or time.time())
    say(f"  SEED={seed}")
    told = campaign(FULL, seed)
    say(told.table())
    for note in told.notes[:50]:
        say(f"  {note}")
    say(told.json(seed=seed, seeds=FULL.seeds))
    return int(told.counted.amiss())


if __name__ == "__main__":
    sys.exit(main())
