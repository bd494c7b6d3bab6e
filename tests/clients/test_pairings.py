"""Accounts, pairings and data folders that change under the programs' feet."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.clients.program import CITIES, PATIENCE, Account, Office, Phone, all_equal
from tests.journeys.line import Line
from tests.stack import Stack


@pytest.fixture
def office(account: Account) -> Office:
    office = account.office()
    office.write("contact.csv", CITIES)
    office.sync()
    return office


@pytest.fixture
def phone(account: Account, office: Office) -> Phone:
    phone = account.phone("phone")
    phone.sync_until(lambda: len(phone.records("contact")) == 3)
    return phone


def test_resend_all_sends_every_record_under_its_present_version(
    account: Account, office: Office, phone: Phone
) -> None:
    before = phone.status()["digest"]
    account.command(office, "resend-all")
    assert office.sync().answer["sent"] == 3
    phone.sync()
    assert phone.status()["digest"] == before
    assert office.sync().answer["sent"] == 0


def test_a_phone_that_resyncs_ends_with_the_same_and_keeps_its_unsent_edit(
    account: Account, office: Office, phone: Phone
) -> None:
    phone.run("edit", "contact", "A", "city=Köln")
    account.command(phone, "resend-all")
    phone.sync_until(lambda: phone.status()["unsent"] == 0)
    assert phone.field("contact", "A", "city") == "Köln"
    assert len(phone.records("contact")) == 3


def test_a_phone_that_lost_its_records_collects_them_again(phone: Phone) -> None:
    before = phone.status()["digest"]
    for path in phone.data_dir.glob("device-*"):
        path.unlink()
    phone.sync()
    assert phone.status()["digest"] == before


@pytest.mark.parametrize("path", ["sessions", "resync"])
def test_a_phone_that_lost_its_records_collects_them_though_its_first_sync_failed(
    phone: Phone, line: Line, path: str
) -> None:
    before = phone.status()["digest"]
    for file in phone.data_dir.glob("device-*"):
        file.unlink()
    with line.halted("POST", path, "request") as halt:
        running = phone.start("sync", "--url", line.url)
        halt.wait()
        running.kill()
        running.communicate(timeout=PATIENCE)
        halt.drop()
    phone.sync()
    assert phone.status()["digest"] == before


def test_a_phone_paired_with_another_account_keeps_them_apart(
    account: Account, phone: Phone, stack: Stack, tmp_path: Path
) -> None:
    before = phone.status()["digest"]
    Account(stack, tmp_path / "elsewhere").pair(phone, "device")
    phone.sync()
    assert phone.status()["records"] == {}
    account.pair(phone, "device")
    phone.sync()
    assert phone.status()["digest"] == before


def test_an_agent_that_lost_its_folder_numbers_above_what_was_given(
    account: Account, office: Office, phone: Phone
) -> None:
    office.write("contact.csv", CITIES.replace("Bern", "Thun"))
    fresh = account.office("fresh")
    assert fresh.sync().answer["sent"] == 3
    phone.sync_until(lambda: phone.field("contact", "A", "city") == "Thun")
    assert "pair again" in office.sync(code=3).err


def test_an_agent_with_an_old_folder_makes_up_for_it(
    account: Account, office: Office, phone: Phone
) -> None:
    shutil.copytree(office.data_dir, office.data_dir.with_name("backup"))
    office.write("contact.csv", CITIES.replace("Bern", "Thun"))
    office.sync()
    shutil.rmtree(office.data_dir)
    office.data_dir.with_name("backup").rename(office.data_dir)
    office.write("contact.csv", CITIES.replace("Bern", "Visp").replace("C,Basel,\r\n", ""))
    office.sync()
    phone.sync_until(lambda: phone.field("contact", "A", "city") == "Visp")
    phone.sync_until(lambda: set(phone.records("contact")) == {"A", "B"})


def test_a_copied_folder_is_told_to_pair_on_its_own(account: Account, phone: Phone) -> None:
    copy = Phone(phone.data_dir.with_name("copy"))
    shutil.copytree(phone.data_dir, copy.data_dir)
    assert "copied or moved" in copy.sync(code=3).err
    phone.sync()
    account.pair(copy, "device")
    copy.sync_until(lambda: all_equal(phone, copy))


def test_an_erased_phone_keeps_nothing(account: Account, office: Office, phone: Phone) -> None:
    phone.run("edit", "contact", "A", "city=Geheim")
    account.command(phone, "erase")
    assert "erased" in phone.sync().err
    left = b"".join(path.read_bytes() for path in phone.data_dir.iterdir())
    for secret in ("Geheim", "Basel", "hhd_"):
        assert secret.encode() not in left
    phone.run("status", code=3)
    peers = {peer["name"]: peer["state"] for peer in account.status()["peers"]}
    assert "erased" in peers.values()


def test_an_inactive_account_tells_both_and_loses_nothing(
    account: Account, office: Office, phone: Phone
) -> None:
    office.write("contact.csv", CITIES.replace("Bern", "Thun"))
    account.stack.manage("set_state", account.number, "suspended")
    assert "suspended or expired" in office.sync(code=4).err
    assert "suspended or expired" in phone.sync(code=4).err
    servers = [peer for peer in account.status()["peers"] if peer["role"] == "server"]
    assert [peer["pending"] for peer in servers] == [1]
    account.stack.manage("set_state", account.number, "active")
    office.sync()
    phone.sync_until(lambda: phone.field("contact", "A", "city") == "Thun")


def test_a_code_for_the_other_program_is_told(account: Account) -> None:
    phone = Phone(account.office().data_dir.with_name("wrong"))
    said = phone.run("pair", account.code("server"), "--url", account.stack.url, code=3).err
    assert "clients.agent" in said
    phone.run("status", code=3)


def test_a_wrong_code_is_told(account: Account, office: Office) -> None:
    said = office.run("pair", "0000-0000", "--url", account.stack.url, code=3).err
    assert said.count("\n") == 1
    assert "make a new one" in said
    office.sync()
