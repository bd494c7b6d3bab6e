"""Appointments made, moved, cleared and deleted by the API, with the quirks of the facts."""

import pytest

from tests.act.office import Caller, Office, Row

RANGE = "startTime ge 2026-10-01T00:00:00Z and startTime lt 2027-10-01T00:00:00Z"


@pytest.fixture(autouse=True)
def counted_anew(busy: Office) -> None:
    busy.do("reset")


@pytest.fixture(scope="module")
def person(busy: Office) -> str:
    """A contact who is no Act! user."""
    return busy.create("contact", fullName="Petra Planned")


def make(visitor: Caller, person: str, path: str = "tasks", **more: object) -> Row:
    body = {
        "subject": "Demo", "startTime": "2026-12-01T13:00:00Z", "endTime": "2026-12-01T13:45:00Z",
        "contacts": [{"id": person}], **more,
    }  # fmt: skip
    answer = visitor.write("POST", path, body)
    assert answer.status_code == 201, answer.text
    made: Row = answer.json()
    return made


def an_occurrence(visitor: Caller, place: int = 3) -> Row:
    """Of a weekly series, one that nobody moved."""
    rows = visitor.rows("tasks", filter=RANGE, orderby="startTime")
    weekly = [
        row for row in rows
        if row["isRecurring"] and row["recurSpec"]["recurType"] == "Weekly"
        and row["startTime"] == row["originalTime"] and not row["isCleared"]
    ]  # fmt: skip
    row: Row = [row for row in weekly if row["seriesID"] == weekly[0]["seriesID"]][place]
    return row


def test_a_new_one_is_found_again_by_its_markers(
    busy: Office, visitor: Caller, person: str
) -> None:
    spec = {"recurType": "Daily", "isEndless": True}
    row = make(visitor, person, calendarUid="uid-1", externalId="ext-1", recurSpec=spec)
    assert (row["recurSpec"], row["isRecurring"]) == (None, False)
    assert row["id"] == f"{row['seriesID']}12012026"
    assert (row["duration"], row["activityTypeName"]) == ("45 minutes", "Call")
    assert visitor.get(f"tasks/{row['id']}").json() == row
    assert busy.writes()["writes"][0]["markers"] == {"calendarUid": "uid-1", "externalId": "ext-1"}
    found = visitor.write("POST", "sync-data/search-synced-calendar-uids", ["uid-1", "uid-2"])
    assert found.json() == [
        {"activityId": row["seriesID"], "externalId": "ext-1", "calendarUid": "uid-1"}
    ]
    found = visitor.write("POST", "sync-data/search-synced-external-ids", ["ext-1", "ext-2"])
    assert found.json() == ["ext-1"]
    assert busy.writes()["total"] == 1


@pytest.mark.parametrize(
    "wrong", [{"contacts": []}, {"startTime": None}, {"endTime": "2026-12-01T12:00:00Z"}]
)
def test_what_an_appointment_has_to_have(
    busy: Office, visitor: Caller, person: str, wrong: Row
) -> None:
    body = {"startTime": "2026-12-01T13:00:00Z", "endTime": "2026-12-01T13:45:00Z"}
    people = {"contacts": [{"id": person}]}
    assert visitor.write("POST", "tasks", {**body, **people, **wrong}).status_code == 400
    assert busy.writes()["total"] == 0


def test_moving_to_another_day_changes_the_id(busy: Office, visitor: Caller, person: str) -> None:
    row = make(visitor, person)
    body = {"id": row["id"], "startTime": "2026-12-03T08:00:00Z", "endTime": "2026-12-03T09:00:00Z"}
    without = {name: value for name, value in body.items() if name != "id"}
    assert visitor.write("PATCH", f"tasks/{row['id']}", without).content == b""
    moved = visitor.write("PATCH", f"tasks/{row['id']}", body).json()
    assert moved["id"] == f"{row['seriesID']}12032026"
    assert (moved["duration"], moved["subject"]) == ("60 minutes", "Demo")
    assert visitor.get(f"tasks/{row['id']}").status_code == 404
    assert visitor.get(f"tasks/{moved['id']}").json() == moved
    write = busy.writes()["writes"][-1]
    assert (write["id"], write["was"]) == (moved["id"], row["id"])
    assert {"startTime", "endTime"} <= set(write["changed"])


def test_one_occurrence_changes_alone(visitor: Caller) -> None:
    row, other = an_occurrence(visitor), an_occurrence(visitor, 4)
    body = {"id": row["id"], "subject": "Once only", "details": "<p>Just here</p>"}
    after = visitor.write("PATCH", f"tasks/{row['id']}", body).json()
    assert (after["subject"], after["details"]) == ("Once only", "<p>Just here</p>")
    assert after["edited"] > row["edited"]
    assert visitor.get(f"tasks/{other['id']}").json() == other
    (listed,) = [r for r in visitor.rows("tasks", filter=RANGE) if r["id"] == row["id"]]
    assert listed == after


