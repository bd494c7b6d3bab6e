import re
from collections.abc import Callable

import pytest

from tests.office import Office, Program, delete, edit, manage, put, refused, said


def test_pages_are_exact_and_reading_moves_nothing(server: Program, phone: Program) -> None:
    server.deliver(*(put(f"r{n}") for n in range(5)))
    first = phone.page("?limit=2")
    assert [c["id"] for c in first["changes"]] == ["r0", "r1"]
    assert (first["complete"], first["full"], first["waiting"]) == (False, True, 5)
    assert re.fullmatch(r"[A-Za-z0-9\-_.~]{1,512}", first["cursor"])
    assert phone.page("?limit=2") == first
    assert phone.page("?limit=2&after=") == first
    second = phone.page(f"?limit=2&after={first['cursor']}")
    third = phone.page(f"?limit=2&after={second['cursor']}")
    assert [c["id"] for c in third["changes"]] == ["r4"]
    assert (third["complete"], third["full"]) == (True, True)
    assert phone.mailbox()["waiting"]["total"] == 5
    empty = phone.page(f"?after={third['cursor']}")
    assert (empty["changes"], empty["complete"], empty["full"]) == ([], True, False)


def test_a_page_that_ends_with_the_last_change_is_complete(server: Program, phone: Program) -> None:
    server.deliver(*(put(f"r{n}") for n in range(4)))
    first = phone.page("?limit=2")
    assert phone.page(f"?limit=2&after={first['cursor']}")["complete"] is True


def test_full_ends_with_the_first_acknowledgement(server: Program, phone: Program) -> None:
    assert phone.page()["full"] is True  # an empty fresh mailbox holds every live record
    server.deliver(*(put(f"r{n}") for n in range(4)))
    first = phone.page("?limit=1")
    phone.ack(first["cursor"])
    assert phone.page("?limit=1")["full"] is False
    assert phone.page(f"?limit=1&after={first['cursor']}")["full"] is True
    said(phone.post("/resync"), 202)
    assert phone.page("?limit=1")["full"] is True


def test_the_records_that_lie_there_are_counted_without_the_deleted(
    office: Office, server: Program
) -> None:
    server.deliver(put("a"), put("b"), delete("never", 1))
    server.deliver(put("a", 2), delete("b", 2), put("c"))
    server.deliver(delete("b", 3), put("b", 4), delete("c", 2))
    assert manage("account_status", office.number)["account"]["records"] == 2


def test_pages_are_cut_by_size(server: Program, phone: Program) -> None:
    for start in (0, 12):
        server.deliver(*(put(f"r{start + n}", 1, "x" * 260_000) for n in range(12)))
    answer = phone.get("/changes?limit=500")
    page = said(answer)
    assert len(answer.content) <= 4_194_304
    assert (len(page["changes"]), page["complete"]) == (16, False)
    rest = phone.page(f"?limit=500&after={page['cursor']}")
    assert (len(rest["changes"]), rest["complete"]) == (8, True)


def test_a_newer_version_replaces_and_moves_to_the_end(server: Program, phone: Program) -> None:
    server.deliver(put("a", 1), put("b", 1))
    server.deliver(put("a", 2))
    assert [(c["id"], c["version"]) for c in phone.page()["changes"]] == [("b", 1), ("a", 2)]
    assert phone.mailbox()["waiting"] == {
        **phone.mailbox()["waiting"],
        "total": 2,
        "by_kind": {"contact": 2},
    }


@pytest.mark.parametrize("limit", ["0", "501", "-1", "x", "1.0", "", "1e2", "٣"])
def test_limits_outside_are_refused(phone: Program, limit: str) -> None:
    refused(phone.get(f"/changes?limit={limit}"), 400, "invalid-request")


@pytest.mark.parametrize("wait", ["-1", "56", "x", "", "1.5", "9" * 400])
def test_waits_outside_are_refused(phone: Program, wait: str) -> None:
    refused(phone.get(f"/mailbox?wait={wait}"), 400, "invalid-request")
    assert phone.get("/mailbox?wait=55").status_code == 200


