"""The office's CSV files: what is read from them, what is refused, and how they are written."""

from __future__ import annotations

import pytest

from tests.clients.program import Account, Office, Phone


@pytest.fixture
def office(account: Account) -> Office:
    return account.office()


@pytest.fixture
def phone(account: Account) -> Phone:
    return account.phone("phone")


def rows(*ids: str) -> str:
    return "id,city\r\n" + "".join(f"{id},Bern\r\n" for id in ids)


def last_error(office: Office) -> str | None:
    error: str | None = office.status()["last_run"]["error"]
    return error


def test_every_file_with_an_id_is_a_kind_by_its_stem_or_its_given_name(
    office: Office, phone: Phone
) -> None:
    office.write("contacts.csv", rows("A"))
    office.write("note.csv", "text,id\nHello,N1\n")
    office.write("readme.csv", "no,column\n1,2\n")
    office.sync("--kind", "contacts=contact")
    phone.sync_until(lambda: phone.status()["records"] == {"contact": 1, "note": 1})
    assert phone.records("note")["N1"]["data"] == {"text": "Hello", "id": "N1"}


def test_a_file_whose_name_is_no_kind_is_left_out_with_the_remedy(office: Office) -> None:
    office.write("My Contacts.csv", rows("A"))
    ran = office.sync()
    assert "--kind 'My Contacts=name'" in ran.err
    assert ran.answer["sent"] == 0


def test_bad_ids_are_refused_with_their_row_and_the_others_go_on(office: Office) -> None:
    bad = ["", "x" * 65, "a b", "Ü1", "A"]
    office.write("contact.csv", rows("A", *bad, "B"))
    ran = office.sync()
    assert ran.answer["sent"] == 2
    refused = ran.answer["refused_rows"]
    assert [line.split(":")[0] for line in refused] == [
        f"contact.csv row {number}" for number in range(3, 8)
    ]
    assert office.status()["last_run"]["refused_rows"] == refused


def test_a_row_with_missing_cells_is_refused_and_not_taken_for_deleted(office: Office) -> None:
    office.write("contact.csv", rows("A", "B", "C"))
    office.sync()
    office.write("contact.csv", "id,city\r\nA\r\nB,Bern\r\nC,Bern\r\n")
    ran = office.sync()
    assert "row 2: refused" in ran.err
    assert ran.answer["sent"] == 0


HALF_WRITTEN = {
    "empty": "",
    "blank": "\r\n",
    "half a header": "id,ci",
    "no header": "garbage",
    "open quote": 'id,city\r\nA,Bern\r\n"B',
    "half a row": "id,city\r\nA,Bern\r\nB",
}


def test_a_file_half_written_deletes_nothing_and_holds_up_no_other(office: Office) -> None:
    whole = rows("A", "B", "C", "D", "E")
    office.write("contact.csv", whole)
    office.write("note.csv", "id,text\nN1,x\n")
    office.sync()
    for case, text in HALF_WRITTEN.items():
        office.write("contact.csv", text)
        office.write("note.csv", f"id,text\nN1,{case}\n")
        ran = office.sync(code=1)
        assert ran.err.count("\n") == 1, case
        assert last_error(office) in ("source-unreadable", "mass-delete-held"), case
        assert office.status()["last_run"]["sent"] == 1, case
    office.write("contact.csv", whole)
    assert office.sync().answer["sent"] == 0


def test_half_of_the_rows_gone_at_once_is_held_until_it_is_meant(
    office: Office, phone: Phone
) -> None:
    office.write("contact.csv", rows("A", "B", "C", "D"))
    office.sync()
    office.write("contact.csv", rows("A", "B"))
    said = office.sync(code=1).err
    assert said.count("\n") == 1
    assert "--allow-mass-delete" in said
    assert last_error(office) == "mass-delete-held"
    assert office.sync("--allow-mass-delete").answer["sent"] == 2
    phone.sync_until(lambda: set(phone.records("contact")) == {"A", "B"})
    # The word counts once.
    office.write("contact.csv", rows("A"))
    office.sync(code=1)


def test_a_folder_that_is_away_fails_the_run_and_deletes_nothing(office: Office) -> None:
    office.write("contact.csv", rows("A", "B", "C"))
    office.sync()
    away = office.source.rename(office.source.with_name("away"))
    said = office.sync(code=1).err
    assert said.count("\n") == 1
    assert "--source" in said
    assert last_error(office) == "source-missing"
    away.rename(office.source)
    assert office.sync().answer["sent"] == 0


STYLES = {
    "commas_and_crlf": (
        'id,name,city\r\nA,"x, y",Bern\r\nB,"say ""hi""",Genf\r\n',
        "utf-8",
        'id,name,city\r\nA,"x, y","Köln, Süd"\r\nB,"say ""hi""",Genf\r\n',
    ),
    "semicolons_and_a_bom": (
        "id;name;city\nA;x, y;Bern\nB;'q';Genf",
        "utf-8-sig",
        "id;name;city\nA;x, y;Köln, Süd\nB;'q';Genf",
    ),
    "all_quoted": (
        '"id","name","city"\n"A","Zoë","Bern"\n\n"B","",""\n',
        "cp1252",
        '"id","name","city"\n"A","Zoë","Köln, Süd"\n\n"B","",""\n',
    ),
    "tabs": (
        "city\tname\tid\r\nBern\tÄ\tA\r\n",
        "utf-16",
        "city\tname\tid\r\nKöln, Süd\tÄ\tA\r\n",
    ),
}


def test_an_edit_changes_its_row_alone_and_keeps_the_file_as_it_is(
    office: Office, phone: Phone
) -> None:
    for kind, (text, encoding, _) in STYLES.items():
        office.write(f"{kind}.csv", text, encoding)
    office.sync()
    phone.sync_until(lambda: set(phone.status()["records"]) == set(STYLES))
    for kind in STYLES:
        phone.run("edit", kind, "A", "city=Köln, Süd")
    phone.sync()
    office.take(len(STYLES))
    phone.sync_until(lambda: {e["state"] for e in phone.status()["edits"]} == {"applied"})
    for kind, (_, encoding, edited) in STYLES.items():
        assert office.read(f"{kind}.csv", encoding) == edited


def test_a_sign_that_the_file_cannot_hold_is_refused(office: Office, phone: Phone) -> None:
    text = "id,city\nA,Zürich\n"
    office.write("contact.csv", text, "cp1252")
    office.sync()
    phone.sync_until(lambda: "A" in phone.records("contact"))
    phone.run("edit", "contact", "A", "city=東京")
    phone.sync()
    office.take(1)
    phone.sync_until(lambda: phone.edits("contact")[-1]["state"] == "rejected")
    assert office.read("contact.csv", "cp1252") == text
    assert phone.field("contact", "A", "city") == "Zürich"