def test_clearing_makes_a_history_and_does_not_tell_its_id(
    busy: Office, visitor: Caller, person: str
) -> None:
    row = make(visitor, person, details="By phone.")
    body = {
        "result": {"id": 17, "name": "What it says does not matter"},
        "history": {"subject": "Left word", "includeDetailsToHistory": True, "isPrivate": False,
                    "startTime": row["startTime"], "endTime": row["endTime"]},
    }  # fmt: skip
    told = visitor.write("PUT", f"tasks/{row['id']}/clear", body).json()
    assert "id" not in told
    assert told["historyType"]["name"] == "Call Left Message"
    assert visitor.get(f"tasks/{row['id']}").json()["isCleared"] is True
    (history,) = visitor.rows(f"activities/{row['id']}/history")
    assert visitor.rows(f"contacts/{person}/history") == [history]
    assert (history["historyTypeID"], history["regarding"]) == (17, "Left word")
    assert history["details"] == "By phone."
    (write,) = [each for each in busy.writes()["writes"] if each["op"] == "clear"]
    assert write["history"] == history["id"]
    assert visitor.write("DELETE", f"tasks/{row['id']}/clear").status_code == 204
    assert visitor.get(f"tasks/{row['id']}").json()["isCleared"] is False
    assert visitor.rows(f"activities/{row['seriesID']}/history") == [history]
    visitor.write("DELETE", f"tasks/{row['id']}/clear")
    assert busy.writes()["counts"] == {"activity": {"clear": 1, "create": 1, "unclear": 1}}


def test_for_an_act_user_the_history_is_filed_under_that_user(
    busy: Office, visitor: Caller
) -> None:
    number, contact = next(
        (number, told["row"]["id"])
        for number, told in enumerate(busy.truth("contact"))
        if number and told["row"]["isUser"] and told["is_visible"]
    )
    row = make(visitor, contact)
    visitor.write("PUT", f"tasks/{row['id']}/clear", {"result": {"id": 1}})
    (history,) = visitor.rows(f"activities/{row['id']}/history")
    name = visitor.rows("users")[number]["displayName"]
    assert (history["createUserName"], history["recordManager"]) == (name, name)
    body = {"id": history["id"], "createUserID": "x", "recordManagerID": "x"}
    after = visitor.write("PATCH", f"History/{history['id']}", body).json()
    assert after["createUserName"] == name


def test_a_cleared_occurrence_is_cleared_alone(visitor: Caller) -> None:
    row, other = an_occurrence(visitor, 5), an_occurrence(visitor, 6)
    answer = visitor.write("PUT", f"tasks/{row['id']}/clear", {"result": {"id": 99}})
    assert answer.status_code == 400
    visitor.write("PUT", f"tasks/{row['id']}/clear", {"result": {"id": 0}})
    after = visitor.get(f"tasks/{row['id']}").json()
    assert after["isCleared"] is True
    assert after["edited"] > row["edited"]
    assert visitor.get(f"tasks/{other['id']}").json() == other


def test_another_user_may_be_the_organizer(visitor: Caller, person: str) -> None:
    one, other = visitor.rows("users")[1:3]
    row = make(visitor, person, f"organizers/{one['id']}/tasks", scheduledForId=other["id"])
    assert row["scheduledFor"] == one["displayName"]
    assert row["scheduledBy"] == visitor.rows("users")[0]["displayName"]
    visitor.write("PUT", f"tasks/{row['id']}/clear", {"result": {"id": 1}})
    (history,) = visitor.rows(f"activities/{row['id']}/history")
    assert history["createUserName"] == one["displayName"]
    assert visitor.write("DELETE", f"tasks/{row['id']}").status_code == 204


def test_deleting_one_occurrence_leaves_the_others(visitor: Caller) -> None:
    row, other = an_occurrence(visitor, 7), an_occurrence(visitor, 8)
    if row["scheduledFor"] != visitor.rows("users")[0]["displayName"]:
        assert visitor.write("DELETE", f"tasks/{row['id']}").status_code == 403
        path = f"organizers/{visitor.rows('users')[0]['id']}/tasks/{row['id']}"
        assert visitor.write("PUT", path).status_code == 200
    assert visitor.write("DELETE", f"tasks/{row['id']}").status_code == 204
    assert visitor.get(f"tasks/{row['id']}").status_code == 404
    assert visitor.get(f"tasks/{other['id']}").status_code == 200


def test_contacts_come_to_an_appointment_and_go(busy: Office, visitor: Caller, person: str) -> None:
    row = make(visitor, person)
    second = busy.create("contact", fullName="Second Guest")
    path = f"contacts/{{}}/associated-tasks/{row['id']}"
    joined = visitor.write("PUT", path.format(second)).json()
    assert [each["id"] for each in joined["contacts"]] == [person, second]
    assert visitor.write("DELETE", path.format(person)).status_code == 204
    assert visitor.write("DELETE", path.format(second)).status_code == 400
    assert visitor.write("DELETE", path.format(person)).status_code == 404
    assert busy.writes()["counts"] == {"activity": {"create": 1, "link": 1, "unlink": 1}}
