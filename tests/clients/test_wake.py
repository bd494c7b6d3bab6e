"""A phone in deep sleep: it asks for nothing, and syncs when a push wakes it."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import httpx

from hhcportal.run.ports import free_port
from tests.clients.program import CITIES, Account, Client
from tests.clients.test_watch import running, until


def pushed_to(client: Client, port: int) -> str:
    """The address that the device gave the mailbox, which nobody else knows."""
    kept = json.loads((client.data_dir / "push.json").read_text())
    return f"http://127.0.0.1:{port}{kept['path']}"


def started(phone: Client, port: int) -> None:
    """It has started, and has ended again."""
    with running(phone, "watch", "--wake", str(port)) as seen:
        until(lambda: bool(seen))


def test_the_whole_way_from_a_push_to_a_sync(account: Account) -> None:
    office, phone, port = account.office(), account.phone("phone"), free_port()
    office.write("contact.csv", CITIES)
    office.sync()
    phone.sync_until(lambda: phone.status()["records"] != {})
    with running(phone, "watch", "--wake", str(port)) as seen:
        until(lambda: bool(seen))
        office.write("contact.csv", CITIES.replace("Genf", "Chur"))
        office.sync()
        until(lambda: account.status()["peers"][1]["waiting"] == 1)
        account.stack.manage("age", account.number, "--by", "61s")
        until(lambda: any("Chur" in line for line in seen))
    device = account.status()["peers"][1]
    assert (device["waiting"], device["wake_up"]["result"]) == (0, "accepted")
    assert device["wake_up"]["works"]


def test_only_what_was_sealed_for_it_wakes_it(account: Account) -> None:
    phone, port = account.phone("phone"), free_port()
    with running(phone, "watch", "--wake", str(port)) as seen:
        until(lambda: bool(seen))
        address = pushed_to(phone, port)
        assert httpx.post(address, content=b"wake up").status_code == 400
        assert httpx.post(address, content=b"x" * 10_000).status_code == 413
        assert httpx.post(f"http://127.0.0.1:{port}/push/x", content=b"").status_code == 404
    assert [line for line in seen if "Synced" in line] == seen[:1]


def test_its_keys_are_its_own_and_stay(account: Account) -> None:
    phone, port = account.phone("phone"), free_port()
    kept: Path = phone.data_dir / "push.json"
    told = []
    for _ in range(2):
        started(phone, port)
        told.append(kept.read_bytes())
    assert told[0] == told[1]
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_a_port_that_another_has_is_told(account: Account) -> None:
    phone = account.phone("phone")
    taken = int(account.stack.url.rpartition(":")[2])
    ran = phone.run("watch", "--wake", str(taken), code=2)
    assert f"Port {taken} cannot be listened at" in ran.err
