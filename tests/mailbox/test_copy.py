"""*Keep a copy* off: a letter stays until everybody has it, then a stub; and on again."""

from typing import Any

import pytest
from django.core.management.base import CommandError
from django.test import override_settings

from tests.office import Office, Program, delete, manage, put, refused, said, sweep_all
from tests.snapshots import Snapshot

NOTHING: dict[str, Any] = {"total": 0, "oldest": None, "since": None, "by_kind": {}}


def switch(office: Office, copy: str) -> bool:
    changed: bool = manage("set_copy", office.number, copy)["changed"]
    return changed


def later(office: Office, by: str) -> None:
    """Time goes by, and the sweep comes."""
    office.age(by)
    sweep_all()


def asked(server: Program) -> list[str]:
    """What the server is asked for; done at once."""
    commands = server.mailbox()["commands"]
    for command in commands:
        assert server.post(f"/commands/{command['id']}/done").status_code == 204
    return [command["do"] for command in commands]


def records(office: Office) -> int:
    told: int = manage("account_status", office.number)["account"]["records"]
    return told


def ids(changes: list[dict[str, Any]]) -> list[str]:
    return [change["id"] for change in changes]


@pytest.fixture
def off(office: Office) -> Office:
    """An office whose mailbox keeps no copy."""
    assert switch(office, "off")
    return office


def test_a_letter_stays_a_day_though_everybody_has_it(
    off: Office, server: Program, phone: Program
) -> None:
    server.deliver(put("a"))
    phone.collect()
    later(off, "23h")
    assert ids(off.device("Tablet").collect()) == ["a"]
    later(off, "2h")
    late = off.device("late")
    assert late.mailbox()["waiting"] == NOTHING
    assert late.collect() == []
    assert phone.mailbox()["waiting"] == NOTHING
    assert records(off) == 1  # the office has it still


def test_a_letter_stays_until_every_device_has_it(
    off: Office, server: Program, phone: Program
) -> None:
    tablet = off.device("Tablet")
    server.deliver(put("a"), put("b"))
    phone.collect()
    tablet.ack(tablet.page("?limit=1")["cursor"])
    later(off, "40d")
    said(phone.post("/resync"), 202)
    assert ids(phone.collect()) == ["b"]
    waiting = tablet.mailbox()["waiting"]
    assert (waiting["total"], waiting["by_kind"]) == (1, {"contact": 1})
    assert ids(tablet.collect()) == ["b"]
    sweep_all()
    said(phone.post("/resync"), 202)
    assert phone.mailbox()["waiting"] == NOTHING


def test_without_devices_a_letter_stays_a_day(off: Office, server: Program) -> None:
    server.deliver(put("a"))
    later(off, "25h")
    assert off.device().mailbox()["waiting"] == NOTHING


def test_who_did_not_collect_within_the_storage_time_is_told(
    off: Office, server: Program, phone: Program
) -> None:
    tablet = off.device("Tablet")
    manage("set_storage", off.number, "10")
    server.deliver(put("a"))
    tablet.collect()
    asked(server)
    later(off, "9d")
    assert phone.mailbox()["waiting"]["total"] == 1
    later(off, "2d")
    told = phone.mailbox()
    assert (told["resync"], told["waiting"]) == ("cursor-expired", NOTHING)
    refused(phone.get("/changes"), 410, "cursor-expired")
    assert "resync" not in tablet.mailbox()
    assert asked(server) == []
    assert said(phone.post("/resync"), 202) == {"from": "server", "waiting": 0}
    assert asked(server) == ["resend-all"]
    server.deliver(put("a"))
    assert ids(phone.collect()) == ["a"]


def test_an_equal_version_is_taken_again_where_only_a_stub_is_left(
    off: Office, server: Program, phone: Program
) -> None:
    server.deliver(put("a", 5), put("b", 6))
    phone.collect()
    assert server.deliver(put("a", 5))["stale"] == 1  # its letter is there
    later(off, "25h")
    assert server.deliver(put("a", 4))["stale"] == 1
    assert server.deliver(put("a", 5, {"again": 1}))["applied"] == 1
    assert server.deliver(put("a", 5))["stale"] == 1
    waiting = phone.mailbox()["waiting"]
    assert (waiting["total"], waiting["by_kind"]) == (1, {"contact": 1})
    assert [(c["id"], c["data"]) for c in phone.collect()] == [("a", {"again": 1})]
    assert records(off) == 2


def test_a_stub_stays_for_the_storage_time(off: Office, server: Program, phone: Program) -> None:
    server.deliver(put("a", 5), put("b", 6))
    phone.collect()
    later(off, "25h")
    later(off, "59d")
    assert server.deliver(put("a", 4))["stale"] == 1
    assert records(off) == 2
    later(off, "2d")
    assert "resync" not in phone.mailbox()  # nobody waited for a stub
    assert records(off) == 0
    assert server.deliver(put("a", 4))["applied"] == 1


def test_a_delete_of_a_stub_waits_like_any_other(
    off: Office, server: Program, phone: Program
) -> None:
    server.deliver(put("a", 5), put("b", 6))
    phone.collect()
    later(off, "25h")
    server.deliver(delete("a", 7))
    assert phone.mailbox()["waiting"]["total"] == 1
    assert [(c["id"], c["op"]) for c in phone.collect()] == [("a", "delete")]
    assert records(off) == 1
    later(off, "25h")
    assert ids(off.device("late").collect()) == ["a"]  # deletes stay for the storage time


