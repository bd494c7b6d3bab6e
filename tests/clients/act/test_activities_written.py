"""A phone's appointments stand in Act!: changed, moved, cleared, planned and deleted, once each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.act.office import Office
from tests.clients.act.road import Data, Road
from tests.stack import Stack

FEW = {"companies": 2, "groups": 2, "opportunities": 2, "histories": 4, "notes": 2,
       "activities": 6, "series": 3, "secondary": 1}  # fmt: skip
SMALL = [word for name, count in FEW.items() for word in (f"--{name}", str(count))]
TODAY = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0)
CALL = 1


def at(days: int, hour: int = 9) -> str:
    return (TODAY.replace(hour=hour) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def times(days: int, hour: int = 9) -> dict[str, str]:
    return {"startTime": at(days, hour), "endTime": at(days, hour + 1)}


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    with Office(*SMALL, contacts=12) as office:
        yield office


class Made:
    """What the office had planned before the phone came."""

    def __init__(self, office: Office) -> None:
        self.person = office.create("contact", fullName="Petra Planned", contactType="Contact")
        self.other = office.create("contact", fullName="Otto Other", contactType="Contact")
        plans = ("Change", "Move", "Clear", "Open", "Delete", "Far", "Reject", "Moved", "Clash",
                 "Kept", "Lost")  # fmt: skip
        self.ids = {
            subject: office.create(
                "activity", subject=subject, startTime=at(3), contacts=[self.person],
                activityTypeId=CALL, activityTypeName="Call",
                details=f"<html><body><p><b>{subject}</b> soon</p></body></html>",
            )
            for subject in plans
        }  # fmt: skip


@pytest.fixture(scope="module")
def made(office: Office) -> Made:
    return Made(office)


@pytest.fixture(scope="module")
def road(stack: Stack, tmp_path_factory: pytest.TempPathFactory, office: Office, made: Made) -> Road:
    road = Road(stack, tmp_path_factory.mktemp("road"), office)
    office.do("reset")
    return road


def row(office: Office, subject: str) -> Data:
    [found] = [told["row"] for told in office.truth("activity") if told["row"]["subject"] == subject]
    return found


def test_first(road: Road, made: Made, office: Office) -> None:
    ids = made.ids
    road.edit(ids["Change"], location="Bern", leadMinutes=30)
    road.edit(ids["Move"], **times(10, 14))
    road.clear(ids["Clear"], "--result", "Call Completed", "--details", "He will buy.")
    road.delete(ids["Delete"])
    road.edit(ids["Far"], **times(500))
    road.edit(ids["Reject"], contacts=[])
    new = road.new(subject="New", contacts=[{"id": made.person}], activityTypeName="Meeting", **times(4))
    called = road.new("--on-behalf-of", "Anna Berger", subject="Called", isCleared=True, contacts=[{"id": made.person}], activityTypeName="Call", **times(-1))
    road.deliver()
    for edit in road.phone.edits("activity"):
        print(edit)
    print(office.writes())
    print(road.named("Clear", "history"))
    print(office.violations())
    assert 0
