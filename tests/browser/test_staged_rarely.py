"""What happens seldom, brought about by the programs, seen on the overview, and mended."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import psycopg

from sync.api.limits import DATA_BYTES
from tests.browser.scene import Scene
from tests.journeys.programs import Device
from tests.mailbox.conftest import ANTIDOTE, POISON
from tests.stack import Stack

POISONOUS = {"id": "poison", "fullName": "Gift Müller"}


@contextmanager
def poisoned(stack: Stack) -> Iterator[None]:
    """The database refuses to write one record, as a fault nobody thought of would."""
    with psycopg.connect(stack.environment["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(POISON)
        try:
            yield
        finally:
            connection.execute(ANTIDOTE)


def days_ahead(days: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=days)).isoformat()


def test_an_edit_that_the_office_did_not_take_over(scene: Scene) -> None:
    scene.phone.call("edit", "contact", "C0001", "city=Vom Telefon")
    scene.phone.sync()
    scene.office.edit("contacts", "C0001", city="Aus dem Büro")
    scene.agent.sync()
    found = scene.sees("edits-refused", "warning", "1 edit from a phone was not taken over")
    assert "contact C0001 · changed in the office meanwhile" in found.inner_text()
    scene.account.age("8d")
    scene.agent.sync()
    scene.collect()
    scene.sees_it_go("edits-refused")


def test_a_subscription_ends_and_is_extended(scene: Scene) -> None:
    scene.manage("set_state", "active", "--until", days_ahead(9))
    scene.sees("subscription-ending", "info", "Everything has arrived. This account ends in")
    scene.manage("set_state", "active", "--until", days_ahead(400))
    scene.sees_it_go("subscription-ending")
    scene.manage("set_state", "active", "--until", days_ahead(-1))
    scene.sees("account-inactive", "critical", "has expired: nothing is being collected")
    scene.manage("set_state", "active")
    scene.sees_it_go("account-inactive")


def test_a_phone_that_was_paired_and_never_came(scene: Scene) -> None:
    late = Device(scene.folder / "Late", f"Carl{len(scene.phones)}")
    scene.join(late)
    scene.account.age("11m")
    scene.sees("never-synced", "warning", f"{late.name} was paired 11 min ago and has never")
    scene.collect()
    scene.sees_it_go("never-synced")


def test_a_record_that_the_mailbox_refuses(scene: Scene) -> None:
    half = "x" * (DATA_BYTES // 2 - 100)  # what a CSV reader takes for one field, at most
    scene.office.edit("contacts", "C0002", company=half, line1=half, city=half)
    scene.agent.run("run", "--once", *scene.agent.source)
    found = scene.sees("records-refused", "warning", "1 record of Agent was refused")
    assert "contact C0002" in found.inner_text()
    scene.office.edit("contacts", "C0002", company="", line1="", city="")
    scene.agent.sync()
    scene.collect()
    scene.sees_it_go("records-refused")


def test_an_edit_that_could_not_be_stored_is_tried_again_with_the_button(scene: Scene) -> None:
    scene.office.add("contacts", {**scene.office.row("contacts", "C0003"), **POISONOUS})
    scene.agent.sync()
    scene.collect()
    with poisoned(scene.account.stack):
        scene.phone.call("edit", "contact", "poison", "city=Köln")
        scene.phone.sync()
        scene.sees("batch-failed", "critical", "A delivery of 1 record could not be stored.")
    scene.press("batch-failed")
    scene.confirm()
    scene.look()
    assert scene.finding("batch-failed").count() == 0
    while not scene.agent.sync()["received"]:
        pass
    scene.collect()
    scene.sees_it_go("batch-failed")
    scene.office.remove("contacts", ["poison"])
    scene.agent.sync()
    scene.collect()


def test_a_push_that_could_not_be_stored_is_sent_again(scene: Scene) -> None:
    with poisoned(scene.account.stack):
        scene.office.add("contacts", {**scene.office.row("contacts", "C0003"), **POISONOUS})
        scene.agent.sync()
        found = scene.sees(
            "batch-failed", "critical", "A delivery of 1 record could not be stored."
        )
        assert "was asked to send everything again" in found.inner_text()
    scene.agent.sync()
    scene.collect()
    scene.sees_it_go("batch-failed")


def test_a_mailbox_that_is_slow(scene: Scene) -> None:
    worker = scene.account.stack.pids()["worker"]
    os.kill(worker, signal.SIGSTOP)
    try:
        scene.change()
        scene.account.age("2m")
        scene.sees("mailbox-slow", "warning", "1 record has reached us and is not sorted in since")
    finally:
        os.kill(worker, signal.SIGCONT)
    scene.collect()
    scene.sees_it_go("mailbox-slow")


def test_a_phone_that_fetches_and_keeps_nothing(scene: Scene) -> None:
    scene.change()
    for _ in range(5):
        scene.call(scene.phone, "GET", "changes")
    found = scene.sees("device-stuck", "warning", "Anna fetches the same records again and again")
    assert "contact C0000" in found.inner_text()
    scene.collect()
    scene.sees_it_go("device-stuck")


def test_a_mailbox_that_was_restored(scene: Scene) -> None:
    scene.manage("new_epoch")
    scene.sees("resync-needed", "warning", "restored from a backup")
    scene.agent.sync()
    scene.collect()
    scene.sees_it_go("resync-needed")


def test_records_that_wait_for_more_than_a_week(scene: Scene) -> None:
    scene.change()
    scene.account.age("8d")
    scene.agent.sync()
    scene.sees("waiting-long", "warning")
    scene.collect()
    scene.sees_it_go("waiting-long")


def test_a_pc_that_slept_and_tells_it(scene: Scene) -> None:
    until = datetime.now(UTC) - timedelta(minutes=1)
    gap = {"from": (until - timedelta(hours=3)).isoformat(), "until": until.isoformat()}
    session = scene.tell(scene.agent, slept=[gap]).json()["session"]
    scene.call(
        scene.agent, "POST", "batches",
        headers={"Sync-Session": session, "Idempotency-Key": session},
        json={"changes": [{"kind": "note", "id": "late", "op": "put", "version": 1, "data": {}}]},
    )  # fmt: skip
    scene.call(scene.agent, "POST", f"sessions/{session}/finish", json={"result": "ok"})
    scene.collect()
    scene.sees("server-slept", "info", "Everything has arrived. Your Act! server slept from")
    scene.account.age("25h")
    scene.agent.sync()
    scene.sees_it_go("server-slept")


def test_a_clock_that_is_wrong(scene: Scene) -> None:
    scene.tell(scene.phone, now=(datetime.now(UTC) + timedelta(minutes=10)).isoformat())
    scene.sees("clock-wrong", "warning", "The clock of Anna is")
    scene.phone.sync()
    scene.sees_it_go("clock-wrong")


def test_a_revoked_phone_is_let_in_again_with_the_button(scene: Scene) -> None:
    peer = scene.account.peer("Anna")["peer"]
    scene.window.open(f"/accounts/{scene.account.number}/devices/{peer}/revoke/")
    scene.confirm()
    assert scene.phone.run("sync").code == 3
    scene.look()
    scene.sees("peer-revoked", "warning", "Anna was revoked")
    scene.press("peer-revoked")
    scene.confirm()
    scene.phone.pair(scene.code_shown(), scene.account.stack.url)
    scene.collect()
    scene.look()
    scene.sees_it_go("peer-revoked")
