"""Who may what: every page and every action of the admin, for every persona."""

import pytest
from django.test import Client

from accounts.models import Account, AuditEvent, Peer, User
from accounts.staff import Standing, set_standing
from hhcportal.admin.acts import ACCOUNT_ACTS, PEER_ACTS
from hhcportal.admin.site import site
from tests.admin.desk import ACCOUNTS, PEERS, PEOPLE, Agent, key_of, page_of
from tests.office import Office, manage
from tests.pages.person import PASSWORD, Person

NOBODY, LOOK, ACT, ADMINISTRATOR = None, Standing.LOOK, Standing.ACT, Standing.ADMINISTRATOR
CUSTOMER = Standing.NONE
STAFF = (LOOK, ACT, ADMINISTRATOR)
PERSONAS = (NOBODY, CUSTOMER, *STAFF)

LISTS = [
    ACCOUNTS, PEERS, PEOPLE, "/admin/accounts/auditevent/",
    "/admin/sync/session/?account=1", "/admin/mailbox/batch/?mailbox__account=1",
]  # fmt: skip


def allowed(persona: Standing | None, *may: Standing) -> int:
    """The status that a persona gets: the sign-in, the page, or 403."""
    if persona is NOBODY:
        return 302
    return 200 if persona in may else 403


@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize("path", LISTS)
def test_lists(db: None, persona: Standing | None, path: str) -> None:
    answer = Agent(persona).browser.get(path, follow=persona is CUSTOMER)
    assert answer.status_code == allowed(persona, *STAFF)


@pytest.mark.parametrize("persona", PERSONAS)
def test_pages_of_one(office: Office, persona: Standing | None) -> None:
    agent = Agent(persona)
    person = User.objects.exclude(email=agent.email).earliest("id")
    pages = {
        page_of(office.number): STAFF,
        f"{PEOPLE}{person.pk}/change/": STAFF,
        f"{ACCOUNTS}add/": (ADMINISTRATOR,),
        f"{ACCOUNTS}{key_of(office.number)}/person/": (ADMINISTRATOR,),
        f"{ACCOUNTS}{key_of(office.number)}/delete/": (),
        f"{PEOPLE}add/": (),
        f"{PEOPLE}{person.pk}/delete/": (),
        f"{PEERS}add/": (),
        f"{PEERS}{office.server.id}/delete/": (),
        "/admin/mailbox/batch/add/": (),
    }
    for path, may in pages.items():
        answer = agent.browser.get(path, follow=persona is CUSTOMER)
        assert answer.status_code == allowed(persona, *may), path


def test_nothing_is_registered_that_this_table_forgets() -> None:
    assert {model._meta.label_lower for model in site._registry} == {
        "accounts.account", "accounts.peer", "accounts.user", "accounts.auditevent",
        "sync.session", "mailbox.batch",
    }  # fmt: skip


@pytest.mark.parametrize("persona", PERSONAS)
def test_actions_on_accounts(office: Office, persona: Standing | None) -> None:
    agent = Agent(persona)
    for act in ACCOUNT_ACTS:
        asked = agent.press(ACCOUNTS, act.name, [key_of(office.number)])
        # A customer is sent to the sign-in, which says 403.
        expected = 302 if persona is CUSTOMER else allowed(persona, ACT, ADMINISTRATOR)
        assert asked.status_code == expected, act.name


@pytest.mark.parametrize("persona", PERSONAS)
def test_actions_on_peers(office: Office, persona: Standing | None) -> None:
    agent, done = Agent(persona), persona in (ACT, ADMINISTRATOR)
    for act in PEER_ACTS:
        peer = office.device()
        before = AuditEvent.objects.count()
        answer = agent.press(PEERS, act.name, [peer.id], confirmed="yes")
        assert answer.status_code == (302 if done or persona in (NOBODY, CUSTOMER) else 403)
        assert AuditEvent.objects.count() == before + done, act.name


def test_who_may_only_look_saves_nothing(office: Office, looker: Agent, actor: Agent) -> None:
    for agent in (looker, actor):
        answer = agent.browser.post(page_of(office.number), {"name": "Anders"})
        assert answer.status_code == 403
        assert agent.browser.post(f"{ACCOUNTS}add/", {"name": "Anders"}).status_code == 403
    assert not Account.objects.filter(name="Anders").exists()


def test_who_may_only_look_sees_no_button(office: Office, looker: Agent) -> None:
    page = looker.read(page_of(office.number))
    assert 'name="action"' not in page
    assert 'name="action"' not in looker.read(ACCOUNTS)


def test_sign_in_is_the_portals_own(db: None) -> None:
    colleague = Person("kollege@example.com")
    set_standing(User.objects.get(email=colleague.email), LOOK)
    form = {"login": colleague.email, "password": PASSWORD}
    assert colleague.browser.post("/auth/login/", form).status_code == 302
    assert colleague.get(ACCOUNTS).status_code == 200
    nobody = Agent(NOBODY)
    first = nobody.get(ACCOUNTS)
    assert first.status_code == 302
    then = nobody.get(first["Location"])
    assert then.status_code == 302
    assert then["Location"].startswith("/auth/login/?next=")
    assert nobody.get("/admin/password_change/")["Location"].startswith("/admin/login/")


def test_the_operator_makes_the_first_administrator(db: None) -> None:
    made = manage("make_staff", "Chef@Example.com", "administrator")
    browser = Client(raise_request_exception=False)
    signed_in = browser.post(
        "/auth/login/", {"login": "chef@example.com", "password": made["password"]}
    )
    assert signed_in.status_code == 302
    assert browser.get(f"{ACCOUNTS}add/").status_code == 200
    manage("make_staff", "chef@example.com", "support")
    assert browser.get(f"{ACCOUNTS}add/").status_code == 403
    assert browser.get(ACCOUNTS).status_code == 200


def test_a_customer_is_no_staff(db: None) -> None:
    petra = Person("petra@example.com").sign_in()
    assert petra.browser.get(ACCOUNTS, follow=True).status_code == 403


def test_standing_ends_with_the_flag(db: None) -> None:
    agent = Agent(LOOK)
    User.objects.filter(email=agent.email).update(is_staff=False)
    assert agent.browser.get(ACCOUNTS, follow=True).status_code == 403


def test_nobody_raises_themselves(administrator: Agent, actor: Agent) -> None:
    for agent in (administrator, actor):
        me = User.objects.get(email=agent.email)
        answer = agent.browser.post(f"{PEOPLE}{me.pk}/change/", {"standing": "administrator"})
        assert answer.status_code == 403
    assert not User.objects.get(email=actor.email).is_superuser


def test_a_retired_peer_stays_as_it_is(office: Office, actor: Agent) -> None:
    actor.does(PEERS, "revoke", office.server.id)
    events = AuditEvent.objects.count()
    actor.does(PEERS, "revoke", office.server.id)
    assert AuditEvent.objects.count() == events
    assert Peer.objects.get(pk=office.server.id).state == Peer.State.REVOKED
