"""What was read goes out while the rest is read, and a kill in the midst of both costs nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.act.office import Office
from tests.clients.act.desk import expected, shown
from tests.clients.act.test_commands import connected, held
from tests.clients.program import PATIENCE, Account
from tests.conftest import LONG_FIGURES
from tests.journeys.line import Moment, line_to

LAST = "GET /api/tasks"


@pytest.fixture
def office() -> Iterator[Office]:
    """Its first 500 records are read long before the last kind is."""
    with Office("--activities", "20", "--series", "2", contacts=250) as office:
        yield office


def is_at(office: Office, route: str) -> bool:
    return route in office.counters()["routes"]


@pytest.mark.parametrize("moment", ["answer", "request"] if LONG_FIGURES else ["answer"])
def test_a_kill_while_a_batch_is_on_its_way_loses_and_doubles_nothing(
    account: Account, office: Office, moment: Moment
) -> None:
    agent = connected(account, office)
    office.do("reset")
    with line_to(account.stack.url) as line, line.halted("POST", "batches", moment) as halt:
        running = agent.start("run", "--once", "--url", line.url)
        halt.wait()
        assert not is_at(office, LAST)
        end = time.monotonic() + PATIENCE
        while not is_at(office, LAST):
            assert time.monotonic() < end, "nothing was read while the batch was on its way"
            time.sleep(0.05)
        running.kill()
        running.communicate(timeout=PATIENCE)
        halt.drop()
    agent.run("run", "--once", "--url", account.stack.url)
    records = agent.status()["records"]
    phone = account.phone("phone")
    received = 0
    while received < sum(records.values()):
        received += phone.sync().answer["received"]
    assert received == sum(records.values())
    wanted = expected(office, datetime.now(UTC))
    assert shown(held(phone, {kind for kind, _ in wanted}), wanted) == wanted