def test_cursors_of_others_are_invalid(
    office: Office, server: Program, phone: Program, other: Callable[[], Office]
) -> None:
    server.deliver(put("a"))
    cursor = phone.page()["cursor"]
    strangers = [server, office.device("Tablet"), other().device()]
    for program in strangers:
        refused(program.get(f"/changes?after={cursor}"), 400, "cursor-invalid")
        refused(program.post("/acks", {"cursor": cursor}), 400, "cursor-invalid")
    for broken in (cursor[:-1], cursor + "A", "B" + cursor[1:], "A" * 3000, "%00", "ä"):
        refused(phone.get(f"/changes?after={broken}"), 400, "cursor-invalid")
    for padding in ("=", "===="):
        refused(phone.get(f"/changes?after={cursor}{padding}"), 400, "cursor-invalid")
        refused(phone.post("/acks", {"cursor": cursor + padding}), 400, "cursor-invalid")
    refused(phone.post("/acks", {}), 400, "invalid-request")
    refused(phone.get("/changes?" + "a=1&" * 1100), 400, "invalid-request")


def test_acknowledging_moves_one_reader_and_counts_by_kind(
    office: Office, server: Program, phone: Program
) -> None:
    tablet = office.device("Tablet")
    server.deliver(put("a"), put("n1", kind="note"), put("b"), put("n2", kind="note"))
    page = phone.page("?limit=3")
    assert phone.ack(page["cursor"]) == {"waiting": 1, "rejected": []}
    assert phone.mailbox()["waiting"]["by_kind"] == {"note": 1}
    assert tablet.mailbox()["waiting"]["by_kind"] == {"contact": 2, "note": 2}
    older = tablet.page("?limit=1")["cursor"]
    tablet.collect()
    assert tablet.ack(older) == {"waiting": 0, "rejected": []}
    waiting = tablet.mailbox()["waiting"]
    assert waiting == {"total": 0, "oldest": None, "since": None, "by_kind": {}}


def test_what_was_acknowledged_and_comes_anew_counts_again(server: Program, phone: Program) -> None:
    server.deliver(put("a", 1), put("b", 1))
    phone.ack(phone.page("?limit=1")["cursor"])
    server.deliver(put("a", 2), put("b", 2), delete("c", 1))
    assert phone.mailbox()["waiting"]["total"] == 3
    assert len(phone.collect()) == 3


def test_a_late_device_waits_for_all_that_lies_there(
    office: Office, server: Program, phone: Program
) -> None:
    server.deliver(put("a"), put("b"), delete("c", 1))
    phone.collect()
    late = office.device("late")
    waiting = late.mailbox()["waiting"]
    assert waiting["total"] == 3
    assert waiting["oldest"] < waiting["since"]
    assert [c["id"] for c in late.collect(limit=2)] == ["a", "b", "c"]


def test_the_office_reports_outcomes(server: Program, phone: Program) -> None:
    batch = phone.deliver(edit("a", 1, ref="r"), edit("b", 1), edit("c", None))["batch"]
    page = server.page()

    def report(index: int, state: str, **more: object) -> dict[str, object]:
        return {"batch": batch, "index": index, "state": state, **more}

    unknown = "00000000-0000-0000-0000-000000000000"
    told = server.ack(
        page["cursor"],
        outcomes=[
            report(0, "applied", id="a", version=7),
            report(2, "rejected", detail="no"),
            report(9, "applied"),
            {**report(0, "applied"), "batch": unknown},
            {**report(0, "applied"), "batch": "rubbish"},
        ],
    )
    assert told["rejected"] == [{"index": n, "code": "not-found"} for n in (2, 3, 4)]
    server.ack(page["cursor"], outcomes=[report(0, "conflict", version=9)])  # too late
    states = said(phone.get(f"/batches/{batch}"))["outcomes"]
    assert [(o["state"], o["id"], o["version"], o["detail"]) for o in states] == [
        ("applied", "a", 7, ""),
        ("collected", "b", None, ""),
        ("rejected", "c", None, "no"),
    ]
    said(server.post("/acks", {"outcomes": [report(1, "applied", id="B", version=3)]}))
    assert said(phone.get(f"/batches/{batch}"))["outcomes"][1]["id"] == "B"


