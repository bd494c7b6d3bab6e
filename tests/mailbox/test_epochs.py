"""A new epoch: the database forgot, so everybody is told and the office says anew what there is."""

from typing import Any

import pytest
from django.core.management.base import CommandError
from django.db import connection
from django.test import override_settings

from sync import tasks
from tests.office import Office, Program, edit, manage, put, refused, said
from tests.snapshots import Snapshot

MARK = "epoch-changed"


def begin(office: Office) -> None:
    assert manage("new_epoch", office.number)["accounts"] == 1


def move(office: Office, origin: str | None) -> None:
    """Let the office's mailboxes name another database, as after a restore; None: name none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE mailbox_mailbox m SET origin = %s FROM accounts_account a"
            " WHERE a.id = m.account_id AND a.number = %s",
            [origin, office.number],
        )


def mark_of(program: Program) -> Any:
    return program.mailbox().get("resync")


def resync(program: Program) -> None:
    said(program.post("/resync"), 202)


def test_everybody_is_told_until_they_resync(
    office: Office, server: Program, phone: Program
) -> None:
    server.deliver(put("a"))
    phone.deliver(edit("a", 1))
    cursors = {program: program.page()["cursor"] for program in (server, phone)}
    epoch = server.mailbox()["epoch"]
    begin(office)
    told = server.mailbox()
    assert told["epoch"] != epoch
    assert [c["do"] for c in told["commands"]] == ["resend-all"]
    for program, cursor in cursors.items():
        for _ in range(2):
            assert mark_of(program) == MARK
            refused(program.get("/changes"), 410, MARK)
            refused(program.get(f"/changes?after={cursor}"), 410, MARK)
            refused(program.post("/acks", {"cursor": cursor}), 410, MARK)
        resync(program)
        assert mark_of(program) is None
        refused(program.get(f"/changes?after={cursor}"), 400, "cursor-invalid")
        assert [c["id"] for c in program.collect()] == ["a"]


def test_what_was_resent_before_the_restore_does_not_answer_for_it(
    office: Office, server: Program
) -> None:
    begin(office)
    (earlier,) = server.mailbox()["commands"]
    begin(office)
    (command,) = server.mailbox()["commands"]
    assert (command["do"], command["id"] != earlier["id"]) == ("resend-all", True)
    assert server.post(f"/commands/{earlier['id']}/done").status_code == 204
    assert server.mailbox()["commands"] == [command]


def test_a_resend_that_nobody_began_is_asked_for_once(office: Office, server: Program) -> None:
    begin(office)
    begin(office)
    assert len(server.mailbox()["commands"]) == 1


def test_an_operator_sees_who_is_marked(office: Office, phone: Program) -> None:
    def marks() -> set[str | None]:
        return {peer["resync"] for peer in manage("account_status", office.number)["peers"]}

    assert marks() == {None}
    begin(office)
    assert marks() == {MARK}
    resync(phone)
    assert marks() == {MARK, None}


def test_an_earlier_mark_stays(office: Office, server: Program, phone: Program) -> None:
    server.deliver(put("a"))
    office.age("400d")
    manage("set_copy", office.number, "off")
    manage("sweep")
    assert mark_of(phone) == "cursor-expired"
    begin(office)
    assert mark_of(phone) == "cursor-expired"
    assert mark_of(server) == MARK


def test_another_account_is_not_told(office: Office, phone: Program) -> None:
    other = Office()
    begin(office)
    assert mark_of(other.server) is None
    assert other.server.mailbox()["commands"] == []
    assert mark_of(phone) == MARK


def test_all_accounts_at_once(office: Office, phone: Program) -> None:
    other = Office()
    assert manage("new_epoch", "--all")["accounts"] >= 2
    for program in (phone, office.server, other.server):
        assert mark_of(program) == MARK
    for words in ([], [office.number, "--all"]):
        with pytest.raises(CommandError):
            manage("new_epoch", *words)


def test_no_page_is_full_until_a_snapshot_was_committed(
    office: Office, server: Program, phone: Program
) -> None:
    server.deliver(put("a"))
    begin(office)
    resync(phone)
    assert phone.page()["full"] is False
    server.deliver(put("a"))
    assert office.device("Tablet").page()["full"] is False
    snapshot = Snapshot(server, 10)
    snapshot.deliver(put("a"))
    assert office.device("second").page()["full"] is False
    snapshot.finish()
    assert office.device("third").page()["full"] is True


def test_who_read_on_before_the_snapshot_is_told_again(
    office: Office, server: Program, phone: Program
) -> None:
    """Such a read names no record that only the device knows, so it has to read once more."""
    server.deliver(put("a"), put("b"))
    begin(office)
    resync(phone)
    phone.ack(phone.page("?limit=1")["cursor"])
    snapshot = Snapshot(server, 10)
    snapshot.deliver(put("a"), put("b"))
    assert mark_of(phone) is None
    snapshot.finish()
    assert mark_of(phone) == MARK
    resync(phone)
    assert phone.page()["full"] is True
    phone.collect()
    Snapshot(server, 20).finish(put("a"), put("b"))
    assert mark_of(phone) is None  # once is enough


def test_who_was_at_the_start_still_reads_anew_from_there(
    office: Office, server: Program, phone: Program
) -> None:
    server.deliver(put("a"), put("b"))
    begin(office)
    resync(phone)
    page = phone.page("?limit=1")
    assert page["full"] is False
    Snapshot(server, 10).finish(put("a"), put("b"))
    assert mark_of(phone) is None
    refused(phone.get(f"/changes?after={page['cursor']}"), 400, "cursor-invalid")
    refused(phone.post("/acks", {"cursor": page["cursor"]}), 400, "cursor-invalid")
    assert phone.page()["full"] is True


def test_who_has_not_resynced_yet_is_told_once(
    office: Office, server: Program, phone: Program
) -> None:
    server.deliver(put("a"))
    begin(office)
    Snapshot(server, 10).finish(put("a"))
    assert mark_of(phone) == MARK
    resync(phone)
    assert phone.page()["full"] is True
    phone.collect()
    assert mark_of(phone) is None


def test_who_came_after_it_has_nothing_to_forget(
    office: Office, server: Program, phone: Program
) -> None:
    server.deliver(put("a"))
    begin(office)
    tablet = office.device("Tablet")
    tablet.collect()
    Snapshot(server, 10).finish(put("a"))
    assert mark_of(tablet) is None
    assert mark_of(phone) == MARK


def test_the_servers_own_place_is_not_touched_by_the_snapshot(
    office: Office, server: Program, phone: Program
) -> None:
    phone.deliver(edit("a", None))
    begin(office)
    resync(server)
    server.collect()
    Snapshot(server, 10).finish()
    assert mark_of(server) is None
    assert server.collect() == []


def test_an_open_snapshot_is_given_up(office: Office, server: Program) -> None:
    snapshot = Snapshot(server, 10)
    begin(office)
    assert snapshot.state == "dropped"
    Snapshot(server, 10)


def test_a_database_that_is_another_one_begins_it_by_itself(
    office: Office, server: Program, phone: Program
) -> None:
    other = Office()
    epoch = server.mailbox()["epoch"]
    tasks.sweep()
    assert server.mailbox()["epoch"] == epoch
    move(office, "7423841230000000000/00000001")
    tasks.sweep()
    begun = server.mailbox()
    assert begun["epoch"] != epoch
    assert [c["do"] for c in begun["commands"]] == ["resend-all"]
    assert (mark_of(server), mark_of(phone), mark_of(other.server)) == (MARK, MARK, None)
    for program in (server, phone):
        resync(program)
    tasks.sweep()
    assert server.mailbox()["epoch"] == begun["epoch"]
    assert (mark_of(server), mark_of(phone)) == (None, None)


def test_another_timeline_is_another_database(office: Office, phone: Program) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT system_identifier FROM pg_control_system()")
        (identifier,) = cursor.fetchone()
    move(office, f"{identifier}/00000000")
    tasks.sweep()
    assert mark_of(phone) == MARK


def test_a_failover_that_loses_nothing_is_only_noted(office: Office, phone: Program) -> None:
    move(office, "7423841230000000000/00000001")
    with override_settings(NEW_EPOCH_AFTER_FAILOVER=False):
        tasks.sweep()
    tasks.sweep()
    assert mark_of(phone) is None
    assert phone.page()["full"] is True


def test_a_mailbox_that_names_no_database_is_adopted(office: Office, phone: Program) -> None:
    """As an earlier release left it."""
    move(office, None)
    tasks.sweep()
    assert mark_of(phone) is None
    move(office, "7423841230000000000/00000001")
    tasks.sweep()
    assert mark_of(phone) == MARK
