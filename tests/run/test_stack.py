"""The stack that other tests stand on is the real program, and takes what they do to it."""

import httpx

from hhcportal.run.processes import wait_until
from tests.stack import Stack


def ready(stack: Stack) -> bool:
    try:
        return httpx.get(f"{stack.url}/readyz", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def test_a_command_reaches_the_database_of_the_stack(stack: Stack) -> None:
    words = ("--email", "stack@example.com", "--password", "long enough to pass")
    number = stack.manage("create_account", "Stack", *words)["account"]
    assert stack.manage("account_status", number)["account"]["number"] == number


def test_a_killed_web_comes_back(stack: Stack) -> None:
    before = stack.kill("web")
    assert wait_until(lambda: stack.pids().get("web", before) != before, 20)
    assert wait_until(lambda: ready(stack), 20)


def test_the_web_serves_without_the_broker(stack: Stack) -> None:
    before = stack.pids()
    stack.stop_valkey()
    try:
        assert ready(stack)
    finally:
        stack.start_valkey()
    assert stack.pids() == before
