"""The health that lists show follows the findings, by sweeps alone."""

import pytest

from accounts.staff import Standing
from tests.admin.desk import ACCOUNTS, Agent
from tests.office import Office, another_session, manage, put, said, sweep_all


@pytest.fixture
def looker(support_groups: None) -> Agent:
    return Agent(Standing.LOOK)


@pytest.fixture
def settled(office: Office) -> Office:
    """Everything has arrived."""
    office.server.deliver(put("first"))
    return office


def listed(looker: Agent, severity: str) -> set[str]:
    return looker.listed(f"trouble={severity}")


def test_trouble_comes_into_the_list_and_goes(settled: Office, looker: Agent) -> None:
    phone = settled.device()
    phone.collect()
    sweep_all()
    assert listed(looker, "critical") == listed(looker, "warning") == set()
    settled.age("3h")
    sweep_all()
    assert listed(looker, "critical") == {settled.number}
    assert "Act! server silent" in looker.read(ACCOUNTS)
    settled.server.mailbox()
    sweep_all()
    assert listed(looker, "critical") == set()
    settled.server.deliver(put("first", 2))
    sweep_all()
    assert listed(looker, "warning") == {settled.number}
    phone.collect()
    assert listed(looker, "warning") == {settled.number}  # no request pays for it
    sweep_all()
    assert listed(looker, "warning") == set()


def test_what_people_do_is_seen_by_the_next_sweep(settled: Office, looker: Agent) -> None:
    sweep_all()
    manage("set_state", settled.number, "suspended")
    sweep_all()
    assert listed(looker, "critical") == {settled.number}
    manage("set_state", settled.number, "active")
    sweep_all()
    assert listed(looker, "critical") == set()


def test_a_failed_sync_is_seen_by_the_next_sweep(settled: Office, looker: Agent) -> None:
    sweep_all()
    session = said(settled.server.post("/sessions", {"reason": "manual"}), 201)["session"]
    body = {"result": "failed", "error": {"code": "mass-delete-held"}}
    said(settled.server.post(f"/sessions/{session}/finish", body))
    sweep_all()
    assert listed(looker, "critical") == {settled.number}


def test_time_alone_brings_trouble(settled: Office, looker: Agent) -> None:
    """An account that nothing happens to is due when its server's grace is over."""
    sweep_all()
    assert listed(looker, "critical") == set()
    settled.age("61m")
    sweep_all()
    assert listed(looker, "critical") == {settled.number}


def test_a_sweep_twice_is_a_sweep_once(settled: Office) -> None:
    sweep_all()
    settled.device().get("/mailbox")
    assert manage("sweep")["accounts-checked"] >= 1
    assert manage("sweep")["accounts-checked"] == 0


@pytest.mark.django_db(transaction=True)
def test_what_another_sweep_looks_at_is_left_to_it() -> None:
    mine, others = Office(), Office()
    sweep_all()
    for account in (mine, others):
        account.age("3h")
    with another_session() as sweep:
        sweep.execute(
            "SELECT FROM sync_accounthealth h JOIN accounts_account a ON a.id = h.account_id"
            " WHERE a.number = %s FOR UPDATE OF h",
            [others.number],
        )
        assert manage("sweep")["accounts-checked"] == 1
    assert manage("sweep")["accounts-checked"] == 1
    assert manage("sweep")["accounts-checked"] == 0
