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
# Without Valkey a push is taken as quickly: no slower than chance and a busy machine make it.
PUSHES = ("push_ms_calm", "push_ms_broker_paused", "push_ms_without_broker")
TIMES = 3
MORE_MS = 50


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
    slow = _slow(figures)
    if slow:
        say(f"  {slow}")
    say(json.dumps({"seed": seed, "minutes": round((time.monotonic() - began) / 60), **figures}))
    return int(told.counted.amiss() or bool(short) or bool(slow))


def _slow(figures: dict[str, float]) -> str:
    """What is amiss with how long pushes took; "" where nothing is."""
    calm, *others = took = [figures[name] for name in PUSHES]
    told = ", ".join(f"{name} {figures[name]:g}" for name in PUSHES)
    if not all(took):
        return f"No push was measured: {told}."
    if max(others) > calm * TIMES + MORE_MS:
        return f"A push took longer without Valkey: {told}."
    return ""


if __name__ == "__main__":
    sys.exit(main())
