"""Series made, changed and deleted as a whole by the API."""

import pytest

from tests.act.office import Caller, Office, Row

RANGE = "startTime ge 2026-10-01T00:00:00Z and startTime lt 2027-10-01T00:00:00Z"


@pytest.fixture
def contact(busy: Office) -> Row:
    busy.do("reset")
    return {"id": busy.create("contact", fullName="Rita Regular")}


def make(visitor: Caller, contact: Row, **spec: object) -> Row:
    body = {
        "subject": "Every time", "contacts": [contact], "startTime": "2026-12-01T09:00:00Z",
        "endTime": "2026-12-01T09:30:00Z", "recurSpec": spec,
    }  # fmt: skip
    answer = visitor.write("POST", "recurring-tasks", body)
    assert answer.status_code == 201, answer.text
    made: Row = answer.json()
    return made


def days(visitor: Caller, contact: Row) -> list[str]:
    path = f"contacts/{contact['id']}/associated-tasks"
    rows = visitor.rows(path, filter=RANGE, orderby="startTime")
    return [row["startTime"][5:16] for row in rows]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"recurType": "Daily", "frequency": 2, "seriesEnd": "2026-12-06T00:00:00Z"},
         ["12-01T09:00", "12-03T09:00", "12-05T09:00"]),
        ({"recurType": "Weekly", "day": {"daysOfWeek": ["Wednesday", "Friday"]},
          "seriesEnd": "2026-12-09T00:00:00Z"}, ["12-02T09:00", "12-04T09:00", "12-09T09:00"]),
        ({"recurType": "Weekly", "day": {"daysOfWeek": "Tuesday"}, "isEndless": True,
          "frequency": 20}, ["12-01T09:00", "04-20T08:00", "09-07T08:00"]),
        ({"recurType": "Monthly", "seriesEnd": "2027-02-10T00:00:00Z",
          "day": {"daysOfWeek": ["Tuesday"], "ordinal": "Second", "dayType": "Named"}},
         ["12-08T09:00", "01-12T09:00", "02-09T09:00"]),
        ({"recurType": "Monthly", "day": {"dayAsInt": 31, "dayType": "Numbered"},
          "seriesEnd": "2027-03-31T00:00:00Z"}, ["12-31T09:00", "01-31T09:00", "03-31T08:00"]),
    ],
)  # fmt: skip
def test_a_new_series_occurs_as_its_rule_says(
    visitor: Caller, contact: Row, spec: Row, expected: list[str]
) -> None:
    made = make(visitor, contact, **spec)
    assert (len(made["id"]), made["isRecurring"]) == (36, True)
    assert visitor.get(f"recurring-tasks/{made['id']}").json() == made
    assert made["startTime"][5:16] == expected[0]
    assert days(visitor, contact) == expected


@pytest.mark.parametrize(
    "spec", [{}, {"recurType": "None"}, {"recurType": "Weekly", "day": {"daysOfWeek": "Someday"}}]
)
def test_a_series_needs_a_rule(visitor: Caller, contact: Row, spec: Row) -> None:
    body = {"contacts": [contact], "startTime": "2026-12-01T09:00:00Z", "recurSpec": spec,
            "endTime": "2026-12-01T09:30:00Z"}  # fmt: skip
    assert visitor.write("POST", "recurring-tasks", body).status_code == 400


def test_the_whole_series_changes_at_once(busy: Office, visitor: Caller, contact: Row) -> None:
    made = make(visitor, contact, recurType="Daily", seriesEnd="2026-12-03T00:00:00Z")
    path = f"recurring-tasks/{made['id']}"
    assert visitor.write("PATCH", path, {"subject": "x"}).content == b""
    body = {
        "id": made["id"], "subject": "Later",
        "startTime": "2026-12-01T10:00:00Z", "endTime": "2026-12-01T10:30:00Z",
    }  # fmt: skip
    assert visitor.write("PATCH", path, body).json()["subject"] == "Later"
    assert days(visitor, contact) == ["12-01T10:00", "12-02T10:00", "12-03T10:00"]
    assert busy.writes()["writes"][-1]["changed"] == [
        "endTime", "originalTime", "recurSpec/seriesStart", "startTime", "subject",
    ]  # fmt: skip


def test_deleting_a_series_leaves_what_was_rescheduled(
    busy: Office, visitor: Caller, contact: Row
) -> None:
    made = make(visitor, contact, recurType="Daily", seriesEnd="2026-12-03T00:00:00Z")
    second = f"{made['id']}12022026"
    body = {"id": second, "startTime": "2026-12-05T09:00:00Z", "endTime": "2026-12-05T10:00:00Z"}
    taken = body | {"startTime": "2026-12-03T09:00:00Z", "endTime": "2026-12-03T10:00:00Z"}
    assert visitor.write("PATCH", f"tasks/{second}", taken).status_code == 409
    moved = visitor.write("PATCH", f"tasks/{second}", body).json()
    visitor.write("PATCH", f"tasks/{made['id']}12012026",
                  {"id": f"{made['id']}12012026", "subject": "Only changed"})  # fmt: skip
    assert visitor.write("DELETE", f"recurring-tasks/{made['id']}").status_code == 204
    assert visitor.get(f"recurring-tasks/{made['id']}").status_code == 404
    assert days(visitor, contact) == ["12-05T09:00"]
    assert visitor.get(f"tasks/{moved['id']}").json()["originalTime"] == moved["originalTime"]
    assert busy.writes()["writes"][-1]["left"] == ["2026-12-02"]
