"""Servers and devices: seen by members, acted on by owners, once and on the record."""

import uuid

import pytest

from accounts.models import AuditEvent, Peer
from sync.models import Command
from tests.office import Program, manage, put, said
from tests.pages.person import Person


def test_nothing_is_connected_yet(petra: Person) -> None:
    assert "Connect the Act! server first" in petra.seen("devices/")


def test_the_list_tells_how_each_stands(petra: Person, server: Program, phone: Program) -> None:
    server.deliver(put("a"), put("n", kind="note"))
    phone.mailbox()
    page = petra.seen("devices/")
    assert page.index("BÜRO-PC") < page.index("Pixel 9")
    assert "2 Contacts 1, Notes 1" in page
    assert "Android" in page
    petra.press(f"devices/{phone.id}/revoke/")
    page = petra.seen("devices/")
    assert page.index("No longer connected") < page.index("Pixel 9")
    assert "revoked" in page


def test_the_page_of_one_leads_to_what_can_be_done(petra: Person, phone: Program) -> None:
    page = petra.seen(f"devices/{phone.id}/")
    for button in ("Sync Now", "Resend All Data", "Erase", "Revoke", "Rename"):
        assert f"{button} …" in page
    assert "Nothing was asked of it yet." in page


@pytest.mark.parametrize("act", ["sync-now", "resend-all", "erase", "revoke", "rename"])
def test_looking_does_nothing(petra: Person, phone: Program, act: str) -> None:
    events = AuditEvent.objects.count()
    assert "Pixel 9" in petra.seen(f"devices/{phone.id}/{act}/")
    assert AuditEvent.objects.count() == events
    assert not Command.objects.exists()


def test_sync_now_is_asked_once_and_each_step_has_its_time(petra: Person, phone: Program) -> None:
    page = petra.press(f"devices/{phone.id}/sync-now/")
    assert "Pixel 9 was asked to sync." in page
    events = AuditEvent.objects.filter(action="sync-now")
    assert [event.actor for event in events] == [petra.email]
    again = petra.press(f"devices/{phone.id}/sync-now/")
    assert "was asked for that already" in again
    assert "was asked for that already" in petra.seen(f"devices/{phone.id}/sync-now/")
    assert events.count() == Command.objects.count() == 1
    assert "Sync Now asked for" in again
    phone.mailbox()
    assert "Sync Now fetched" in petra.seen(f"devices/{phone.id}/")
    begun = said(phone.post("/sessions", {"reason": "manual"}), 201)
    said(phone.post(f"/sessions/{begun['session']}/finish", {"result": "ok"}))
    assert "Sync Now confirmed" in petra.seen(f"devices/{phone.id}/")


def test_resending_to_a_device_begins_its_mailbox_anew(
    petra: Person, server: Program, phone: Program
) -> None:
    server.deliver(put("a"))
    phone.collect()
    assert "Pixel 9: everything is sent again" in petra.press(f"devices/{phone.id}/resend-all/")
    assert phone.mailbox()["waiting"]["total"] == 1
    assert "BÜRO-PC: everything is sent again" in petra.press(f"devices/{server.id}/resend-all/")
    assert [c["do"] for c in server.mailbox()["commands"]] == ["resend-all"]


def test_an_erased_device_confirms_and_is_gone(petra: Person, phone: Program) -> None:
    assert "This cannot be taken back." in petra.seen(f"devices/{phone.id}/erase/")
    page = petra.press(f"devices/{phone.id}/erase/")
    assert "is being erased" in page
    assert "Resend All Data …" not in page
    assert "nothing else can be asked" in petra.press(f"devices/{phone.id}/sync-now/")
    [command] = phone.mailbox()["commands"]
    assert phone.post(f"/commands/{command['id']}/done", {"result": "ok"}).status_code == 204
    page = petra.seen(f"devices/{phone.id}/")
    assert "Erase confirmed" in page
    assert "erased" in page
    assert "What you can do" not in page
    assert phone.get("/mailbox").status_code == 401


