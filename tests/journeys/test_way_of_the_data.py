"""The way of the data from the office to the phones and back, with exact numbers at every step."""

from tests.journeys.cast import Cast
from tests.journeys.programs import Device
from tests.journeys.records import CONTACTS, HISTORIES

ALL = CONTACTS + HISTORIES


def test_the_way_of_the_data(cast: Cast) -> None:
    cast.asks_command = True
    cast.account.pair(cast.agent)
    cast.join("Anna")
    cast.join("Ben")
    cast.expect_waiting(phones=[0, 0])
    _everything_is_delivered(cast)
    _a_late_phone_gets_everything_while_the_office_is_silent(cast)
    _changes_of_the_office_reach_all(cast)
    _an_edit_reaches_the_office_and_all(cast)
    _a_conflict_ends_as_the_office_has_it(cast)
    _new_and_deleted_records_reach_the_office_and_all(cast)


def _everything_is_delivered(cast: Cast) -> None:
    with cast.agent.started("run", "--every", "1s", *cast.agent.source):
        cast.expect_waiting(witness=ALL, phones=[ALL, ALL])
        assert cast.phones[0].sync()["received"] == ALL
        cast.expect_waiting(witness=ALL, phones=[0, ALL])
        assert cast.phones[1].sync()["received"] == ALL
        assert cast.witness.read() == ALL
        cast.expect_waiting(phones=[0, 0])
    assert cast.account.findings() == []
    cast.check_equal()


def _a_late_phone_gets_everything_while_the_office_is_silent(cast: Cast) -> None:
    late = cast.join("Chloé")
    cast.expect_waiting(phones=[0, 0, ALL])
    assert late.sync()["received"] == ALL
    cast.expect_waiting(phones=[0, 0, 0])
    cast.check_equal()


def _changes_of_the_office_reach_all(cast: Cast) -> None:
    cast.office.edit_many("contacts", [f"C{n:04}" for n in range(30)], jobTitle='Chef, "neu"')
    cast.office.remove("histories", [f"{10_000 + n}" for n in range(5)])
    assert cast.agent.sync()["sent"] == 35
    cast.spread(35)
    assert len(cast.witness.copy) == ALL - 5


def _an_edit_reaches_the_office_and_all(cast: Cast) -> None:
    author = cast.phones[0]
    expected = cast.office.row("contacts", "C0040") | {"city": 'Köln "Süd", 2. Stock\nlinks'}
    author.call("edit", "contact", "C0040", f"city={expected['city']}")
    assert author.call("status")["unsent"] == 1
    assert author.sync()["sent"] == 1
    cast.expect_waiting(agent=1, phones=[0, 0, 0])
    synced = cast.agent.sync()
    assert (synced["received"], synced["edits"]) == (1, {"applied": 1})
    assert cast.office.row("contacts", "C0040") == expected
    cast.spread(1)
    _ended(author, "applied")


def _a_conflict_ends_as_the_office_has_it(cast: Cast) -> None:
    author = cast.phones[1]
    author.call("edit", "contact", "C0041", "city=Vom Telefon")
    assert author.sync()["sent"] == 1
    cast.expect_waiting(agent=1, phones=[0, 0, 0])
    cast.office.edit("contacts", "C0041", city="Aus dem Büro")
    assert cast.agent.sync()["edits"] == {"conflict": 1}
    assert cast.office.row("contacts", "C0041")["city"] == "Aus dem Büro"
    cast.spread(1)
    _ended(author, "conflict")


def _new_and_deleted_records_reach_the_office_and_all(cast: Cast) -> None:
    author = cast.phones[2]
    id = author.call("new", "contact", "fullName=Ågot Ünlü", "company=")["id"]
    author.call("delete", "history", "10005")
    assert author.sync()["sent"] == 2
    cast.expect_waiting(agent=2, phones=[0, 0, 0])
    assert cast.agent.sync()["edits"] == {"applied": 2}
    assert cast.office.row("contacts", id)["fullName"] == "Ågot Ünlü"
    cast.spread(2)
    assert ("history", "10005") not in cast.witness.copy
    assert len(cast.witness.copy) == ALL - 5
    assert cast.account.findings() == [("edits-refused", "warning")]


def _ended(phone: Device, state: str) -> None:
    assert phone.last_edit()["state"] == state
