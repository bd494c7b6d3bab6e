"""Changes between an office and its phones, as their programs carry them."""

from __future__ import annotations

from itertools import count
from typing import NamedTuple

import pytest

from tests.clients.program import CITIES, Account, Office, Phone, all_equal
from tests.stack import Stack

_numbers = count(1)


class Trio(NamedTuple):
    office: Office
    phone: Phone
    other: Phone


@pytest.fixture(scope="module")
def trio(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Trio:
    """An office and two phones for every test here: each test has a kind of its own."""
    account = Account(stack, tmp_path_factory.mktemp("trio"))
    return Trio(account.office(), account.phone("phone"), account.phone("other"))


@pytest.fixture
def kind(trio: Trio) -> str:
    """Three records of a fresh kind that both phones hold."""
    kind = f"kind{next(_numbers)}"
    trio.office.write(f"{kind}.csv", CITIES)
    trio.office.sync()
    trio.phone.sync_until(lambda: len(trio.phone.records(kind)) == 3)
    trio.other.sync_until(lambda: len(trio.other.records(kind)) == 3)
    return kind


def test_new_changed_and_vanished_rows_reach_the_phones(trio: Trio, kind: str) -> None:
    office, phone, _ = trio
    office.write(f"{kind}.csv", "id,city,note\r\nA,Bern,\r\nB,Lausanne,\r\nD,Chur,\r\n")
    assert office.sync().answer["sent"] == 3
    phone.sync_until(lambda: set(phone.records(kind)) == {"A", "B", "D"})
    assert phone.field(kind, "B", "city") == "Lausanne"
    assert office.sync().answer["sent"] == 0


def test_a_record_names_its_page_in_the_portal(trio: Trio, kind: str) -> None:
    assert f"/mailbox/?id=A&kind={kind}" in trio.phone.run("show", kind, "A").out


def test_an_edit_is_seen_at_once_and_ends_the_same_everywhere(trio: Trio, kind: str) -> None:
    office, phone, other = trio
    phone.run("edit", kind, "A", "city=Köln", "note=neu")
    assert phone.records(kind)["A"]["edit"] == "unsent"
    assert phone.field(kind, "A", "city") == "Köln"
    phone.sync()
    assert phone.records(kind)["A"]["edit"] == "waiting"
    office.take(1)
    assert "A,Köln,neu\r\n" in office.read(f"{kind}.csv")
    other.sync_until(lambda: other.field(kind, "A", "city") == "Köln")
    phone.sync_until(lambda: all_equal(phone, other))
    assert phone.records(kind)["A"]["edit"] is None
    assert [edit["state"] for edit in phone.edits(kind)] == ["applied"]


def test_edits_before_the_first_send_travel_as_one(trio: Trio, kind: str) -> None:
    office, phone, _ = trio
    phone.run("edit", kind, "A", "city=Köln")
    phone.run("edit", kind, "A", "note=neu")
    phone.run("new", kind, "city=Oslo")
    made = phone.edits(kind)[-1]["id"]
    phone.run("delete", kind, made)
    assert phone.sync().answer["sent"] == 1
    office.take(1)
    assert office.read(f"{kind}.csv") == CITIES.replace("A,Bern,", "A,Köln,neu")


def test_an_edit_of_an_edit_on_its_way_waits_for_the_outcome(trio: Trio, kind: str) -> None:
    office, phone, other = trio
    phone.run("edit", kind, "A", "city=Köln")
    phone.sync()
    phone.run("edit", kind, "A", "note=neu")
    assert phone.sync().answer["sent"] == 0
    office.take(1)
    phone.sync_until(lambda: phone.status()["unsent"] == 0)
    assert phone.field(kind, "A", "note") == "neu"
    office.take(1)
    phone.sync_until(lambda: [e["state"] for e in phone.edits(kind)] == ["applied", "applied"])
    other.sync_until(lambda: other.field(kind, "A", "note") == "neu")
    assert "A,Köln,neu\r\n" in office.read(f"{kind}.csv")


def test_an_edit_of_a_row_changed_meanwhile_is_a_conflict_and_the_office_stays(
    trio: Trio, kind: str
) -> None:
    office, phone, other = trio
    office.write(f"{kind}.csv", CITIES.replace("A,Bern", "A,Thun").replace("B,Genf", "B,Sion"))
    phone.run("edit", kind, "A", "city=Köln")
    phone.run("delete", kind, "B")
    phone.sync()
    office.take(2)
    phone.sync_until(lambda: phone.records(kind)["A"]["data"]["city"] == "Thun")
    assert [edit["state"] for edit in phone.edits(kind)] == ["conflict", "conflict"]
    assert phone.field(kind, "B", "city") == "Sion"
    other.sync_until(lambda: all_equal(phone, other))
    assert "A,Thun,\r\nB,Sion,\r\n" in office.read(f"{kind}.csv")


def test_an_edit_of_a_row_deleted_meanwhile_is_a_conflict_and_it_stays_deleted(
    trio: Trio, kind: str
) -> None:
    office, phone, _ = trio
    office.write(f"{kind}.csv", CITIES.replace("A,Bern,\r\n", ""))
    phone.run("edit", kind, "A", "city=Köln")
    phone.sync()
    office.take(1)
    phone.sync_until(lambda: set(phone.records(kind)) == {"B", "C"})
    assert [edit["state"] for edit in phone.edits(kind)] == ["conflict"]


def test_two_phones_edit_one_record_and_the_second_is_told(trio: Trio, kind: str) -> None:
    office, phone, other = trio
    phone.run("edit", kind, "A", "city=Köln")
    other.run("edit", kind, "A", "city=Ulm")
    phone.sync()
    office.take(1)
    other.sync()
    office.take(1)
    other.sync_until(lambda: other.edits(kind)[-1]["state"] == "conflict")
    phone.sync_until(lambda: phone.field(kind, "A", "city") == "Köln")
    other.sync_until(lambda: all_equal(phone, other))


def test_a_phone_makes_and_deletes_records(trio: Trio, kind: str) -> None:
    office, phone, other = trio
    phone.run("new", kind, "city=Zürich")
    phone.run("delete", kind, "B")
    phone.sync()
    office.take(2)
    other.sync_until(lambda: "B" not in other.records(kind))
    cities = {record["data"]["city"] for record in other.records(kind).values()}
    assert cities == {"Bern", "Basel", "Zürich"}
    phone.sync_until(lambda: all_equal(phone, other))
    assert "B,Genf" not in office.read(f"{kind}.csv")
    assert office.read(f"{kind}.csv").endswith(",Zürich,\r\n")


def test_fields_and_kinds_that_the_office_lacks_are_refused_with_the_reason(
    trio: Trio, kind: str
) -> None:
    office, phone, other = trio
    phone.run("edit", kind, "A", "shoe size=44")
    phone.run("new", kind, "hat=9")
    phone.run("new", "unicorn", "name=x")
    phone.sync()
    office.take(3)
    phone.sync_until(lambda: phone.edits("unicorn")[0]["state"] == "rejected")
    assert [edit["state"] for edit in phone.edits(kind)] == ["rejected", "rejected"]
    assert "has no column 'shoe size'" in phone.edits(kind)[0]["detail"]
    assert "keeps no unicorn" in phone.edits("unicorn")[0]["detail"]
    assert set(phone.records(kind)) == {"A", "B", "C"}
    assert phone.records("unicorn") == {}
    other.sync_until(lambda: all_equal(phone, other))
    assert office.read(f"{kind}.csv") == CITIES
