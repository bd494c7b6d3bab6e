"""What a salesperson sees on the device, in German and English, in the zone where they are."""

from __future__ import annotations

import ast
import uuid
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from clients.agent.act import members
from clients.device import language
from clients.device.labels import label
from hhcportal.run.places import CHECKOUT
from tests.clients.program import Account, Phone
from tests.stack import Stack

ZONE = ZoneInfo("America/New_York")
TODAY = datetime.now(ZONE).date()
TOMORROW = TODAY + timedelta(days=1)
SERIES = "5d1c7a52-0000-4000-8000-000000000001.20260106"


def at(day: date, hour: int) -> str:
    """That hour of the viewer's day as Act! writes it."""
    there = datetime.combine(day, time(hour), ZONE)
    return there.astimezone(ZoneInfo("UTC")).strftime("%Y-%m-%dT%H:%M:%SZ")


RECORDS: list[tuple[str, str, Any]] = [
    (
        "contact",
        "C1",
        {
            "id": "C1",
            "fullName": "Eva Weber",
            "company": "Muster GmbH",
            "jobTitle": "Einkauf",
            "namePrefix": "Ms",
            "lastName": "Weber",
            "businessPhone": "030 12345",
            "businessAddress": {"line1": "Hauptstr. 1", "city": "Berlin"},
            "customFields": {"user6": "Steel", "newsletter": True},
            "isUser": False,
            "recordManager": "Anna Berger",
            "recordManagerID": "b1d0c3",
            "created": "2026-01-01T03:00:00Z",
        },
    ),
    ("contact", "C2", {"id": "C2", "fullName": "Jo Adams", "lastName": "Adams"}),
    ("contact", "ALFKI", {"id": "ALFKI", "fullName": "Maria Anders", "city": "Bern"}),
    (
        "field",
        "contact.customFields.user6",
        {
            "id": "contact.customFields.user6",
            "recordType": "contact",
            "name": "customFields.user6",
            "displayName": "Industry",
        },
    ),
    (
        "activity",
        SERIES,
        {
            "subject": "Angebot besprechen",
            "activityTypeName": "Call",
            "activityTypeId": 1,
            "startTime": at(TOMORROW, 14),
            "endTime": at(TOMORROW, 15),
            "isCleared": False,
            "seriesID": SERIES[:36],
            "isRecurring": True,
            "recurSpec": {"recurType": "Weekly", "frequency": 2, "isEndless": True},
            "contacts": [{"id": "C1"}, {"id": "not-here"}],
            "details": "First line\nsecond line",
        },
    ),
    (
        "activity",
        "A2",
        {
            "subject": "Inventory",
            "activityTypeName": "To-do",
            "startTime": TODAY.isoformat(),
            "isAllDay": True,
            "isCleared": True,
        },
    ),
    (
        "opportunity",
        "O1",
        {
            "id": "O1",
            "name": "Cutter",
            "status": 0,
            "stage": {"id": "s", "name": "Negotiation", "process": {"id": "p", "name": "Sales"}},
            "probability": 65,
            "productTotal": 12500.5,
            "products": [{"id": "p1", "name": "Blade", "quantity": 2, "price": 10, "total": 20}],
            "estimatedCloseDate": TOMORROW.isoformat(),
            "contacts": [{"id": "C1"}],
        },
    ),
    (
        "opportunity",
        "O2",
        {"id": "O2", "name": "Service", "status": 1, "productTotal": 90, "companies": None},
    ),
    (
        "note",
        "N1",
        {
            "id": "N1",
            "noteText": "\nPrefers mornings.\nAnd tea.",
            "noteTypeID": 100,
            "displayDate": "2020-05-12T18:00:00Z",
            "contacts": [{"id": "C1"}],
        },
    ),
    (
        "history",
        "H1",
        {
            "id": "H1",
            "regarding": "Rückruf",
            "historyType": {"id": 1, "name": "Call Completed"},
            "historyTypeID": 1,
            "startTime": "2020-05-12T02:30:00Z",
            "contacts": [{"id": f"C{n}"} for n in (1, 2)] + [{"id": "ALFKI"}],
        },
    ),
    ("visit", "V1", {"id": "V1", "who": "Jo", "when": "2020-05-12T02:30:00Z", "km": 12}),
]


@pytest.fixture(scope="module")
def phone(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Phone:
    """A device that has collected all that an office sent."""
    account = Account(stack, tmp_path_factory.mktemp("showing"))
    with httpx.Client(base_url=f"{stack.url}/api/v1/") as server:
        code = {"code": account.code("server"), "name": "PC", "install_id": str(uuid.uuid4())}
        token = server.post("pairings", json=code).raise_for_status().json()["token"]
        changes = [
            {"kind": kind, "id": id, "op": "put", "version": n, "data": data}
            for n, (kind, id, data) in enumerate(RECORDS, 1)
        ]
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid.uuid4())}
        server.post("batches", json={"changes": changes}, headers=headers).raise_for_status()
    phone = account.phone("phone")
    phone.sync_until(lambda: sum(phone.status()["records"].values()) == len(RECORDS))
    return phone


@pytest.fixture(autouse=True)
def there(monkeypatch: pytest.MonkeyPatch) -> None:
    """The viewer's zone, and a terminal in English."""
    monkeypatch.setenv("TZ", "America/New_York")
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")


def lines(phone: Phone, *words: str) -> list[str]:
    return phone.run(*words).out.splitlines()


