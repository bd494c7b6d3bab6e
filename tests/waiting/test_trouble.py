"""What happens to the process that waits, to Redis and to those who hang up, while many wait."""

import asyncio
import os
import signal
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest
from prometheus_client.parser import text_string_to_metric_families

from hhcportal.run.postgres import conninfo
from hhcportal.run.processes import wait_until
from tests.stack import METRICS_TOKEN, Stack
from tests.waiting.conftest import Connect, Office
from tests.waiting.crowd import Crowd
from tests.waiting.offices import Account, open_offices
from tests.waiting.own import Waiting, waiting_process
from tests.waiting.program import A_WHILE, CALLED_WITHIN, put

MANY = 500
WITHIN = 60.0
LOOKERS = 4  # both kinds together


@pytest.fixture(scope="module")
def crowded(stack: Stack) -> Account:
    """An account with many devices."""
    [account] = open_offices(stack.environment, accounts=1, devices=MANY)
    return account


@pytest.fixture(scope="module")
def own(stack: Stack) -> Iterator[Waiting]:
    """A process that looks often."""
    with waiting_process(stack, LOOK_SECONDS="2") as running:
        yield running


def connections(stack: Stack) -> int:
    """How many the whole program has to its database."""
    with psycopg.connect(conninfo(stack.environment["DATABASE_URL"])) as own:
        found = own.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        ).fetchone()
    return int(found[0]) if found else 0


def test_a_killed_process_with_many_waiting_costs_nobody_a_change(
    stack: Stack, crowded: Account, connect: Connect
) -> None:
    """They wait in the process that the supervisor keeps, behind the proxy, and come again."""
    port = urlsplit(stack.url).port or 0
    server = connect(stack.url, crowded.server)
    before = connections(stack)

    async def meanwhile(crowd: Crowd) -> None:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(3 * A_WHILE)
        assert crowd.answered == 0
        held = await loop.run_in_executor(None, connections, stack)
        assert held - before <= LOOKERS, "whoever waits holds no connection"
        pid = stack.kill("waiting")
        again = lambda: stack.pids().get("waiting", pid) != pid  # noqa: E731
        assert await loop.run_in_executor(None, wait_until, again, WITHIN)
        await loop.run_in_executor(None, server.push, put("a", 1))

    crowd = Crowd(port, [device.token for device in crowded.devices])
    crowd.run(meanwhile, WITHIN)
    assert crowd.answered == MANY
    # The one 5xx that the contract knows, or a connection that broke off.
    assert set(crowd.met) <= {"503", "ConnectionError", "ConnectionResetError"}


def test_without_redis_a_change_is_found_by_looking(
    stack: Stack, account: Account, own: Waiting, connect: Connect
) -> None:
    server = connect(stack.url, account.server)
    waits = [connect(own.url, device).wait() for device in account.devices]
    stack.stop_valkey()
    try:
        server.push(put("a", 1))
        stack.manage("sweep")
        assert [wait.mailbox()["waiting"]["total"] for wait in waits] == [1, 1]
    finally:
        stack.start_valkey()


def test_a_process_that_ends_answers_whoever_waits(
    account: Account, own: Waiting, connect: Connect
) -> None:
    wait = connect(own.url, account.devices[0]).wait()
    assert wait.waits
    os.kill(own.pid, signal.SIGTERM)
    assert wait.mailbox()["waiting"]["total"] == 0
    assert wait_until(lambda: own.child.code is not None, WITHIN)


def test_the_bell_is_heard_again_when_redis_comes_back(stack: Stack, office: Office) -> None:
    stack.stop_valkey()
    stack.start_valkey()
    version = 0

    def called() -> bool:
        nonlocal version
        version += 1
        wait = office.phone.wait(5)
        office.server.push(put("a", version))
        came = wait.mailbox()["waiting"]["total"] == 1
        office.phone.collect()
        return came and wait.took < 4.5  # not by the look at its end

    assert wait_until(called, WITHIN)


def waiting_peers(stack: Stack) -> float:
    """How many programs wait, as the running program tells."""
    answer = httpx.get(f"{stack.url}/metrics", headers={"Authorization": f"Bearer {METRICS_TOKEN}"})
    families = {family.name: family for family in text_string_to_metric_families(answer.text)}
    return sum(sample.value for sample in families["mailbox_waiting_peers"].samples)


def test_who_hangs_up_is_not_answered(stack: Stack, account: Account, connect: Connect) -> None:
    """A command stays new until somebody is there to hear it."""
    phone = account.devices[0]
    assert wait_until(lambda: waiting_peers(stack) == 0, WITHIN)
    with socket.create_connection(("127.0.0.1", urlsplit(stack.url).port or 0)) as line:
        line.sendall(
            b"GET /api/v1/mailbox?wait=55 HTTP/1.1\r\nHost: x\r\n"
            b"Authorization: Bearer %s\r\n\r\n" % phone.token.encode()
        )
        assert wait_until(lambda: waiting_peers(stack) == 1, WITHIN)
    assert wait_until(lambda: waiting_peers(stack) == 0, WITHIN)
    stack.manage("command", account.number, phone.id, "sync-now")
    wait = connect(stack.url, phone).wait(30)
    assert [command["do"] for command in wait.mailbox()["commands"]] == ["sync-now"]
    assert wait.took < CALLED_WITHIN, "it was new still"


def test_a_wait_behind_the_proxy_counts_as_contact(stack: Stack, office: Office) -> None:
    stack.manage("age", office.number, "--by", "3h")
    assert office.phone.wait().waits
    peers = stack.manage("account_status", office.number)["peers"]
    states = {peer["peer"]: peer["presence"] for peer in peers}
    assert states[office.phone.id] == "awake"
    assert states[office.tablet.id] == "asleep"


def test_wrong_codes_are_counted_against_the_address_that_the_proxy_saw(stack: Stack) -> None:
    """Whatever a client writes: each try claims to come from elsewhere."""
    code = {"code": "ZZZZ-ZZZZ", "name": "x", "install_id": "2b1f0a5e-7c1d-4c35-9b52-0f3d0c9f6a11"}
    # An address of this machine that no other test comes from.
    with httpx.Client(transport=httpx.HTTPTransport(local_address="127.0.0.9")) as client:
        told = [
            client.post(
                f"{stack.url}/api/v1/pairings", json=code, timeout=30.0,
                headers={"X-Forwarded-For": f"203.0.113.{number}"},
            ).status_code
            for number in range(21)
        ]  # fmt: skip
    assert told == [404] * 20 + [429]
    assert httpx.post(f"{stack.url}/api/v1/pairings", json=code).status_code == 404
