"""What a test can do to the office, and what it is told of it."""

import socket
import time
from datetime import date
from urllib.parse import urlsplit

import httpx
import pytest

from tests.act.office import Caller, Office


def test_an_edit_raises_edited_and_a_backdated_one_does_not(busy: Office, visitor: Caller) -> None:
    row = visitor.rows("companies", top=1)[0]
    busy.change("company", row["id"], **{"address/city": "Kiel"}, region="North")
    after = visitor.get(f"companies/{row['id']}").json()
    assert (after["address"]["city"], after["region"]) == ("Kiel", "North")
    assert after["edited"] > row["edited"]
    busy.change("company", row["id"], edited="2015-01-01T00:00:00Z", region="South")
    late = visitor.get(f"companies/{row['id']}").json()
    assert (late["region"], late["edited"]) == ("South", "2015-01-01T00:00:00Z")


def test_names_follow_into_links(busy: Office, visitor: Caller) -> None:
    note = next(row for row in visitor.rows("notes") if row["contacts"])
    busy.change("contact", note["contacts"][0]["id"], fullName="Renamed Person")
    again = visitor.get(f"notes/{note['id']}").json()
    assert again["contacts"][0]["displayName"] == "Renamed Person"
    assert again["edited"] == note["edited"]


def test_half_a_request_is_none(busy: Office, visitor: Caller) -> None:
    """Whoever asked was killed: nothing is written, nothing is judged."""
    before = (len(busy.log()), busy.ask("writes"))
    to = urlsplit(busy.url)
    head = f"POST {to.path}/api/companies HTTP/1.1\r\nHost: act\r\nContent-Length: 100\r\n\r\n"
    with socket.create_connection((to.hostname, to.port)) as line:
        line.sendall(head.encode() + b"{")
        time.sleep(0.2)
    time.sleep(0.2)
    assert (len(busy.log()), busy.ask("writes")) == before


def test_new_records(busy: Office, visitor: Caller) -> None:
    contact = busy.create("contact", firstName="Nina", lastName="Neu", fullName="Nina Neu")
    child = busy.create("secondary_contact", parent=contact, fullName="Kim Neu")
    note = busy.create("note", noteText="Hello.", contacts=[contact])
    task = busy.create("activity", startTime="2026-12-01T13:00:00Z", contacts=[contact])
    assert visitor.get(f"contacts/{contact}").json()["fullName"] == "Nina Neu"
    assert [row["id"] for row in visitor.rows(f"contacts/{contact}/secondary-contacts")] == [child]
    assert [row["id"] for row in visitor.rows(f"contacts/{contact}/notes")] == [note]
    (row,) = visitor.rows(f"contacts/{contact}/associated-tasks")
    assert (row["seriesID"], row["startTime"]) == (task, "2026-12-01T13:00:00Z")
    assert row["scheduledWithEmail"] == visitor.get(f"contacts/{contact}").json()["emailAddress"]
    busy.delete("contact", contact)
    assert not visitor.get(f"notes/{note}").json()["contacts"]


def test_members_come_and_go_without_an_edit(busy: Office, visitor: Caller) -> None:
    group = visitor.rows("groups", top=1)[0]
    path = f"groups/{group['id']}/associated-contacts"
    first = visitor.rows(path)[0]
    busy.do("member", group=group["id"], contact=first["id"], is_in=False)
    assert first["id"] not in {row["id"] for row in visitor.rows(path)}
    assert visitor.get(f"groups/{group['id']}").json()["edited"] == group["edited"]
    assert visitor.get(f"contacts/{first['id']}").json() == first


def test_a_day_in_the_office_is_the_same_for_the_same_dice() -> None:
    words = ("--week", "2026-11-30", "--series", "2")
    with Office(*words, contacts=80) as one, Office(*words, contacts=80) as other:
        edits = one.office_day(60, seed=3)
        assert [edit["id"] for edit in edits] == [e["id"] for e in other.office_day(60, seed=3)]
        assert len({edit["what"] for edit in edits}) > 5
        with Caller(one) as caller:
            for kind in ("contacts", "notes", "History", "tasks", "opportunities", "companies"):
                caller.rows(kind, top=300)


