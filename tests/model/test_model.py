"""Runs of the model: in this process with time at will, and over sockets with real workers."""

import os
from collections import Counter
from collections.abc import Callable
from typing import Any, cast

import pytest
import redis
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from tests.model.machine import Machine, MachineInTime
from tests.model.world import in_process, over_sockets
from tests.stack import Stack

LONG_FIGURES = "LONG_FIGURES" in os.environ
RUNS, STEPS = (200, 50) if LONG_FIGURES else (30, 30)
RUNS_OVER_SOCKETS = 20 if LONG_FIGURES else 2
# Without these happening at all, a run would prove little.
HAVE_TO_HAPPEN = {
    "a page was cut",
    "a page was cut in a full read",
    "acknowledged an old cursor",
    "replaced before somebody acknowledged it",
    "redelivered: stale",
    "a key repeated",
    "a snapshot was committed",
    "a stub was made",
    "a delete or stub was forgotten",
    "a reader was marked for what it lost",
    "an edit expired",
    "somebody waits to be woken",
    "rare: a new epoch",
    "rare: another server",
    "rare: suspended",
    "redelivered: the mailbox had forgotten it",
    "used a foreign cursor",
    "used a stranger's cursor",
    "looked up a stranger's batches",
    "used a stranger's snapshot",
    "a device lost its state",
    "a device joined late",
    "a device was unpaired",
    "a device was revoked",
    "a device was erased",
}
if LONG_FIGURES:  # too rare for a few runs
    HAVE_TO_HAPPEN.add("redelivered: a stub got its letter back")

Tell = Callable[[str, object], None]


def run(
    machine: Callable[[Counter[str]], RuleBasedStateMachine], runs: int, steps: int, tell: Tell
) -> Counter[str]:
    """Run it; what happened, which is also told at the end of the test session."""
    tally: Counter[str] = Counter()
    try:
        run_state_machine_as_test(
            cast("type[RuleBasedStateMachine]", lambda: machine(tally)),  # any factory will do
            settings=settings(
                max_examples=runs,
                stateful_step_count=steps,
                deadline=None,
                print_blob=True,
                derandomize=not LONG_FIGURES,
                # Making a failure small takes minutes: a long run has them.
                phases=tuple(Phase) if LONG_FIGURES else (Phase.generate,),
                suppress_health_check=list(HealthCheck),
            ),
        )
    finally:
        tell("figures", "\n".join(f"{n:6} × {what}" for what, n in tally.most_common()))
    return tally


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("unlimited")
def test_the_mailbox_does_what_its_model_does(record_property: Tell) -> None:
    with in_process() as world:
        tally = run(lambda tally: MachineInTime(world, tally), RUNS, STEPS, record_property)
    assert tally.keys() >= HAVE_TO_HAPPEN


def asked(url: str) -> dict[str, Any]:
    with redis.Redis.from_url(url, socket_timeout=5) as client:
        return cast("dict[str, Any]", client.info("server"))


def test_real_workers_have_the_broker_that_is_tested(stack: Stack) -> None:
    """What REDIS_URL names in a leg that names old services: no newer one stands in for it."""
    urls = (os.environ["REDIS_URL"], stack.environment["REDIS_URL"])
    tested, theirs = (
        [told.get(word) for word in ("redis_version", "valkey_version")]
        for told in map(asked, urls)
    )
    assert theirs == tested, "REDIS_PROGRAM has to name the program that serves REDIS_URL"


def test_the_same_holds_over_sockets_with_real_workers(stack: Stack, record_property: Tell) -> None:
    with over_sockets(stack) as world:
        run(lambda tally: Machine(world, tally), RUNS_OVER_SOCKETS, STEPS, record_property)
