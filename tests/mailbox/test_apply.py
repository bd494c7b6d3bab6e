"""Applying: in order, once, by one at a time; a batch that cannot be applied blocks nobody."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management.base import CommandError
from django.db import connection, connections

from hhcportal.run.processes import wait_until
from tests.mailbox.conftest import ANTIDOTE
from tests.office import (
    Office,
    Program,
    another_session,
    apply_all,
    edit,
    manage,
    put,
    refused,
    said,
    sweep_all,
)
from tests.races.gates import sessions_waiting
from tests.races.race import on_its_own_connection

pytestmark = pytest.mark.django_db(transaction=True)


def state_of(program: Program, batch: str) -> str:
    state: str = said(program.get(f"/batches/{batch}"))["state"]
    return state


def test_a_batch_that_cannot_be_applied_fails_and_blocks_no_longer(
    office: Office, poison: None
) -> None:
    server, phone = office.server, office.device()
    bad = said(server.push(put("poison", 70), put("x")), 202)["batch"]
    good = said(server.push(put("good")), 202)["batch"]
    for _ in range(4):
        apply_all()
        assert (state_of(server, bad), state_of(server, good)) == ("received", "received")
        office.age("10s")
    apply_all()
    office.age("10s")
    apply_all()
    assert (state_of(server, bad), state_of(server, good)) == ("failed", "applied")
    assert [c["id"] for c in phone.collect()] == ["good"]
    assert server.mailbox()["highest_version"] == 70  # accepted, though never applied
    assert [c["do"] for c in server.mailbox()["commands"]] == ["resend-all"]
    assert "batch-failed" in {
        f["code"] for f in manage("account_status", office.number)["findings"]
    }
    sweep_all()
    assert len(server.mailbox()["commands"]) == 1


def fail_for_good(office: Office) -> None:
    for _ in range(6):
        apply_all()
        office.age("10s")


def test_a_devices_failed_batch_is_tried_again_when_asked(office: Office, poison: None) -> None:
    server, phone = office.server, office.device()
    bad = said(phone.push(edit("poison", None), edit("x", None)), 202)["batch"]
    with pytest.raises(CommandError, match="No device"):
        manage("retry", phone.id)  # nothing has failed
    fail_for_good(office)
    assert state_of(phone, bad) == "failed"
    with connection.cursor() as cursor:
        cursor.execute(ANTIDOTE)
    manage("retry", phone.id)
    apply_all()
    assert state_of(phone, bad) == "applied"
    assert [c["id"] for c in server.collect()] == ["poison", "x"]


def test_a_batch_that_is_tried_again_is_not_forgotten(office: Office, poison: None) -> None:
    """The sweep that forgets what failed a month ago comes at that very moment."""
    phone = office.device()
    bad = said(phone.push(edit("poison", None)), 202)["batch"]
    fail_for_good(office)
    office.age("31d")
    with (
        another_session() as retry,
        another_session() as looker,
        ThreadPoolExecutor(1) as pool,
    ):
        looker.autocommit = True
        retry.execute("UPDATE mailbox_batch SET state = 'received', final_at = NULL")
        swept = pool.submit(on_its_own_connection, sweep_all)
        assert wait_until(lambda: swept.done() or sessions_waiting(looker) > 0, 60)
        retry.commit()
        swept.result()
    assert state_of(phone, bad) == "received"


def test_a_servers_failed_batch_is_resent_and_not_tried_again(office: Office, poison: None) -> None:
    bad = said(office.server.push(put("poison")), 202)["batch"]
    fail_for_good(office)
    assert state_of(office.server, bad) == "failed"
    with pytest.raises(CommandError, match="No device"):
        manage("retry", office.server.id)


def test_a_poll_applies_what_the_workers_leave_lying(office: Office) -> None:
    phone = office.device()
    said(office.server.push(put("a")), 202)
    assert phone.mailbox()["waiting"]["total"] == 0
    office.age("21s")
    assert phone.mailbox()["waiting"]["total"] == 1
    said(phone.push(edit("a", 1)), 202)
    office.age("21s")
    assert len(office.server.page()["changes"]) == 1


def test_who_lost_a_deadlock_stays_no_applier(office: Office, deadlock: None) -> None:
    """A web process gives its connection back to a pool, which would go on holding the lock."""
    phone = office.device()
    with ThreadPoolExecutor(4) as pool:  # connections that are there to be taken next
        list(pool.map(on_its_own_connection, [phone.mailbox] * 24))
    said(office.server.push(put("poison")), 202)
    office.age("21s")
    refused(phone.get("/mailbox"), 503, "maintenance")
    with connection.cursor() as cursor:
        cursor.execute(ANTIDOTE)
    with another_session() as other:
        held = other.execute(
            "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
            " WHERE l.locktype = 'advisory' AND d.datname = current_database()"
        )
        assert held.fetchone() == (0,)
    assert phone.mailbox()["waiting"]["total"] == 1


def test_sessions_begun_at_once_leave_one_open(office: Office) -> None:
    phone = office.device()

    def begin(_: int) -> int:
        try:
            return int(phone.post("/sessions", {"reason": "retry"}).status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(begin, range(24))) == {201}


def test_a_push_and_the_end_of_its_sender_never_wait_for_each_other(office: Office) -> None:
    """Neither deadlocks; once the peer has ended, nothing more is accepted."""
    ended = threading.Event()

    def push() -> list[int]:
        statuses: list[int] = []
        try:
            while not ended.is_set() or len(statuses) < 5:
                statuses.append(office.server.push(put("a", len(statuses) + 1)).status_code)
            statuses.append(office.server.push(put("b")).status_code)
        finally:
            connections.close_all()
        return statuses

    with ThreadPoolExecutor(1) as pool:
        pushing = pool.submit(push)
        manage("revoke", office.server.id)
        ended.set()
        statuses = pushing.result()
    assert set(statuses) <= {202, 401}
    assert statuses[-1] == 401


def test_an_erase_is_done_whole_or_not_at_all(office: Office) -> None:
    phone = office.device()
    manage("command", office.number, phone.id, "erase")
    (command,) = phone.mailbox()["commands"]
    done = f"/commands/{command['id']}/done"
    with another_session() as other:
        other.execute("SELECT FROM mailbox_mailbox FOR UPDATE")
        refused(phone.post(done), 503, "maintenance")
    assert [c["do"] for c in phone.mailbox()["commands"]] == ["erase"]
    assert phone.post(done).status_code == 204
    refused(phone.get("/mailbox"), 401, "token-invalid")


def test_many_appliers_have_one_effect(office: Office) -> None:
    """Sweeps at once, while batches arrive: nothing is applied twice, nothing is left."""
    phone, server = office.device(), office.server
    pushed = threading.Event()

    def push() -> int:
        for number in range(30):
            said(server.push(put("same", number + 1), put(f"r{number}")), 202)
        pushed.set()
        return close()

    def sweep() -> int:
        while not pushed.is_set():
            sweep_all()
        return close()

    def close() -> int:
        connections.close_all()
        return 0

    with ThreadPoolExecutor(4) as pool:
        for job in [pool.submit(push), *(pool.submit(sweep) for _ in range(3))]:
            assert job.result() == 0
    apply_all()
    assert phone.mailbox()["waiting"]["total"] == 31
    changes = phone.collect()
    assert len(changes) == 31
    assert (changes[-2]["id"], changes[-2]["version"]) == ("same", 30)


@pytest.mark.usefixtures("unlimited")
def test_counts_equal_a_recount_under_concurrent_use(office: Office) -> None:
    """Acknowledging, replacing and collecting at once: the counts end exact."""
    server = office.server
    devices = [office.device(f"d{n}") for n in range(2)]
    done = threading.Event()

    def write() -> None:
        try:
            for number in range(25):
                server.deliver(*(put(f"r{n % 7}", number * 10 + n + 1) for n in range(10)))
        finally:
            done.set()
            connections.close_all()

    def read(device: Program) -> None:
        try:
            while not done.wait(0.05):
                device.collect(limit=3)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(3) as pool:
        jobs = [pool.submit(write), *(pool.submit(read, device) for device in devices)]
        for job in jobs:
            job.result()
    late = office.device("late")
    for device in devices:
        total = device.mailbox()["waiting"]["total"]
        assert total == len(device.page("?limit=500")["changes"])
        device.collect()
        assert device.mailbox()["waiting"] == {
            "total": 0,
            "oldest": None,
            "since": None,
            "by_kind": {},
        }
    assert {c["id"] for c in late.collect()} == {f"r{n}" for n in range(7)}
