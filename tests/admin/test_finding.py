"""Finding an account: by a part of what people know, by state, by who is late."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import clock
from accounts.models import Account, Membership, Peer, User
from sync.findings.facts import gather
from tests.admin.desk import ACCOUNTS, PEERS, PEOPLE, Agent, key_of
from tests.office import Office, manage
from tests.queries import asked

CONSTANT = [
    ACCOUNTS, f"{ACCOUNTS}?q=bestand", f"{ACCOUNTS}?late=server-asleep", f"{ACCOUNTS}?state=active",
    f"{ACCOUNTS}?late=device-late", f"{ACCOUNTS}?state=expired", f"{ACCOUNTS}?trouble=critical",
    f"{ACCOUNTS}?q=bestand&state=active", PEERS, f"{PEERS}?q=bestand", PEOPLE,
    f"{PEOPLE}?q=example", "/admin/accounts/auditevent/",
]  # fmt: skip


@pytest.fixture
def other(db: None) -> Office:
    """An account that is never meant."""
    return Office()


def test_by_a_part_of_anything(office: Office, other: Office, looker: Agent) -> None:
    office.device("Außendienst-Tablet Müller")
    Account.objects.filter(number=office.number).update(name="Tischlerei Özdemir & Partner")
    email = Membership.objects.get(account__number=office.number).user.email
    for part in ("dienst-tab", "AUSSENDIENST".replace("SS", "ß"), "müller", "MÜLLER", "özdem",
                 email[1:9], email.upper(), office.number[2:7], office.number):  # fmt: skip
        assert looker.listed(f"q={part}") == {office.number}, part
    assert looker.listed("q=nirgends") == set()
    assert looker.listed("q=%25") == set()
    assert looker.listed("q=_") == set()


def test_hostile_words_are_only_words(office: Office, looker: Agent) -> None:
    for words in ("%00", "'%3B--", "%5C", "%F0%9F%93%B1", "x" * 5000, "&p=-3", "&p=zzz", "&o=1"):
        assert looker.browser.get(f"{ACCOUNTS}?q={words}").status_code in (200, 302)
    for query in ("?state=nonsense", "?late=server-gone", "?p=100000000000"):
        assert looker.read(ACCOUNTS + query)
    for path in ("/admin/sync/session/?account=99999999999999999999", "/admin/sync/session/"):
        assert looker.read(path)


def test_a_server_or_device_by_name_or_id(office: Office, looker: Agent) -> None:
    tablet = office.device("Lager-Tablet")
    for part in ("ager-tab", tablet.id):
        page = looker.read(f"{PEERS}?q={part}")
        assert "Lager-Tablet" in page
        assert "BÜRO-PC" not in page


def test_a_person_by_a_part_of_the_e_mail(office: Office, looker: Agent) -> None:
    email = Membership.objects.get(account__number=office.number).user.email
    page = looker.read(f"{PEOPLE}?q={email[:10]}")
    assert email in page
    assert looker.email not in page.split("result_list")[1]


def test_filter_by_state(office: Office, other: Office, looker: Agent) -> None:
    assert looker.listed("state=active") == {office.number, other.number}
    manage("set_state", office.number, "suspended")
    assert looker.listed("state=suspended") == {office.number}
    yesterday = clock.now() - timedelta(days=1)
    Account.objects.filter(number=other.number).update(ends_at=yesterday)
    assert looker.listed("state=expired") == {other.number}
    assert looker.listed("state=active") == set()


@pytest.mark.parametrize("announced", [None, 600, 7200])
def test_filter_by_who_is_late(
    office: Office, other: Office, looker: Agent, announced: int | None
) -> None:
    """The filter and the presence that the page shows are one rule, at every age."""
    phone, session = office.device(), {"reason": "start", "next_contact_in": announced}
    begin = {"reason": "start"} if announced is None else session
    for program in (office.server, phone):
        assert program.post("/sessions", begin).status_code == 201
    account, seen = Account.objects.get(number=office.number), set()
    for _ in range(16):
        facts = gather(account, now=clock.now())
        for peer in facts.live:
            for presence in ("late", "asleep"):
                found = looker.listed(f"late={peer.role}-{presence}")
                assert found == (
                    {office.number} if peer.presence(clock.now()) == presence else set()
                )
            seen.add((peer.role, peer.presence(clock.now())))
        office.age("10m")
    assert {("server", "awake"), ("server", "late"), ("server", "asleep")} <= seen
    assert {("device", "late"), ("device", "asleep")} <= seen


def test_who_has_ended_is_not_late(office: Office, looker: Agent) -> None:
    office.server.get("/mailbox")
    office.age("9h")
    assert looker.listed("late=server-asleep") == {office.number}
    manage("revoke", office.server.id)
    assert looker.listed("late=server-asleep") == set()


def test_the_list_tells_how_each_stands(office: Office, looker: Agent) -> None:
    for name in ("Pixel 9", "iPad"):
        office.device(name).get("/mailbox")
    office.server.get("/mailbox")
    office.age("3h")
    page = looker.read(ACCOUNTS)
    assert page.count("badge-asleep") == 2  # the server's, and one that both devices share
    assert "× 2" in page


def test_pages_follow_each_other(db: None, looker: Agent) -> None:
    now = clock.now()
    Account.objects.bulk_create(
        Account(number=str(20_000_000 + n), name=f"Bestand {n}", state_since=now, created_at=now)
        for n in range(120)
    )
    first, second, third = (looker.listed(f"p={page}") for page in (1, 2, 3))
    assert (len(first), len(second), len(third)) == (50, 50, 20)
    assert len(first | second | third) == 120
    assert 'rel="next"' in looker.read(f"{ACCOUNTS}?p=2")
    assert 'rel="next"' not in looker.read(f"{ACCOUNTS}?p=3")


def test_queries_do_not_grow_and_nothing_is_counted(office: Office, looker: Agent) -> None:
    def statements(path: str) -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            looker.read(path)
        return asked(queries)

    few = {path: len(statements(path)) for path in CONSTANT}
    for n in range(8):
        busy = Office()
        busy.device(f"Bestand {n}").get("/mailbox")
        Account.objects.filter(number=busy.number).update(name=f"Bestand {n}")
    for path in CONSTANT:
        many = statements(path)
        # A list that was empty had nothing further to ask.
        assert few[path] <= len(many) <= few[path] + 2, path
        assert len(many) <= 9, path
        assert not [sql for sql in many if "COUNT(" in sql.upper()], path


def test_the_page_of_an_account_asks_a_fixed_number(office: Office, looker: Agent) -> None:
    path = f"{ACCOUNTS}{key_of(office.number)}/change/"

    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            looker.read(path)
        return len(asked(queries))

    looker.read(path)  # what Django keeps from then on
    before = statements()
    for n in range(5):
        office.device(f"Gerät {n}").get("/mailbox")
    User.objects.create_user("another@example.com")
    assert statements() == before
    assert before <= 25
    assert Peer.objects.filter(account__number=office.number).count() == 6
