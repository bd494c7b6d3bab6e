"""The office tells all that it has, and the phones are rid of what it does not have."""

from __future__ import annotations

import json
import uuid
from typing import Any

import httpx
import pytest

from tests.clients.program import PATIENCE, Account, Office, Phone
from tests.conftest import LONG_FIGURES
from tests.journeys.line import Line, Moment

ROWS = dict(zip("ABCDEFGH", ("Bern", "Genf", "Thun", "Chur") * 2, strict=True))
GHOST = "GHOST"
# Where a run is killed, and whether the mailbox had heard what it asked for.
STEPS: tuple[tuple[str, Moment], ...] = (
    ("snapshots", "request"),
    ("snapshots", "answer"),
    ("batches", "request"),
    ("batches", "answer"),
    ("snapshots/*/commit", "request"),
    ("snapshots/*/commit", "answer"),
    ("commands/*/done", "request"),
    ("commands/*/done", "answer"),
)
NARROW = STEPS[1], STEPS[3], STEPS[5]


def table(rows: dict[str, str]) -> str:
    return "id,city\n" + "".join(f"{id},{city}\n" for id, city in rows.items())


def lose_state(office: Office) -> None:
    """The pairing stays, all memory goes."""
    for file in office.data_dir.glob("agent-*.sqlite3*"):
        file.unlink()


def ask(office: Office, path: str, body: dict[str, Any], **headers: str) -> httpx.Response:
    """A request with the office's own token, from outside of its program."""
    pairing = json.loads((office.data_dir / "pairing.json").read_text(encoding="utf-8"))
    headers["Authorization"] = f"Bearer {pairing['token']}"
    return httpx.post(f"{pairing['url']}/api/v1/{path}", json=body, headers=headers)


def add_ghost(office: Office, kind: str = "contact") -> None:
    """A record that the mailbox has and the office does not know."""
    change = {"kind": kind, "id": GHOST, "op": "put", "version": 1, "data": {"city": "?"}}
    key = {"Idempotency-Key": str(uuid.uuid4())}
    assert ask(office, "batches", {"changes": [change]}, **key).status_code == 202


def ends_with(phone: Phone, rows: dict[str, str], kind: str = "contact") -> None:
    """The phone comes to hold exactly these."""

    def reached() -> bool:
        held = {id: record["data"]["city"] for id, record in phone.records(kind).items()}
        return held == rows

    phone.sync_until(reached)


@pytest.fixture
def office(account: Account) -> Office:
    """Eight records, sent."""
    office = account.office()
    office.write("contact.csv", table(ROWS))
    office.sync()
    return office


@pytest.fixture
def phone(account: Account, office: Office) -> Phone:
    phone = account.phone("phone")
    ends_with(phone, ROWS)
    return phone


def test_resend_all_ends_what_the_office_does_not_know(
    account: Account, office: Office, phone: Phone
) -> None:
    add_ghost(office)
    ends_with(phone, ROWS | {GHOST: "?"})
    account.command(office, "resend-all")
    assert office.sync().answer["sent"] == len(ROWS)
    ends_with(phone, ROWS)
    assert office.sync().answer["sent"] == 0


def test_what_was_deleted_while_the_state_was_lost_goes_too(office: Office, phone: Phone) -> None:
    lose_state(office)
    # More than half: nobody knows any more how many there were.
    left = {"A": "Bern", "B": "Sion", "Z": "Ulm"}
    office.write("contact.csv", table(left))
    assert office.sync().answer["sent"] == len(left)
    ends_with(phone, left)
    assert office.sync().answer["sent"] == 0


def test_another_pc_with_an_empty_folder_takes_over(account: Account, phone: Phone) -> None:
    rest = {id: city for id, city in ROWS.items() if id != "C"}
    successor = account.office("successor", "its records")
    successor.write("contact.csv", table(rest))
    successor.sync()
    ends_with(phone, rest)


def test_an_empty_file_says_nothing_where_the_state_was_lost(office: Office, phone: Phone) -> None:
    lose_state(office)
    office.write("contact.csv", "id,city\n")
    office.write("note.csv", table({"N": "Wien"}))
    office.sync()
    ends_with(phone, {"N": "Wien"}, "note")
    ends_with(phone, ROWS)


