"""`make faults`: the whole campaign; a table, and one JSON object as the last line."""

import json
import os
import signal
import sys
import time

from hhcportal.run.steps import say
from tests.faults.campaign import FULL, campaign
from tests.faults.disk import mountable

# What a campaign has to have done to say anything.
LEAST = {"seeds": 20, "batches": 10_000, "faults": 500, "kills": 100}


def main() -> int:
    # However it is ended, what it started ends with it.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.default_int_handler)
    seed = int(os.environ.get("SEED") or time.time())
    say(f"  SEED={seed}")
    if not mountable():
        say("  The full disk is left out: a small one can be made on Linux by root only.")
    began = time.monotonic()
    told = campaign(FULL, seed)
    say(told.table())
    for note in told.notes[:50]:
        say(f"  {note}")
    figures = {"seeds": len(told.seconds_to_heal), **told.figures()}
    short = [f"{figures[name]:g} {name}, not {n}" for name, n in LEAST.items() if figures[name] < n]
    if short:
        say(f"  Too little was tried: {'; '.join(short)}.")
    say(json.dumps({"seed": seed, "minutes": round((time.monotonic() - began) / 60), **figures}))
    return int(told.counted.amiss() or bool(short))


if __name__ == "__main__":
    sys.exit(main())
