"""Changes between an office and its phones, as their programs carry them."""

from __future__ import annotations

import shutil

import pytest

from tests.clients.program import Account, Office, Phone

CITIES = "id,city,note\r\nA,Bern,\r\nB,Genf,\r\nC,Basel,\r\n"


@pytest.fixture
def office(account: Account) -> Office:
    office = account.office()
    office.write("contact.csv", CITIES)
    office.sync()
    return office


@pytest.fixture
def phone(account: Account, office: Office) -> Phone:
    phone = account.phone("phone")
    phone.sync_until(lambda: len(phone.list("contact")) == 3)
    return phone


@pytest.fixture
def other(account: Account, phone: Phone) -> Phone:
    other = account.phone("other")
    other.sync_until(lambda: len(other.list("contact")) == 3)
    return other


def all_equal(*phones: Phone) -> bool:
    return len({phone.status()["digest"] for phone in phones}) == 1


def test_new_changed_and_vanished_rows_reach_the_phones(office: Office, phone: Phone) -> None:
    office.write("contact.csv", "id,city,note\r\nA,Bern,\r\nB,Lausanne,\r\nD,Chur,\r\n")
    assert office.sync().answer["sent"] == 3
    phone.sync_until(lambda: set(phone.list("contact")) == {"A", "B", "D"})
    assert phone.field("contact", "B", "city") == "Lausanne"
    assert office.sync().answer["sent"] == 0


def test_an_edit_is_seen_at_once_and_ends_the_same_everywhere(
    office: Office, phone: Phone, other: Phone
) -> None:
    phone.run("edit", "contact", "A", "city=Köln", "note=neu")
    assert phone.list("contact")["A"]["edit"] == "unsent"
    assert phone.field("contact", "A", "city") == "Köln"
    phone.sync()
    assert phone.list("contact")["A"]["edit"] == "waiting"
    office.sync()
    assert "A,Köln,neu\r\n" in office.read("contact.csv")
    other.sync_until(lambda: other.field("contact", "A", "city") == "Köln")
    phone.sync_until(lambda: all_equal(phone, other))
    assert phone.list("contact")["A"]["edit"] is None
    assert [edit["state"] for edit in phone.edits()] == ["applied"]


def test_edits_before_the_first_send_travel_as_one(office: Office, phone: Phone) -> None:
    phone.run("edit", "contact", "A", "city=Köln")
    phone.run("edit", "contact", "A", "note=neu")
    phone.run("new", "contact", "city=Oslo")
    made = phone.edits()[-1]["id"]
    phone.run("delete", "contact", made)
    assert phone.sync().answer["sent"] == 1
    office.sync()
    assert office.read("contact.csv") == CITIES.replace("A,Bern,", "A,Köln,neu")


def test_an_edit_of_an_edit_on_its_way_waits_for_the_outcome(
    office: Office, phone: Phone, other: Phone
) -> None:
    phone.run("edit", "contact", "A", "city=Köln")
    phone.sync()
    phone.run("edit", "contact", "A", "note=neu")
    assert phone.sync().answer["sent"] == 0
    office.sync()
    phone.sync_until(lambda: phone.status()["unsent"] == 0)
    assert phone.field("contact", "A", "note") == "neu"
    office.sync()
    phone.sync_until(lambda: [e["state"] for e in phone.edits()] == ["applied", "applied"])
    other.sync_until(lambda: other.field("contact", "A", "note") == "neu")
    assert "A,Köln,neu\r\n" in office.read("contact.csv")


def test_an_edit_of_a_row_changed_meanwhile_is_a_conflict_and_the_office_stays(
    office: Office, phone: Phone, other: Phone
) -> None:
    office.write("contact.csv", CITIES.replace("A,Bern", "A,Thun").replace("B,Genf", "B,Sion"))
    phone.run("edit", "contact", "A", "city=Köln")
    phone.run("delete", "contact", "B")
    phone.sync()
    office.sync()
    phone.sync_until(lambda: phone.list("contact")["A"]["data"]["city"] == "Thun")
    assert [edit["state"] for edit in phone.edits()] == ["conflict", "conflict"]
    assert phone.field("contact", "B", "city") == "Sion"
    other.sync_until(lambda: all_equal(phone, other))
    assert "A,Thun,\r\nB,Sion,\r\n" in office.read("contact.csv")


def test_an_edit_of_a_row_deleted_meanwhile_is_a_conflict_and_it_stays_deleted(
    office: Office, phone: Phone
) -> None:
    office.write("contact.csv", CITIES.replace("A,Bern,\r\n", ""))
    phone.run("edit", "contact", "A", "city=Köln")
    phone.sync()
    office.sync()
    phone.sync_until(lambda: set(phone.list("contact")) == {"B", "C"})
    assert [edit["state"] for edit in phone.edits()] == ["conflict"]


def test_two_phones_edit_one_record_and_the_second_is_told(
    office: Office, phone: Phone, other: Phone
) -> None:
    phone.run("edit", "contact", "A", "city=Köln")
    other.run("edit", "contact", "A", "city=Ulm")
    phone.sync()
    office.sync()
    other.sync()
    office.sync()
    other.sync_until(lambda: other.edits()[-1]["state"] == "conflict")
    phone.sync_until(lambda: phone.field("contact", "A", "city") == "Köln")
    other.sync_until(lambda: all_equal(phone, other))


def test_a_phone_makes_and_deletes_records(office: Office, phone: Phone, other: Phone) -> None:
    phone.run("new", "contact", "city=Zürich")
    phone.run("delete", "contact", "B")
    phone.sync()
    office.sync()
    other.sync_until(lambda: "B" not in other.list("contact"))
    cities = {record["data"]["city"] for record in other.list("contact").values()}
    assert cities == {"Bern", "Basel", "Zürich"}
    phone.sync_until(lambda: all_equal(phone, other))
    assert "B,Genf" not in office.read("contact.csv")
    assert office.read("contact.csv").endswith(",Zürich,\r\n")


def test_fields_and_kinds_that_the_office_lacks_are_refused_with_the_reason(
    office: Office, phone: Phone, other: Phone
) -> None:
    phone.run("edit", "contact", "A", "shoe size=44")
    phone.run("new", "contact", "hat=9")
    phone.run("new", "unicorn", "name=x")
    phone.sync()
    office.sync()
    phone.sync_until(lambda: {edit["state"] for edit in phone.edits()} == {"rejected"})
    assert "has no column 'shoe size'" in phone.edits()[0]["detail"]
    assert "keeps no unicorn" in phone.edits()[2]["detail"]
    assert set(phone.list("contact")) == {"A", "B", "C"}
    assert phone.list("unicorn") == {}
    other.sync_until(lambda: all_equal(phone, other))
    assert office.read("contact.csv") == CITIES


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
    assert len(phone.list("contact")) == 3


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
    phone.sync_until(lambda: set(phone.list("contact")) == {"A", "B"})


def test_a_copied_folder_is_told_to_pair_on_its_own(account: Account, phone: Phone) -> None:
    copy = Phone(phone.data_dir.with_name("copy"))
    shutil.copytree(phone.data_dir, copy.data_dir)
    assert "copy of another install" in copy.sync(code=3).err
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