def test_a_run_killed_at_any_step_ends_as_if_it_had_not_been(
    account: Account, office: Office, phone: Phone, line: Line
) -> None:
    rows = dict(ROWS)
    source = ("--connector", "csv", "--source", str(office.source))
    for number, (path, moment) in enumerate(STEPS if LONG_FIGURES else NARROW):
        lose_state(office)
        if path.startswith("commands"):
            account.command(office, "resend-all")
        # One goes while nobody knows, one changes, one comes; and again after the kill.
        for when in ("before", "after"):
            rows.pop(next(iter(rows)))
            rows[next(iter(rows))] = f"{when} {number}"
            rows[f"{when}{number}"] = "Ulm"
            office.write("contact.csv", table(rows))
            if when == "before":
                with line.halted("POST", path, moment) as halt:
                    running = office.start("run", "--once", *source, "--url", line.url)
                    halt.wait()
                    running.kill()
                    running.communicate(timeout=PATIENCE)
                    halt.drop()
        office.sync()
        ends_with(phone, rows)
        assert office.sync().answer["sent"] == 0, (path, moment)


def test_anothers_open_snapshot_is_waited_for(
    account: Account, office: Office, phone: Phone
) -> None:
    opened = ask(office, "snapshots", {"version": 1000, "kinds": ["other"]})
    assert opened.status_code == 201
    lose_state(office)
    rest = {id: f"{city}!" for id, city in ROWS.items() if id != "C"}
    office.write("contact.csv", table(rest))
    assert "Another snapshot" in office.sync().out
    # What there is comes at once, what is gone has to wait.
    ends_with(phone, rest | {"C": ROWS["C"]})
    assert office.sync().answer["sent"] == 0
    account.stack.manage("age", account.number, "--by", "25h")
    office.sync()
    ends_with(phone, rest)


def test_a_kind_that_cannot_be_read_stays_and_is_told_later(
    account: Account, office: Office, phone: Phone
) -> None:
    notes = {"N1": "Wien", "N2": "Graz"}
    office.write("note.csv", table(notes))
    office.sync()
    add_ghost(office)
    add_ghost(office, "note")
    ends_with(phone, notes | {GHOST: "?"}, "note")
    (office.source / "note.csv").unlink()
    account.command(office, "resend-all")
    assert "note" in office.sync(code=1).err
    ends_with(phone, ROWS)
    ends_with(phone, notes | {GHOST: "?"}, "note")
    office.write("note.csv", table(notes))
    office.sync()
    ends_with(phone, notes, "note")
    assert office.sync().answer["sent"] == 0


def test_a_command_that_went_unheard_is_told_with_the_kind_that_was_left(
    account: Account, office: Office, line: Line
) -> None:
    office.write("note.csv", table({"N": "Wien"}))
    office.sync()
    (office.source / "note.csv").unlink()
    account.command(office, "resend-all")
    source = ("--connector", "csv", "--source", str(office.source))
    with line.halted("POST", "commands/*/done", "request") as halt:
        running = office.start("run", "--once", *source, "--url", line.url)
        halt.wait()
        running.kill()
        running.communicate(timeout=PATIENCE)
        halt.drop()
    office.write("note.csv", table({"N": "Wien"}))
    assert office.sync().answer["sent"] == 1
    # Still unheard, it would have everything told once more.
    assert office.sync().answer["sent"] == 0


def test_half_of_the_records_gone_at_once_is_held_here_too(
    account: Account, office: Office, phone: Phone
) -> None:
    account.command(office, "resend-all")
    office.write("contact.csv", table({"A": "Bern"}))
    assert "--allow-mass-delete" in office.sync(code=1).err
    ends_with(phone, ROWS)
    office.sync("--allow-mass-delete")
    ends_with(phone, {"A": "Bern"})


def test_a_damaged_row_and_one_too_large_keep_what_the_phones_have(
    account: Account, office: Office, phone: Phone
) -> None:
    damaged = table(ROWS | {"C": "x" * 5_000_000}).replace("A,Bern", "A")
    office.write("contact.csv", damaged)
    add_ghost(office)
    account.command(office, "resend-all")
    office.sync()
    ends_with(phone, ROWS)
    assert [refused["id"] for refused in office.status()["refused"]] == ["C"]


def test_a_mailbox_without_snapshots_is_sent_everything(
    account: Account, office: Office, line: Line
) -> None:
    line.unknown = "snapshots"
    account.command(office, "resend-all")
    assert office.sync("--url", line.url).answer["sent"] == len(ROWS)
    assert office.sync().answer["sent"] == 0
