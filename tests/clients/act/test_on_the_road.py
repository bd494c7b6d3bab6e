"""A salesperson's day on the device's command line, until it stands in Act!."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest

from tests.act.office import Office
from tests.clients.act.planned import PERSON, WORDS, at, plan_call, times
from tests.clients.act.test_commands import connected
from tests.clients.program import PATIENCE, Account, Client, Phone


@pytest.fixture
def office() -> Iterator[Office]:
    with Office(*WORDS, contacts=12) as office:
        yield office


def deliver(phone: Phone, agent: Client, edits: int) -> None:
    """Bring the phone's edits to Act!, and what became of them back."""
    phone.sync()
    end = time.monotonic() + PATIENCE
    while edits:
        edits -= agent.run("run", "--once", "--json").answer["received"]
        assert time.monotonic() < end, "an edit never came"
    records = agent.status()["records"]
    phone.sync_until(lambda: phone.status()["records"] == records and not unended(phone))


def unended(phone: Phone) -> bool:
    ended = {"applied", "conflict", "rejected"}
    return any(edit["state"] not in ended for edit in phone.edits("activity"))


def words_of(**values: object) -> list[str]:
    return [f"{name}:={json.dumps(value)}" for name, value in values.items()]


def named(phone: Phone, subject: str, kind: str = "activity") -> list[str]:
    member = "regarding" if kind == "history" else "subject"
    records = phone.records(kind).items()
    return [id for id, record in records if record["data"].get(member) == subject]


def test_appointments_are_made_done_and_deleted_on_the_road(
    account: Account, office: Office
) -> None:
    person = office.create("contact", fullName=PERSON, contactType="Contact")
    call, moved = plan_call(office, person), plan_call(office, person)
    agent = connected(account, office)
    agent.run("run", "--once")
    phone = account.phone("phone")
    phone.sync_until(lambda: phone.status()["records"] == agent.status()["records"])
    office.do("reset")

    phone.run("clear", call, "--result", "Call Completed", "--details", "He will buy.")
    assert "Ergebnis" in phone.run("show", "activity", call, "--lang", "de").out
    phone.run("edit", "activity", moved, *words_of(**times(10)), "location=Bern")
    lunch = words_of(contacts=[{"id": person}], **times(4))
    phone.run("new", "activity", "subject=Lunch", "activityTypeName=Meeting", *lunch)
    phone.run("new", "activity", "subject=For Ben", *lunch, "--on-behalf-of", office.user)
    weekly = words_of(recurSpec={"recurType": "Weekly", "isEndless": True})
    phone.run("new", "activity", "subject=Weekly", *lunch, *weekly)
    deliver(phone, agent, 5)
    told = {edit["id"]: (edit["state"], edit["detail"]) for edit in phone.edits("activity")}
    assert set(told.values()) == {("applied", "")}, told
    assert office.writes()["counts"] == {"activity": {"change": 1, "clear": 1, "create": 3}}
    assert phone.field("activity", moved, "startTime") == at(10)
    subject = str(phone.field("activity", call, "subject"))
    [history] = named(phone, subject, "history")
    assert str(phone.field("history", history, "details")).startswith("He will buy.")

    weekly_ones = named(phone, "Weekly")
    assert len(weekly_ones) == 9
    phone.run("edit", "activity", weekly_ones[2], "location=Ulm", "--series")
    assert "die ganze Serie" in phone.run("show", "activity", weekly_ones[2], "--lang", "de").out
    phone.run("clear", call, "--undo")
    phone.run("delete", "activity", moved)
    deliver(phone, agent, 3)
    assert {phone.field("activity", id, "location") for id in weekly_ones} == {"Ulm"}
    assert phone.field("activity", call, "isCleared") is False
    assert moved not in phone.records("activity")

    phone.run("edit", "activity", weekly_ones[3], "location=Bonn")
    phone.run("delete", "activity", weekly_ones[0], "--series")
    deliver(phone, agent, 2)
    assert named(phone, "Weekly") == []
    # The scope of an earlier edit of the whole series is no part of the next one.
    assert office.writes()["counts"]["activity"] == {
        "change": 3, "clear": 1, "create": 3, "delete": 2, "unclear": 1,
    }  # fmt: skip
