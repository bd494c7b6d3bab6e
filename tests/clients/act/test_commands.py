"""An Act! office from `connect` to the phone, as its people run it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from clients.agent.act.sync_set import SENTENCES
from tests.act.office import Office
from tests.clients.act.desk import RULES, expected, files_of, shown
from tests.clients.program import Account, Client, Phone


@pytest.fixture
def office() -> Iterator[Office]:
    with Office(contacts=100) as office:
        yield office


def connected(account: Account, office: Office, rules: str = RULES) -> Client:
    """An agent that knows the office."""
    agent = Client("clients.agent", account.folder / "agent")
    account.pair(agent, "server")
    (agent.data_dir / "rules.toml").write_text(rules, encoding="utf-8")
    words = ("--act-url", office.url, "--act-database", office.database, "--act-user", office.user)
    agent.run("connect", *words, typed=office.password + "\n")
    return agent


def held(phone: Phone, kinds: set[str]) -> dict[tuple[str, str], dict[str, object]]:
    return {
        (kind, id): record["data"] for kind in kinds for id, record in phone.records(kind).items()
    }


def test_from_connect_to_the_phone(account: Account, office: Office) -> None:
    canaries = [one["canary"] for one in office.do("canaries", count=30)["canaries"]]
    agent = connected(account, office)
    reviewed = agent.run("review", "--json").answer
    assert agent.status()["records"] == {}
    told = agent.run("run", "--once", "--json")
    assert told.answer["sent"] == sum(reviewed["travels"].values())
    status = agent.status()
    assert status["records"] == reviewed["travels"]
    assert status["last_run"]["error"] is None
    assert status["act"]["failed"] == []
    phone = account.phone("phone")
    phone.sync_until(lambda: phone.status()["records"] == reviewed["travels"])
    wanted = expected(office, datetime.now(UTC))
    assert shown(held(phone, {kind for kind, _ in wanted}), wanted) == wanted

    [first, second, *_] = [id for kind, id in wanted if kind == "contact"]
    office.change("contact", first, businessPhone="030 1234567")
    office.turn_private("contact", second, own=True)
    agent.run("run", "--once")
    [found] = agent.run("explain", second, "--json").answer["found"]
    assert (found["office"], found["stays"]) == ("home", SENTENCES["private"])
    wanted = expected(office, datetime.now(UTC))
    phone.sync_until(lambda: phone.status()["records"] == agent.status()["records"])
    assert shown(held(phone, {kind for kind, _ in wanted}), wanted) == wanted
    everything = files_of(account.folder) + told.out.encode() + told.err.encode()
    assert [canary for canary in canaries if canary.encode() in everything] == []
    assert office.password.encode() not in files_of(phone.data_dir)
