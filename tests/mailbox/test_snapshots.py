"""What a snapshot deletes, and what it leaves alone."""

import pytest
from django.test import override_settings

from tests.office import Office, Program, apply_all, delete, put, refused, said, sweep_all
from tests.snapshots import Snapshot


def test_what_is_not_named_becomes_a_delete(server: Program, phone: Program) -> None:
    server.deliver(put("kept", 1), put("gone", 2), put("told", 3), delete("dead", 4))
    phone.collect()
    snapshot = Snapshot(server, 10)
    snapshot.deliver(put("kept", 1), put("new", 11))
    snapshot.finish(delete("told", 12))
    assert phone.mailbox()["waiting"]["by_kind"] == {"contact": 3}
    assert [(c["id"], c["op"], c["version"]) for c in phone.collect()] == [
        ("new", "put", 11),
        ("told", "delete", 12),
        ("gone", "delete", 10),
    ]
    assert said(phone.post("/resync"), 202)["waiting"] == 5
    assert phone.page()["full"] is True


def test_other_kinds_and_higher_versions_stay(server: Program, phone: Program) -> None:
    server.deliver(put("a", 1), put("n", 2, kind="note"), put("z", 3, kind="appointment"))
    snapshot = Snapshot(server, 10, "contact", "appointment")
    server.deliver(put("later", 10), put("last", 11))  # no part, but not below the version
    snapshot.finish()
    assert {(c["id"], c["op"]) for c in phone.collect()} == {
        ("a", "delete"),
        ("n", "put"),
        ("z", "delete"),
        ("later", "put"),
        ("last", "put"),
    }


def test_a_refused_change_is_named_where_kind_and_id_could_be_read(
    server: Program, phone: Program
) -> None:
    records = ("large", "number", "version", "op", "levels", "unreadable", "absent")
    server.deliver(*(put(record) for record in records))
    phone.collect()
    snapshot = Snapshot(server, 10)
    deep = b'{"kind":"contact","id":"levels","op":"put","version":5,"data":%s}' % (
        b'{"a":' * 70 + b"1" + b"}" * 70
    )
    text = b'{"snapshot":"%s","changes":[%s]}' % (snapshot.id.encode(), deep)
    assert said(server.post("/batches", text, Idempotency_Key="deep"), 202)["accepted"] == 0
    wrong = [
        put("large", 5, "x" * 262_143),
        put("number", 5, 7),
        {**put("version"), "version": "five"},
        {**put("op"), "op": "smash"},
        {"kind": "contact", "id": ["unreadable"], "op": "put", "version": 5},
        "absent",
    ]
    assert said(snapshot.push(*wrong), 202)["accepted"] == 0
    snapshot.finish()
    assert {c["id"]: c["op"] for c in phone.collect()} == {
        "unreadable": "delete",
        "absent": "delete",
    }


def test_an_empty_one_empties_its_kinds(office: Office, server: Program, phone: Program) -> None:
    server.deliver(put("a"), put("b"))
    Snapshot(server, 10).finish()
    assert phone.mailbox()["waiting"]["total"] == 2
    assert [c["op"] for c in phone.collect()] == ["delete", "delete"]
    assert office.device("Tablet").mailbox()["waiting"]["total"] == 2
    office.age("61d")
    sweep_all()
    late = office.device("late")
    assert late.mailbox()["waiting"]["total"] == 0
    assert late.page()["full"] is True


def test_many_records_are_deleted_in_slices(office: Office, server: Program) -> None:
    """More than one slice looks at, with names in all of them; the counts stay exact."""
    early, late = office.device("early"), office.device("late")
    records = [f"r{number:04}" for number in range(4500)]
    for begin in range(0, len(records), 500):
        server.deliver(*(put(record) for record in records[begin : begin + 500]))
    early.collect(limit=500)
    late.ack(late.page("?limit=500")["cursor"])
    named = records[::300]
    Snapshot(server, 10).finish(*(put(record) for record in named))
    gone = set(records) - set(named)
    assert early.mailbox()["waiting"]["by_kind"] == {"contact": len(gone)}
    collected = early.collect(limit=500)
    assert {c["id"] for c in collected} == gone
    assert len(collected) == len(gone)
    assert {(c["op"], c["version"]) for c in collected} == {("delete", 10)}
    waiting = late.mailbox()["waiting"]["total"]
    assert waiting == len(late.collect(limit=500))


def test_nothing_is_undone_where_one_is_dropped(
    office: Office, server: Program, phone: Program
) -> None:
    server.deliver(put("a"))
    snapshot = Snapshot(server, 10)
    snapshot.deliver(put("b", 5))
    office.age("25h")
    sweep_all()
    assert snapshot.state == "dropped"
    assert [(c["id"], c["op"]) for c in phone.collect()] == [("a", "put"), ("b", "put")]
    assert server.mailbox()["highest_version"] == 5
    Snapshot(server, 10).finish(put("b", 5))
    assert [(c["id"], c["op"]) for c in phone.collect()] == [("a", "delete")]


def test_what_comes_after_the_commit_stays_whatever_its_version(
    server: Program, phone: Program
) -> None:
    server.deliver(put("gone"), put("kept", 3))
    snapshot = Snapshot(server, 100)
    snapshot.deliver(put("kept", 3))
    said(snapshot.commit(), 202)
    said(server.push(put("fresh", 1)), 202)
    apply_all()  # batches first, then the deletes
    assert snapshot.state == "applied"
    told = {c["id"]: (c["op"], c["version"]) for c in phone.collect()}
    assert told == {"kept": ("put", 3), "fresh": ("put", 1), "gone": ("delete", 100)}


@override_settings(MAILBOX_MAX_CHANGES=2)
def test_a_full_mailbox_takes_its_deletes(server: Program, phone: Program) -> None:
    server.deliver(put("a"), put("b"))
    snapshot = Snapshot(server, 10)
    refused(snapshot.push(put("a")), 507, "mailbox-full")
    snapshot.finish()
    assert [c["op"] for c in phone.collect()] == ["delete", "delete"]


@pytest.mark.django_db(transaction=True)
def test_a_part_that_cannot_be_applied_drops_it(office: Office, poison: None) -> None:
    server = office.server
    server.deliver(put("a"))
    snapshot = Snapshot(server, 10)
    said(snapshot.push(put("poison", 5)), 202)
    for _ in range(6):
        refused(snapshot.commit(1), 409, "snapshot-incomplete")
        apply_all()
        office.age("10s")
    assert snapshot.state == "dropped"
    refused(snapshot.commit(1), 409, "snapshot-closed")
    assert [c["do"] for c in server.mailbox()["commands"]] == ["resend-all"]
    Snapshot(server, 10).finish(put("a"))