def test_a_revoked_token_is_dead_and_the_second_time_is_told(petra: Person, phone: Program) -> None:
    assert "Pixel 9 is no longer connected." in petra.press(f"devices/{phone.id}/revoke/")
    assert phone.get("/mailbox").status_code == 401
    events = AuditEvent.objects.count()
    for act in ("revoke", "erase", "sync-now", "resend-all"):
        page = petra.press(f"devices/{phone.id}/{act}/")
        assert "Pixel 9 is no longer connected: nothing can be asked of it." in page
    assert "it keeps its name" in petra.press(f"devices/{phone.id}/rename/", name="Other")
    assert AuditEvent.objects.count() == events


def test_a_new_name_is_worn_everywhere(petra: Person, phone: Program) -> None:
    page = petra.press(f"devices/{phone.id}/rename/", name="  Annas Telefon ")
    assert "The new name is Annas Telefon." in page
    assert "Annas Telefon" in petra.overview()
    [event] = AuditEvent.objects.filter(action="peer-renamed")
    assert (event.detail["before"], event.detail["name"]) == ("Pixel 9", "Annas Telefon")
    petra.press(f"devices/{phone.id}/rename/", name="Annas Telefon")
    assert AuditEvent.objects.filter(action="peer-renamed").count() == 1


@pytest.mark.parametrize("name", ["", "   ", "x" * 101, "nul\x00"])
def test_what_is_no_name_is_told(petra: Person, phone: Program, name: str) -> None:
    page = petra.press(f"devices/{phone.id}/rename/", name=name)
    assert "Rename" in page
    assert Peer.objects.get(pk=phone.id).name == "Pixel 9"


def test_a_server_is_not_erased(petra: Person, server: Program) -> None:
    assert petra.get(petra.at(f"devices/{server.id}/erase/")).status_code == 404
    assert petra.browser.post(petra.at(f"devices/{server.id}/erase/")).status_code == 404
    assert petra.get(petra.at(f"devices/{server.id}/paint/")).status_code == 404


def test_a_copy_of_its_data_is_shown(petra: Person, phone: Program) -> None:
    other = str(uuid.uuid4())
    assert phone.get("/mailbox", Install_Id=other).status_code == 409
    markup = petra.read(f"devices/{phone.id}/")
    assert other in markup
    assert 'data-finding="shared-mailbox"' in markup


def test_members_look_and_owners_act(petra: Person, phone: Program) -> None:
    member = petra.member("mia@example.com")
    page = member.seen(f"devices/{phone.id}/")
    assert "What you can do" not in page
    assert "Connect a device" not in member.seen("devices/")
    for act in ("sync-now", "resend-all", "erase", "revoke", "rename"):
        for method in (member.browser.get, member.browser.post):
            assert method(member.at(f"devices/{phone.id}/{act}/")).status_code == 403
    assert not Command.objects.exists()


def test_another_accounts_device_is_unknown(
    petra: Person, stranger: Person, phone: Program
) -> None:
    unknown = petra.get(petra.at(f"devices/{uuid.uuid4()}/"))
    for page in ("", "sync-now/", "revoke/"):
        foreign = stranger.get(stranger.at(f"devices/{phone.id}/{page}"))
        assert foreign.status_code == 404
        assert foreign.content == unknown.content
        posted = stranger.browser.post(stranger.at(f"devices/{phone.id}/{page}"))
        assert posted.status_code == (405 if page == "" else 404)
    assert Peer.objects.get(pk=phone.id).state == Peer.State.ACTIVE


def test_what_the_operator_asks_stands_there_too(petra: Person, server: Program) -> None:
    manage("command", petra.number, server.id, "resend-all")
    assert "Resend All Data asked for" in petra.seen(f"devices/{server.id}/")