def test_outcomes_are_not_taken_with_a_refused_cursor(server: Program, phone: Program) -> None:
    batch = phone.deliver(edit("a", 1))["batch"]
    outcome = {"batch": batch, "index": 0, "state": "applied"}
    refused(
        server.post("/acks", {"cursor": "rubbish", "outcomes": [outcome]}), 400, "cursor-invalid"
    )
    refused(
        server.post("/acks", {"outcomes": [{**outcome, "state": "maybe"}]}),
        400,
        "invalid-request",
    )
    assert said(phone.get(f"/batches/{batch}"))["outcomes"][0]["state"] == "waiting"


def test_up_changes_are_all_kept_in_order(server: Program, phone: Program) -> None:
    phone.deliver(edit("a", 1, {"n": 1}))
    phone.deliver(edit("a", 1, {"n": 2}))
    assert [c["data"]["n"] for c in server.collect(limit=1)] == [1, 2]
    assert server.mailbox()["waiting"]["total"] == 0


def test_a_new_server_goes_on_where_the_old_one_was(
    office: Office, server: Program, phone: Program
) -> None:
    phone.deliver(edit("a", 1), edit("b", 1))
    server.ack(server.page("?limit=1")["cursor"])
    successor = office.pair("server", "NEUER-PC")
    assert [c["id"] for c in successor.collect()] == ["b"]


def test_resync_goes_back_to_the_start_and_ends_earlier_cursors(
    server: Program, phone: Program
) -> None:
    server.deliver(put("a"), put("b"))
    cursor = phone.page()["cursor"]
    phone.ack(cursor)
    assert said(phone.post("/resync"), 202) == {"from": "mailbox", "waiting": 2}
    refused(phone.get(f"/changes?after={cursor}"), 400, "cursor-invalid")
    refused(phone.post("/acks", {"cursor": cursor}), 400, "cursor-invalid")
    assert len(phone.collect()) == 2


def test_since_stays_where_something_waited_already(server: Program, phone: Program) -> None:
    server.deliver(put("a"))
    since = phone.mailbox()["waiting"]["since"]
    said(phone.post("/resync"), 202)
    assert phone.mailbox()["waiting"]["since"] == since
    phone.collect()
    said(phone.post("/resync"), 202)
    assert phone.mailbox()["waiting"]["since"] > since


def test_a_marked_reader_is_told_until_it_resyncs(
    server: Program, phone: Program, set_back: Callable[[Program], None]
) -> None:
    server.deliver(put("a"))
    cursor = phone.page()["cursor"]
    phone.ack(cursor)
    set_back(phone)
    refused(phone.post("/acks", {"cursor": cursor}), 410, "cursor-ahead")
    assert phone.mailbox()["resync"] == "cursor-ahead"
    refused(phone.get("/changes"), 410, "cursor-ahead")
    said(phone.post("/resync"), 202)
    assert "resync" not in phone.mailbox()
    assert len(phone.collect()) == 1


def test_collecting_stops_with_the_account_and_counts_stay_true(
    office: Office, server: Program, phone: Program
) -> None:
    server.deliver(put("a"))
    page = phone.page()
    manage("set_state", office.number, "active", "--until", "2020-01-31")
    for answer in (
        phone.get("/changes"),
        phone.post("/resync"),
        server.push(put("b")),
    ):
        refused(answer, 403, "account-inactive")
    told = phone.mailbox()
    assert told["account"] == {"state": "expired"}
    assert told["waiting"]["total"] == 1
    assert phone.ack(page["cursor"])["waiting"] == 0
