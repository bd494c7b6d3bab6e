"""Faults of Act! that a journey meets."""

import os

from tests.act.office import Office

LONG_FIGURES = "LONG_FIGURES" in os.environ
READS = "GET /api/*"
EVERYTHING = "* /api/*"
# Neither several reads in one POST, nor a search by ids in one.
WRITES = "[!G]* /api/[!$s]*"


def plan(office: Office, what: str, route: str, *, nth: int, seed: int, by_chance: str) -> None:
    """At two of a hundred requests of `by_chance`, and at the `nth` of `route` in any case."""
    office.plan(what, route, nth=nth, seconds=0.2)
    if what != "too-many" or LONG_FIGURES:
        office.plan(what, by_chance, percent=2, seed=seed, seconds=0.2)
        return
    # Each of these is waited for until the minute is over: one alone, shortly before.
    office.do("rate", limit=10**6)
    office.do("clock", seconds=57 - office.ask("state")["now"] % 60)