def test_a_snapshot_deletes_stubs_too(off: Office, server: Program, phone: Program) -> None:
    server.deliver(put("a"), put("b"))
    phone.collect()
    later(off, "25h")
    Snapshot(server, 10).finish(put("b"))
    assert [(c["id"], c["op"]) for c in phone.collect()] == [("b", "put"), ("a", "delete")]
    assert records(off) == 1


@override_settings(MAILBOX_MAX_CHANGES=2)
def test_stubs_take_no_room(off: Office, server: Program, phone: Program) -> None:
    server.deliver(put("a"), put("b"))
    phone.collect()
    refused(server.push(put("c")), 507, "mailbox-full")
    later(off, "25h")
    said(server.push(put("c")), 202)


def test_what_was_kept_is_kept_no_longer_once_switched_off(
    office: Office, server: Program, phone: Program
) -> None:
    server.deliver(put("a"))
    phone.collect()
    later(office, "25h")
    assert office.device("Tablet").page()["full"] is True
    switch(office, "off")
    tablet = office.device("second")
    page = tablet.page()
    assert (page["full"], ids(page["changes"])) == (False, ["a"])


def test_pairing_a_device_asks_the_server_to_resend(office: Office, server: Program) -> None:
    office.device("first")
    assert asked(server) == []
    switch(office, "off")
    assert asked(server) == []
    office.device("second")
    assert asked(server) == ["resend-all"]


def test_switched_on_again_it_is_full_once_a_snapshot_was_committed(
    off: Office, server: Program, phone: Program
) -> None:
    server.deliver(put("a"), put("b"))
    phone.collect()
    asked(server)
    later(off, "25h")
    assert switch(off, "on")
    assert asked(server) == ["resend-all"]
    server.deliver(put("a"), put("b"))
    late = off.device("late")
    page = late.page("?limit=1")
    assert page["full"] is False
    later(off, "400d")
    snapshot = Snapshot(server, 10)
    snapshot.deliver(put("a"), put("b"))
    assert late.page()["full"] is False
    snapshot.finish()
    page = late.page()
    assert (page["full"], ids(page["changes"])) == (True, ["a", "b"])


def test_a_stub_of_a_kind_that_the_snapshot_left_out_keeps_it_from_being_full(
    off: Office, server: Program, phone: Program
) -> None:
    server.deliver(put("a"), put("n", kind="note"))
    phone.collect()
    later(off, "25h")
    switch(off, "on")
    Snapshot(server, 10).finish(put("a"))
    late = off.device("late")
    assert late.page()["full"] is False
    Snapshot(server, 20, "note", "contact").finish(put("a"), put("n", kind="note"))
    page = late.page()
    assert (page["full"], ids(page["changes"])) == (True, ["a", "n"])


def test_a_stub_that_was_named_and_did_not_come_keeps_it_from_being_full(
    off: Office, server: Program, phone: Program
) -> None:
    server.deliver(put("a"))
    phone.collect()
    later(off, "25h")
    switch(off, "on")
    refused_part = put("a")
    del refused_part["data"]
    Snapshot(server, 10).finish(refused_part)
    assert off.device("late").page()["full"] is False
    Snapshot(server, 20).finish(put("a"))
    assert off.device("later").page()["full"] is True


def test_who_resynced_before_it_was_full_is_told_to_read_it_anew(
    off: Office, server: Program, phone: Program
) -> None:
    """A delete that expired before the phone had it is told by nothing but a full read."""
    server.deliver(put("a"), put("b"))
    phone.collect()
    server.deliver(delete("a", 2))
    later(off, "61d")
    assert phone.mailbox()["resync"] == "cursor-expired"
    said(phone.post("/resync"), 202)
    server.deliver(put("b", 3))
    assert phone.page()["full"] is False
    phone.collect()
    switch(off, "on")
    Snapshot(server, 10).finish(put("b", 4))
    assert phone.mailbox()["resync"] == "cursor-expired"
    said(phone.post("/resync"), 202)
    page = phone.page()
    assert (page["full"], ids(page["changes"])) == (True, ["b"])


def test_who_holds_what_not_even_a_stub_is_left_of_reads_anew_once_it_is_full(
    off: Office, server: Program, phone: Program
) -> None:
    """No snapshot deletes what the mailbox does not know at all."""
    server.deliver(put("a"), put("b"))
    phone.collect()
    later(off, "61d")
    later(off, "61d")
    switch(off, "on")
    Snapshot(server, 10).finish(put("b", 2))
    refused(phone.get("/changes"), 410, "cursor-expired")
    said(phone.post("/resync"), 202)
    page = phone.page()
    assert (page["full"], [c["id"] for c in page["changes"]]) == (True, ["b"])


def test_a_switch_that_changes_nothing_asks_for_nothing(office: Office, server: Program) -> None:
    assert not switch(office, "on")
    assert office.device().page()["full"] is True
    switch(office, "off")
    assert not switch(office, "off")
    assert asked(server) == []


def test_an_operator_sees_how_it_is_set(off: Office) -> None:
    manage("set_storage", off.number, "7")
    told = manage("account_status", off.number)["account"]
    assert (told["keep_copy"], told["storage_days"]) == (False, 7)


def test_a_storage_time_has_bounds(office: Office) -> None:
    for days in ("0", "3651"):
        with pytest.raises(CommandError):
            manage("set_storage", office.number, days)


def test_the_storage_time_is_an_accounts_own(office: Office) -> None:
    other = Office()
    manage("set_storage", office.number, "5")
    for each in (office, other):
        each.server.deliver(delete("a", 1))
        each.age("6d")
    sweep_all()
    assert office.device().mailbox()["waiting"]["total"] == 0
    assert other.device().mailbox()["waiting"]["total"] == 1