def test_appointments_stand_by_their_time_with_whom_they_are(phone: Phone) -> None:
    assert lines(phone, "list", "activity") == [
        "Today To-do: Inventory (done)",
        "Tomorrow 14:00 Call with Ms Weber (Muster GmbH): Angebot besprechen",
    ]
    assert lines(phone, "list", "activity", "--lang", "de") == [
        "Heute Aufgabe: Inventory (erledigt)",
        "Morgen 14:00 Anruf mit Ms Weber (Muster GmbH): Angebot besprechen",
    ]


def test_the_terminals_language_is_taken_and_can_be_overruled(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LC_ALL")
    monkeypatch.setenv("LANG", "de_AT.UTF-8")
    assert lines(phone, "list", "note") == [
        "Di 12. Mai 2020 Ms Weber (Muster GmbH): Prefers mornings."
    ]
    assert lines(phone, "list", "note", "--lang", "en") == [
        "Tue 12 May 2020 Ms Weber (Muster GmbH): Prefers mornings."
    ]


def test_deals_are_told_by_stage_and_amount(phone: Phone) -> None:
    assert lines(phone, "list", "opportunity") == [
        "Cutter – Ms Weber (Muster GmbH): Negotiation 65 %, 12,500.50, closes tomorrow",
        "Service: Won, 90.00",
    ]
    assert lines(phone, "list", "opportunity", "--lang", "de") == [
        "Cutter – Ms Weber (Muster GmbH): Negotiation 65 %, 12.500,50, Abschluss morgen",
        "Service: gewonnen, 90,00",
    ]


def test_what_was_is_told_in_the_viewers_zone_with_the_first_of_many(phone: Phone) -> None:
    assert lines(phone, "list", "history", "--lang", "de") == [
        "Mo 11. Mai 2020 22:30 Anruf geführt mit Ms Weber (Muster GmbH), Jo Adams und 1 weitere: "
        "Rückruf"
    ]


def test_people_of_any_shape_are_told_by_name(phone: Phone) -> None:
    assert sorted(lines(phone, "list", "contact", "--ids")) == [
        "ALFKI  Maria Anders",
        "C1  Eva Weber (Muster GmbH), Einkauf, 030 12345",
        "C2  Jo Adams",
    ]


def test_unknown_kinds_show_their_first_texts(phone: Phone) -> None:
    assert lines(phone, "list", "visit") == ["Jo, Mon 11 May 2020 22:30, 12"]
    said = phone.run("list", "spoon", "--lang", "de").out
    assert said.startswith("Es gibt keine Datensätze der Art spoon; Arten hier: activity,")


def test_one_record_in_full_by_words_of_its_line(phone: Phone) -> None:
    said = lines(phone, "show", "activity", "angebot", "weber")
    assert said[0] == "Tomorrow 14:00 Call with Ms Weber (Muster GmbH): Angebot besprechen"
    day = f"{TOMORROW:%a} {TOMORROW.day} {TOMORROW:%b} {TOMORROW.year}"
    assert [" ".join(line.split()) for line in said[2:11]] == [
        "Subject Angebot besprechen",
        "Type Call",
        f"Start time {day} 14:00",
        f"End time {day} 15:00",
        "Done no",
        "Repeats Weekly, every 2.",
        "Contacts Ms Weber (Muster GmbH)",
        "not-here",
        "Details First line",
    ]
    assert said[-2] == f"activity {SERIES} (version 5)"
    assert said[-1].startswith("Portal: http")


def test_a_contact_in_full_bears_the_offices_own_labels(phone: Phone) -> None:
    said = [
        " ".join(line.split()) for line in lines(phone, "show", "contact", "C1", "--lang", "de")
    ]
    assert "Industry Steel" in said
    assert "Newsletter ja" in said
    assert "Adresse Hauptstr. 1, Berlin" in said
    assert "Angelegt Mi 31. Dez. 2025 22:00" in said
    assert "Zuständig Anna Berger" in said
    assert "b1d0c3" not in " ".join(said)


def test_words_that_fit_several_or_none_are_told(phone: Phone) -> None:
    several = phone.run("show", "contact", "a", code=1).err
    assert "3 of the kind contact fit, such as ALFKI (Maria Anders)" in several
    assert "There is no contact nobody here" in phone.run("show", "contact", "nobody", code=1).err


def test_an_own_edit_is_marked_and_programs_read_what_they_did(phone: Phone) -> None:
    made = phone.run("new", "errand", "who=Kim", "--json").answer["id"]
    assert lines(phone, "list", "errand", "--lang", "de") == ["Kim  [nicht gesendet]"]
    shown = phone.run("show", "errand", made, "--json", "--lang", "de").answer
    assert (shown["data"], shown["edit"]) == ({"who": "Kim"}, "unsent")
    assert phone.field("activity", SERIES, "startTime") == at(TOMORROW, 14)


def test_every_word_has_its_german() -> None:
    device = CHECKOUT / "clients" / "device"
    said = {
        call.args[0].value
        for path in device.glob("*.py")
        for call in ast.walk(ast.parse(Path(path).read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute | ast.Name)
        and ast.unparse(call.func).endswith("language")
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }
    assert len(said) > 10
    assert said <= language.GERMAN.keys()
    german, english = language.Language("de"), language.Language("en")
    names = {name for kind in members.OF_KIND.values() for name in kind} - {"customFields"}
    same = {name for name in names if label(name, german) == label(name, english)}
    # Told otherwise, or the same word in both.
    unnamed = {name for name in same if not name.endswith(("ID", "Id"))}
    assert unnamed <= {"fax", "id", "idStatus", "fullName", "name", "noteText", "region", "status",
                       "statusName", "pagerPhone", "isRecurring", "messengerID"}  # fmt: skip
