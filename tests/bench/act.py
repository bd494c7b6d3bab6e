"""`python -m tests.bench.act`: how an agent reads Act!, beside a client that does nothing else.

An agent as people start it brings a made-up office to the program, which runs as `make run` starts
it. The yardstick asks Act! alone, for the very same, two requests at a time. `--contacts` makes
the office of the first syncs smaller, `--records` that of the memory. Prints a table, and one JSON
object as the last line.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from statistics import median

from hhcportal.run.steps import say
from hhcportal.run.temporary import temporary_folder
from tests.act.office import Office
from tests.act.sizes import sizes
from tests.bench.act_rig import Ran, Request, ask_alone, fresh_agent, requests_of
from tests.bench.rig import Rig, rig
from tests.clients.act.desk import YEAR, Desk

LATENCY_MS = 150
CONTACTS = 17_500
"""As in the journey: with what belongs to them 53,000 records."""

ROUNDS = 1
RECORDS = 100_000
KINDS = 9
TENFOLD = 10
KILLED_AT = (0.5,)
APART = ("secondary-contacts", "associated-contacts", "$batch")
"""What goes around without an edit: whose secondary contacts, and who is in which group."""


@dataclass(frozen=True)
class Figures:
    """What was found: ratios by their names, and lines for a person."""

    ratios: dict[str, float]
    lines: list[str]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--contacts", type=int, default=CONTACTS, help="of the first syncs")
    parser.add_argument("--records", type=int, default=RECORDS, help="of the memory's larger half")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="of the first syncs")
    parser.add_argument("--only", choices=PARTS, help="one part of it")
    words = parser.parse_args()
    with rig() as running:
        size = Size(words.contacts, words.records, words.rounds)
        found = measure(running, size, [words.only] if words.only else PARTS)
    say(json.dumps(found))
    return 0


@dataclass(frozen=True)
class Size:
    """Contacts of the first syncs, their rounds, and the records of the memory's larger half."""

    contacts: int = CONTACTS
    records: int = RECORDS
    rounds: int = ROUNDS


def measure(running: Rig, size: Size = Size(), parts: Iterable[str] = ()) -> dict[str, float]:
    """The ratios by their names, on a running program; tells a line about each."""
    ratios: dict[str, float] = {}
    for name in parts or PARTS:
        found = PARTS[name](running, size)
        for line in found.lines:
            say(line)
        ratios |= found.ratios
    return ratios


def first(running: Rig, size: Size, latency: int) -> Figures:
    """First syncs until readable, in turn with the same requests alone."""
    runs, alone = [], []
    with Office("--latency-ms", str(latency), contacts=size.contacts) as office:
        for _ in range(size.rounds):
            with fresh_agent(running, office) as agent:
                runs.append(agent.run())
            alone.append(ask_alone(office, runs[-1].requests))
    shares = [seconds / run.seconds for run, seconds in zip(runs, alone, strict=True)]
    rate = median(run.rate for run in runs)
    asked = len(runs[0].requests)
    return Figures(
        {"act_first_ratio" if latency else "act_first_ratio_at_once": round(median(shares), 3)},
        [
            f"first sync at {latency} ms: {runs[0].records:,} records, {asked:,} requests:"
            f" {rate:,.0f} records/s, {median(run.seconds for run in runs):.1f} s"
            f" (agent's CPU {median(run.cpu for run in runs):.1f} s);"
            f" the requests alone {median(alone):.1f} s; ratios {_spread(shares)}"
        ],
    )


def again(_: Rig, size: Size) -> Figures:
    """What a sync without changes asks, and what a sweep weighs."""
    with (
        Office(contacts=size.contacts) as office,
        temporary_folder("mailbox-bench-desk-") as places,
    ):
        desk = Desk(office, places.var, YEAR)
        try:
            reads = {
                "first": _asked(desk, office),
                "idle": _asked(desk, office),
                "sweep": _asked(desk, office, hours=7),
            }
        finally:
            desk.close()
    idle, apart = _split(reads["idle"])
    full = [one for one in _split(reads["first"])[0] if "$select" not in one.query]
    whole = sum(one.bytes for one in full)
    swept = sum(one.bytes for one in _split(reads["sweep"])[0])
    return Figures(
        {
            "act_idle_requests": round(len(idle) / KINDS, 3),
            "act_sweep_ratio": round(swept / whole, 3),
        },
        [
            f"idle sync: {len(idle)} requests for {KINDS} kinds, and {len(apart)} for secondary"
            " contacts and members of groups",
            f"sweep: {swept / 1e6:.2f} MB beside a full read of {whole / 1e6:.2f} MB",
        ],
    )


def resumed(running: Rig, size: Size) -> Figures:
    """The requests of a first sync that is killed on its way and run again."""
    with Office(contacts=size.contacts) as office:
        with fresh_agent(running, office) as agent:
            whole = len(agent.run().requests)
        ratios = []
        for share in KILLED_AT:
            with fresh_agent(running, office) as agent:
                killed = len(agent.run_killed(round(share * whole)))
                rest = len(agent.run().requests)
            ratios.append((killed + rest) / whole)
    return Figures(
        {"act_resume_ratio": round(max(ratios), 3)},
        [
            f"first sync killed at {', '.join(f'{share:.0%}' for share in KILLED_AT)}:"
            f" {_spread(ratios)} times the {whole:,} requests of one that is not"
        ],
    )


def memory(running: Rig, size: Size) -> Figures:
    """The agent's peak at so many records beside that at a tenth of them."""
    few, many = (_weighed(running, n) for n in (size.records // TENFOLD, size.records))
    return Figures(
        {"act_rss_growth": round(many.megabytes / few.megabytes, 3)},
        [
            f"agent's peak memory: {run.megabytes:.0f} MB at {run.records:,} records"
            f" ({run.rate:,.0f} records/s)"
            for run in (few, many)
        ],
    )


def _weighed(running: Rig, records: int) -> Ran:
    share = CONTACTS / sum(sizes(CONTACTS).by_kind.values())
    with (
        Office(contacts=round(records * share)) as office,
        fresh_agent(running, office) as agent,
    ):
        return agent.run()


def _asked(desk: Desk, office: Office, hours: float = 0) -> list[Request]:
    desk.restart()
    desk.pass_time(hours=hours)
    office.do("reset")
    desk.read_well()
    return requests_of(office)


def _split(requests: list[Request]) -> tuple[list[Request], list[Request]]:
    """The requests, and those that go around whatever was changed."""
    apart = [one for one in requests if any(word in one.path for word in APART)]
    return [one for one in requests if one not in apart], apart


def _spread(ratios: list[float]) -> str:
    return ", ".join(f"{ratio:.3f}" for ratio in ratios)


PARTS: dict[str, Callable[[Rig, Size], Figures]] = {
    "first": partial(first, latency=LATENCY_MS),
    "first-at-once": partial(first, latency=0),
    "again": again,
    "resumed": resumed,
    "memory": memory,
}


if __name__ == "__main__":
    sys.exit(main())
