"""Runs of the model: in this process with time at will, and over sockets with real workers."""

import os
import sys
from collections import Counter
from collections.abc import Callable
from typing import cast

import pytest
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
}


def run(machine: Callable[[], RuleBasedStateMachine], runs: int, steps: int) -> None:
    run_state_machine_as_test(
        cast("type[RuleBasedStateMachine]", machine),  # any factory will do
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


def show(tally: Counter[str]) -> None:
    """What happened, the most frequent first; pytest prints it with -rP or -s."""
    for what, count in tally.most_common():
        sys.stdout.write(f"{count:6} × {what}\n")


@pytest.mark.django_db(transaction=True)
def test_the_mailbox_does_what_its_model_does() -> None:
    tally: Counter[str] = Counter()
    with in_process() as world:
        run(lambda: MachineInTime(world, tally), RUNS, STEPS)
    show(tally)
    assert tally.keys() >= HAVE_TO_HAPPEN


def test_the_same_holds_over_sockets_with_real_workers(stack: Stack) -> None:
    tally: Counter[str] = Counter()
    with over_sockets(stack) as world:
        run(lambda: Machine(world, tally), RUNS_OVER_SOCKETS, STEPS)
    show(tally)
