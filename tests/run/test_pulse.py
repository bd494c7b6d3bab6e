"""A worker or beat that is frozen, not dead: `/readyz` says so, and is well when it goes on."""

import os
import signal

import httpx
import pytest

from hhcportal.run.processes import wait_until
from tests.stack import Stack

THREE_MINUTES = 180.0
LONG_FIGURES = "LONG_FIGURES" in os.environ


def said(stack: Stack) -> str:
    return httpx.get(f"{stack.url}/readyz", timeout=10).text


@pytest.mark.skipif(not LONG_FIGURES, reason="takes two minutes for each")
@pytest.mark.parametrize("name", ["worker", "beat"])
def test_a_frozen_process_turns_it_red_within_three_minutes(stack: Stack, name: str) -> None:
    assert wait_until(lambda: said(stack) == "ok\n", 30)
    with stack.unwatched():
        os.kill(stack.pids()[name], signal.SIGSTOP)
        try:
            frozen = f"{name} has made no progress"
            assert wait_until(lambda: said(stack).startswith(frozen), THREE_MINUTES)
        finally:
            os.kill(stack.pids()[name], signal.SIGCONT)
    assert wait_until(lambda: said(stack) == "ok\n", 60)
