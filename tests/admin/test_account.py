"""The page of an account, and what support does from it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts import clock
from accounts.models import Account, AuditEvent, Membership, User
from accounts.staff import Standing
from hhcportal.admin.account_page import SHOWN
from sync.models import Command
from tests.admin.desk import ACCOUNTS, PEERS, PEOPLE, Agent, key_of, page_of
from tests.office import Office, Program, apply_all, edit, put, refused, said
from tests.pages.person import Person, text_of

MARKER = "nur-im-Inhalt-4711"


@pytest.fixture
def phone(office: Office) -> Program:
    return office.device("Pixel 9")


def push(program: Program, *changes: Any, key: str = "k1") -> None:
    said(program.call("POST", "/batches", {"changes": list(changes)}, Idempotency_Key=key), 202)
    apply_all()


def events(number: str) -> list[tuple[str, str]]:
    """What was done to an account, newest last: actor and action."""
    found = AuditEvent.objects.filter(account__number=number).order_by("id")
    return list(found.values_list("actor", "action"))


def test_it_tells_how_the_account_stands(office: Office, phone: Program, looker: Agent) -> None:
    push(office.server, *(put(f"c{n}", n) for n in range(1, 13)), put("h1", 13, kind="history"))
    phone.get("/mailbox")
    office.server.post("/sessions", {"reason": "manual", "pending": 4})
    office.age("3h")
    page = looker.read(page_of(office.number))
    text = text_of(page)
    assert "Your Act! server has been silent for 3 h" in text
    assert 'data-finding="server-asleep"' in page
    assert 'data-finding="device-asleep"' in page
    assert "Contacts 12, Histories 1" in text
    assert "applied 1" in text
    assert "history h1 put 13" in text
    assert Membership.objects.get(account__number=office.number).user.email in page


def test_it_shows_the_last_syncs(office: Office, phone: Program, looker: Agent) -> None:
    for number in range(SHOWN):
        push(office.server, put(f"c{number}", 1), key=f"k{number}")
        office.age("10m")
    begun = said(phone.post("/sessions", {"reason": "manual"}), 201)["session"]
    failed = {"result": "failed", "error": {"code": "disk-full", "detail": "no space"}}
    said(phone.post(f"/sessions/{begun}/finish", failed))
    card = looker.read(page_of(office.number)).split('<section class="card syncs">')[1]
    card = card.split("</section>")[0]
    first, *others = card.split("<tr data-key=")[1:]
    assert begun in first
    assert "Pixel 9" in first
    assert "no space" in first
    assert len(others) == SHOWN - 1
    assert all("BÜRO-PC" in row for row in others)
    assert f"/admin/sync/session/?account={key_of(office.number)}" in card


def test_no_page_shows_a_content(office: Office, phone: Program, looker: Agent) -> None:
    push(office.server, put("c1", 1, {"name": MARKER}), put("c2", 2, MARKER))
    push(phone, edit("c1", 1, {"name": MARKER}), key="k2")
    said(
        office.server.call(
            "POST", "/batches", {"changes": [put("c3", 3, {"name": MARKER})]}, Idempotency_Key="k3"
        ),
        202,
    )  # received, not applied
    key = key_of(office.number)
    for path in (
        ACCOUNTS, f"{ACCOUNTS}?q={MARKER}", page_of(office.number), PEERS, PEOPLE,
        "/admin/accounts/auditevent/", f"/admin/sync/session/?account={key}",
        f"/admin/mailbox/batch/?mailbox__account={key}",
    ):  # fmt: skip
        page = looker.read(path)
        assert MARKER not in page.replace(f'value="{MARKER}"', "").replace(f"q={MARKER}", ""), path


def test_names_do_not_execute(office: Office, looker: Agent) -> None:
    bad = "<script>alert(1)</script>"
    Account.objects.filter(number=office.number).update(name=bad)
    office.device(bad)
    for path in (ACCOUNTS, PEERS, page_of(office.number)):
        page = looker.read(path)
        assert bad not in page
        assert "&lt;script&gt;" in page


def test_strict_policy(office: Office, actor: Agent) -> None:
    answer = actor.get(page_of(office.number))
    assert "'unsafe-inline'" not in answer["Content-Security-Policy"]
    for path in (ACCOUNTS, page_of(office.number), f"{PEOPLE}1/change/"):
        page = actor.browser.get(path).content.decode()
        assert " style=" not in page
        assert "<style" not in page
        assert "<script>" not in page
    assert answer["Cache-Control"].find("no-store") >= 0 or "no-cache" in answer["Cache-Control"]


def test_german(office: Office) -> None:
    agent = Agent(Standing.ACT, language="de")
    text = text_of(agent.read(page_of(office.number)))
    for words in ("Sperren", "Server und Geräte", "Sendungen", "Neueste Änderungen"):
        assert words in text


def test_it_asks_first(office: Office, actor: Agent) -> None:
    asked = actor.press(ACCOUNTS, "suspend", [key_of(office.number)])
    assert "nothing is handed to the devices" in asked.content.decode()
    assert office.number in asked.content.decode()
    assert said(office.server.get("/mailbox"))["account"]["state"] == "active"


def test_suspend_and_activate(office: Office, phone: Program, actor: Agent) -> None:
    key = key_of(office.number)
    actor.does(ACCOUNTS, "suspend", key)
    refused(phone.get("/changes"), 403, "account-inactive")
    today = timezone.localdate(clock.now())
    actor.does(ACCOUNTS, "activate", key, until=today.isoformat())
    said(phone.get("/changes"))
    account = Account.objects.get(pk=key)
    assert account.ends_at is not None
    assert timezone.localtime(account.ends_at).date() == today + timedelta(days=1)
    actor.does(ACCOUNTS, "activate", key, until="")
    assert Account.objects.get(pk=key).ends_at is None
    assert events(office.number)[-3:] == [(actor.email, "state-set")] * 3


def test_a_day_that_is_over_is_refused(office: Office, actor: Agent) -> None:
    key = key_of(office.number)
    for day in ("2020-01-01", "9999-12-31", "31.12."):
        answer = actor.press(ACCOUNTS, "activate", [key], confirmed="yes", until=day)
        assert answer.status_code == 200, day
        assert "errorlist" in answer.content.decode()
    assert Account.objects.get(pk=key).ends_at is None


def test_resend_all_and_sync_now(office: Office, phone: Program, actor: Agent) -> None:
    key = key_of(office.number)
    actor.does(ACCOUNTS, "resend_all", key)
    actor.does(ACCOUNTS, "sync_now", key)
    asked = {command["do"] for command in said(office.server.get("/mailbox"))["commands"]}
    assert asked == {"resend-all", "sync-now"}
    assert [c["do"] for c in said(phone.get("/mailbox"))["commands"]] == ["sync-now"]
    done = [what for who, what in events(office.number) if who == actor.email]
    assert done == ["resend-all", "sync-now", "sync-now"]


def test_resend_all_of_a_device_is_its_resync(office: Office, phone: Program, actor: Agent) -> None:
    push(office.server, put("c1", 1), put("c2", 2))
    phone.collect()
    assert said(phone.get("/mailbox"))["waiting"]["total"] == 0
    actor.does(PEERS, "resend_all", phone.id)
    assert said(phone.get("/mailbox"))["waiting"]["total"] == 2
    assert events(office.number)[-1] == (actor.email, "resync")


def test_erase_and_revoke(office: Office, phone: Program, actor: Agent) -> None:
    actor.does(PEERS, "erase", phone.id, back=str(key_of(office.number)))
    assert [c["do"] for c in said(phone.get("/mailbox"))["commands"]] == ["erase"]
    actor.does(PEERS, "erase", office.server.id)  # says no: it is not a device
    assert not Command.objects.filter(peer_id=office.server.id).exists()
    actor.does(PEERS, "revoke", office.server.id)
    refused(office.server.get("/mailbox"), 401, "token-invalid")
    assert events(office.number)[-2:] == [(actor.email, "erase"), (actor.email, "revoked")]


def test_many_at_once_and_one_that_cannot(office: Office, actor: Agent) -> None:
    without, other = Person("nobody@example.com"), Office()
    keys = [key_of(number) for number in (office.number, without.number, other.number)]
    answer = actor.press(ACCOUNTS, "resend_all", keys, confirmed="yes")
    page = text_of(actor.read(answer["Location"]))
    assert "Resend all data: done for 2." in page
    assert "No Act! server is connected." in page
    for server in (office.server, other.server):
        assert [c["do"] for c in said(server.get("/mailbox"))["commands"]] == ["resend-all"]


def test_never_more_than_was_listed(office: Office, actor: Agent) -> None:
    key = key_of(office.number)
    assert actor.press(ACCOUNTS, "suspend", [key], select_across="1").status_code == 400
    assert actor.press(ACCOUNTS, "suspend", list(range(1, 60))).status_code == 400
    assert actor.press(PEERS, "revoke", ["no-id"]).status_code == 400
    assert actor.press(ACCOUNTS, "no-such-act", [key]).status_code == 302
    assert Account.objects.get(pk=key).state == Account.State.ACTIVE


def test_open_an_account_and_add_a_person(administrator: Agent) -> None:
    form = {"name": "Autohaus Meißner", "owner": "Inhaber@Meissner.example"}
    opened = administrator.browser.post(f"{ACCOUNTS}add/", form)
    account = Account.objects.get(name="Autohaus Meißner")
    assert opened["Location"] == page_of(account.number)
    assert account.people.get().email == "inhaber@meissner.example"
    person = f"{ACCOUNTS}{account.pk}/person/"
    administrator.browser.post(person, {"email": "verkauf@meissner.example", "role": "member"})
    administrator.browser.post(page_of(account.number), {"name": "Autohaus Meißner GmbH"})
    text = text_of(administrator.read(page_of(account.number)))
    assert "Autohaus Meißner GmbH" in text
    assert "verkauf@meissner.example member" in text
    assert events(account.number) == [
        (administrator.email, "account-opened"),
        (administrator.email, "person-added"),
        (administrator.email, "account-renamed"),
    ]


def test_an_account_that_was_opened_works(administrator: Agent) -> None:
    """It has its mailboxes: a server pairs and pushes."""
    administrator.browser.post(f"{ACCOUNTS}add/", {"name": "Neu", "owner": "neu@example.com"})
    office = Office.__new__(Office)
    office.number = Account.objects.get(name="Neu").number
    push(office.pair("server", "PC"), put("c1", 1))
    assert len(office.device().collect()) == 1


def test_bad_input_is_said(administrator: Agent) -> None:
    for form in ({"name": "", "owner": "a@example.com"}, {"name": "X", "owner": "no-mail"}):
        answer = administrator.browser.post(f"{ACCOUNTS}add/", form)
        assert "errorlist" in answer.content.decode()
    assert not Account.objects.exists()


def test_make_staff(administrator: Agent, office: Office) -> None:
    colleague = Person("kollegin@example.com").sign_in()
    assert colleague.browser.get(ACCOUNTS, follow=True).status_code == 403
    page = f"{PEOPLE}{User.objects.get(email=colleague.email).pk}/change/"
    administrator.browser.post(page, {"standing": "support"})
    assert colleague.get(ACCOUNTS).status_code == 200
    assert "support: may look" in administrator.read(page)
    administrator.browser.post(page, {"standing": "none"})
    assert colleague.browser.get(ACCOUNTS, follow=True).status_code == 403
    found = AuditEvent.objects.filter(action="staff-set").order_by("id")
    assert [(e.actor, e.detail["standing"]) for e in found] == [
        (administrator.email, "support"), (administrator.email, "none"),
    ]  # fmt: skip