def test_an_older_backup_comes_back_whole(busy: Office, visitor: Caller) -> None:
    first, second = visitor.rows("contacts", top=2)
    note = busy.create("note", noteText="Before the backup.", contacts=[first["id"]])
    before = visitor.rows("contacts", orderby="id")
    busy.do("backup", name="monday")
    busy.change("contact", first["id"], fullName="After Backup")
    busy.delete("contact", second["id"])
    made = busy.create("contact", fullName="Too Late")
    busy.do("restore", name="monday")
    assert visitor.rows("contacts", orderby="id") == before
    assert visitor.get(f"contacts/{made}").status_code == 404
    assert visitor.get(f"notes/{note}").status_code == 200
    busy.do("restore")
    assert visitor.get(f"notes/{note}").status_code == 404


def test_canaries_stand_where_they_could_slip_out() -> None:
    with Office("--series", "0", contacts=60) as office, Caller(office) as caller:
        planted = office.do("canaries", count=30)["canaries"]
        assert len({each["canary"] for each in planted}) == 30
        assert {each["kind"] for each in planted} == {
            "contact", "company", "note", "history", "activity", "opportunity",
        }  # fmt: skip
        lists = ("contacts", "companies", "notes", "History", "tasks", "opportunities")
        seen = {kind: caller.get(kind).text for kind in lists}
        for each in planted:
            found = {kind for kind, text in seen.items() if each["canary"] in text}
            assert found, each
            if each["kind"] == "contact":
                assert {"notes", "History", "tasks", "opportunities"} <= found
                assert ("contacts" in found) is (each["why"] in ("own private", "limited, shared"))


def test_the_truth_tells_the_hidden_too(busy: Office, visitor: Caller) -> None:
    last = visitor.rows("contacts", orderby="id")[-1]["id"]
    busy.turn_private("contact", last)
    told = list(busy.truth("contact"))
    seen = {row["id"] for row in visitor.rows("contacts")}
    assert {each["row"]["id"] for each in told if each["is_visible"]} == seen
    assert len(told) > len(seen)
    hidden = next(each for each in told if each["row"]["id"] == last)
    assert (hidden["access"]["type"], hidden["is_visible"]) == ("Private", False)
    member = next(each for each in told if each["is_visible"] and each["groups"])
    path = f"contacts/{member['row']['id']}/associated-groups"
    assert {row["id"] for row in visitor.rows(path)} <= set(member["groups"])
    days = list(busy.truth("activity", since=date(2026, 12, 1), until=date(2026, 12, 31)))
    assert days
    assert all(each["row"]["startTime"][:7] in ("2026-11", "2026-12") for each in days)


def test_counters_and_the_log_tell_each_request() -> None:
    with Office(contacts=20) as office, Caller(office) as caller:
        office.do("reset")
        row = caller.rows("contacts", top=1)[0]
        caller.get(f"contacts/{row['id']}")
        caller.get(f"contacts/{row['id']}")
        counters = office.counters()
        assert counters["routes"] == {"GET /api/contacts": 1, "GET /api/contacts/{contactId}": 2}
        assert (counters["requests"], counters["most_at_once"]) == (3, 1)
        assert counters["bytes"] > 3 * 4_000
        assert office.log()[0]["query"] == [["$top", "1"]]
        assert {each["status"] for each in office.log()} == {200}


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("spoon", {}), ("delete", {"kind": "contact", "id": "x"}), ("clock", {"spoon": 1}),
     ("fault", {"what": "spoon"}), ("refuse", {"code": 7})],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_with_a_reason(
    busy: Office, name: str, arguments: dict[str, object]
) -> None:
    root = busy.url.removesuffix("/act.web.api")
    answer = httpx.post(f"{root}/_control/{name}", json=arguments, trust_env=False)
    assert answer.status_code == 400
    assert answer.json()["message"]


def test_an_office_can_go_on_for_ever_without_growing_or_shrinking() -> None:
    with Office("--series", "2", contacts=20) as office:
        kinds = ("contact", "note", "history")
        before = {kind: {one["row"]["id"] for one in office.truth(kind)} for kind in kinds}
        private = [one["row"]["isPrivate"] for one in office.truth("contact")]
        office.do("office-day", count=150, most=3)
        after = {kind: {one["row"]["id"] for one in office.truth(kind)} for kind in kinds}
        assert all(len(after[kind]) >= 3 + len(before[kind]) for kind in ("note", "history"))
        for kind in kinds:
            assert before[kind] <= after[kind]
            assert len(after[kind] - before[kind]) <= 3
        assert [one["row"]["isPrivate"] for one in office.truth("contact")][:20] == private
