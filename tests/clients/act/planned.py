"""An office whose appointments a phone changes, and what is asked of it in tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from tests.act.office import Office
from tests.clients.act.desk import Desk

Data = dict[str, Any]
FEW = {"companies": 2, "groups": 2, "opportunities": 2, "histories": 4, "notes": 2,
       "activities": 4, "series": 2, "secondary": 1}  # fmt: skip
WORDS = [word for name, few in FEW.items() for word in (f"--{name}", str(few))]
PERSON = "Petra Planned"
_TODAY = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
_numbers = count(1)


@dataclass
class Planned:
    """An agent that has read an office, and calls there that no test has changed yet."""

    desk: Desk
    calls: list[str]


def number() -> int:
    """Another one each time, for subjects."""
    return next(_numbers)


def at(days: int, hour: int = 9) -> str:
    """A moment in so many days."""
    return (_TODAY.replace(hour=hour) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def times(days: int, hour: int = 9) -> Data:
    return {"startTime": at(days, hour), "endTime": at(days, hour + 1)}


def plan_call(office: Office, person: str) -> str:
    """A call in three days, of a subject of its own, that no reading has brought yet; its id."""
    subject = f"Call {number()}"
    return office.create(
        "activity", subject=subject, startTime=at(3), contacts=[person], activityTypeId=1,
        activityTypeName="Call", details=f"<html><body><p><b>{subject}</b> soon</p></body></html>",
    )  # fmt: skip


def person_of(desk: Desk) -> str:
    [id] = [id for (_, id), data in desk.phone.items() if data.get("fullName") == PERSON]
    return id


def row(desk: Desk, id: str) -> Data:
    """A single activity as the office has it."""
    [told] = desk.office.ask("record", kind="activity", id=id)["records"]
    found: Data = told["row"]
    return found


def ops(desk: Desk) -> list[tuple[str, str]]:
    return [(kind, op) for kind, op, _ in desk.writes()]


def said(outcome: Data) -> tuple[str, str]:
    return outcome["state"], outcome.get("detail", "")


def histories(desk: Desk, regarding: str) -> list[Data]:
    """What the phone holds of them."""
    return [
        data
        for (kind, _), data in desk.phone.items()
        if kind == "history" and data.get("regarding") == regarding
    ]
