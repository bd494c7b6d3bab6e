"""Every action has words, support's too; the database lets nobody change what stands there."""

import ast
import re
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from accounts import audit, clock
from accounts.audit import Event
from accounts.models import Account, AuditEvent, Peer
from hhcportal.pages import deeds
from hhcportal.pages.activity import SHOWN
from hhcportal.run.places import CHECKOUT
from sync import lifecycle
from sync.models import Command
from tests.office import Office, manage
from tests.pages.person import Person, text_of

ROOMS = ("accounts", "mailbox", "sync", "hhcportal")
# What is recorded under a name that is looked up, and every name that it can have.
LOOKED_UP = {
    "state": {state.value for state in Peer.State} - {"active"},
    "do": {do.value for do in Command.Do},
}
CODE = re.compile(r"\A[a-z]+(-[a-z]+)*\Z")


def recorded() -> set[str]:
    """Every action that the code can record, read from the code itself."""
    found: set[str] = set()
    for room in ROOMS:
        for file in (CHECKOUT / room).rglob("*.py"):
            found |= _actions_in(file)
    return found


def _actions_in(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if not isinstance(node, ast.Call):
            continue
        said = [word.value for word in node.keywords if word.arg == "action"]
        if _named(node.func) == "_set":  # the lifecycle's own way to record a setting
            said += [word for word in node.args if isinstance(word, ast.Constant)]
        if _named(node.func) in ("record", "_set"):
            for word in said:
                found |= _values(word)
    return found


def _values(word: ast.expr) -> set[str]:
    if isinstance(word, ast.Constant):
        return {str(word.value)}
    assert isinstance(word, ast.Name), ast.dump(word)
    return LOOKED_UP.get(word.id, set())


def _named(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def test_every_action_has_words_in_both_languages() -> None:
    actions = recorded()
    assert {"paired", "resync", "erase", "revoked", "copy-set"} <= actions
    assert not actions - set(deeds.WORDS)
    detail = {
        "name": "N", "before": "B", "email": "E", "role": "device", "minutes": 5, "days": 7,
        "keep": 1, "state": "active", "ends_at": None, "opens": "08:00", "closes": "17:00",
    }  # fmt: skip
    for action in deeds.WORDS:
        told = []
        for language in ("de", "en"):
            with translation.override(language):
                told.append(deeds.sentence(Event(1, clock.now(), "operator", action, detail)))
                deeds.sentence(Event(1, clock.now(), "operator", action, {"state": "trial"}))
        assert told[0] != told[1], action
        assert not any(CODE.match(words) for words in told)


def test_an_action_of_another_release_stands_under_its_code() -> None:
    event = Event(1, clock.now(), "peer:Pixel 9", "moon-landed", {})
    assert deeds.sentence(event) == "moon-landed"
    assert deeds.actor(event.actor) == "Pixel 9"


def test_what_was_done_stands_there_newest_first(petra: Person) -> None:
    phone = petra.pair("device", "Pixel 9")
    petra.press(f"devices/{phone.id}/rename/", name="Annas Telefon")
    manage("set_state", petra.number, "trial", "--until", "2099-12-31")
    page = petra.seen("activity/")
    assert "“trial” until 31 Dec 2099" in page
    order = ["was set to", "Pixel 9 was renamed to Annas Telefon.", "Was connected as Device."]
    places = [page.index(words) for words in [*order, "The account was opened."]]
    assert places == sorted(places)
    assert petra.email in page
    assert "The mailbox's operator" in page


def test_supports_acts_are_seen_by_members_too(petra: Person) -> None:
    support = "support@staff.example"
    account = Account.objects.get(number=petra.number)
    lifecycle.set_state(account, "suspended", ends_at=None, actor=support, now=clock.now())
    page = petra.member("mia@example.com").seen("activity/")
    assert "“suspended”" in page
    assert support in page


def test_page_by_page_each_event_comes_once(petra: Person) -> None:
    account = Account.objects.get(number=petra.number)
    for minutes in range(1, SHOWN + 5):
        lifecycle.set_interval(account, "device", minutes, actor="operator", now=clock.now())
    first = petra.read("activity/")
    [older] = re.findall(r'rel="next" href="([^"]+)"', first)
    then = petra.read("activity/" + older.replace("&amp;", "&"))
    lines = [re.findall(r'<tr data-action="([^"]+)"', page) for page in (first, then)]
    assert len(lines[0]) == SHOWN
    assert len(lines[0]) + len(lines[1]) == AuditEvent.objects.filter(account=account).count()
    assert 'data-action="account-opened"' in then
    for before in ("x", "20260101T000000.000000_-1", "20260101T000000.000000_" + "9" * 30):
        assert petra.get(petra.at(f"activity/?before={before}")).status_code == 200


def test_another_accounts_events_are_not_there(petra: Person, stranger: Person) -> None:
    petra.pair("device", "Pixel 9")
    assert "Pixel 9" not in stranger.seen("activity/")
    assert stranger.get(petra.at("activity/")).status_code == 404


@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE accounts_auditevent SET actor = 'nobody'",
        "DELETE FROM accounts_auditevent",
    ],
)
def test_the_database_refuses_to_change_an_event(office: Office, deed: str) -> None:
    before = list(AuditEvent.objects.values())
    with (
        pytest.raises(IntegrityError, match="only ever added"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(deed)
    assert list(AuditEvent.objects.values()) == before


def test_time_travel_and_a_closed_account_have_a_reason(office: Office) -> None:
    [first] = AuditEvent.objects.order_by("id")[:1]
    office.age("3h")
    assert AuditEvent.objects.get(pk=first.pk).at < first.at
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditEvent.objects.filter(pk=first.pk).delete()
    with transaction.atomic(), audit.rewriting("the account is closed"):
        AuditEvent.objects.filter(account__number=office.number).delete()
    audit.record(actor="operator", account=None, action="account-opened", now=clock.now())
    with pytest.raises(IntegrityError), transaction.atomic():  # the reason ended with its body
        AuditEvent.objects.all().delete()
    with pytest.raises(ValueError, match="reason"), audit.rewriting(""):
        pass


def test_hostile_words_are_words(petra: Person) -> None:
    account = Account.objects.get(number=petra.number)
    for name in ("<script>alert(1)</script>", "\u202etpircs", "=HYPERLINK(1)", "W" * 200):
        audit.record(
            actor=f"peer:{name}", account=account, action="retired", now=clock.now(), name=name
        )
    markup = petra.read("activity/")
    assert "<script>" not in markup
    assert "\u202e" not in markup
    assert "=HYPERLINK(1) was replaced" in text_of(markup)
