"""Who asked for mails gets one each time that something comes true, and none for what is over."""

import re
import smtplib
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import override_settings

from accounts import clock
from accounts.models import User
from sync.models import Tick
from tests.office import Program, edit, manage, put, said
from tests.pages.person import Person

Mails = list[mail.EmailMessage]


@pytest.fixture
def asked(petra: Person, mailoutbox: Mails) -> Person:
    """Petra asked for mails about her account, in English."""
    petra.press("settings/mails/", mails="on")
    User.objects.filter(email=petra.email).update(language="en")
    return petra


@pytest.fixture
def server(asked: Person) -> Program:
    program = asked.pair("server", "BÜRO-PC")
    program.deliver(put("first"))
    return program


def age(person: Person, by: str) -> None:
    manage("age", person.number, "--by", by)
    for _ in range(2):
        manage("sweep")


def subjects(mails: Mails) -> list[str]:
    return [sent.subject.partition(": ")[2] for sent in mails]


def test_a_sleeping_server_is_mailed_once_and_its_return_once(
    asked: Person, server: Program, mailoutbox: Mails
) -> None:
    age(asked, "50m")
    assert subjects(mailoutbox) == []
    age(asked, "20m")
    age(asked, "3h")
    assert subjects(mailoutbox) == ["The Act! server is silent"]
    text = str(mailoutbox[0].body)
    assert "Your Act! server has been silent for 1 h 10 min" in text
    assert "- Last contact: " in text
    assert f"/accounts/{asked.number}/\n" in text
    said(server.get("/mailbox"))
    age(asked, "1m")
    assert subjects(mailoutbox) == ["The Act! server is silent", "The Act! server is back"]
    age(asked, "4h")
    assert len(mailoutbox) == 3


def test_who_did_not_ask_gets_none(petra: Person, mailoutbox: Mails) -> None:
    petra.pair("server", "BÜRO-PC").deliver(put("first"))
    age(petra, "3h")
    assert mailoutbox == []
    petra.press("settings/mails/", mails="on")
    age(petra, "1h")
    assert mailoutbox == []  # it is no news any more


def test_a_server_that_came_back_before_the_mail_is_not_mailed(
    asked: Person, server: Program, mailoutbox: Mails
) -> None:
    now = clock.now()
    Tick.objects.create(name="beat", at=now, since=now - timedelta(seconds=5))
    age(asked, "3h")  # we were away ourselves until five seconds ago
    assert mailoutbox == []
    said(server.get("/mailbox"))
    age(asked, "50m")
    assert mailoutbox == []


def test_outside_the_office_hours_nobody_is_mailed(
    asked: Person, server: Program, mailoutbox: Mails
) -> None:
    tomorrow = str(User.objects.get(email=asked.email).joined_at.isoweekday() % 7 + 1)
    manage("set_office_hours", asked.number, tomorrow, "11:00", "11:01", "--zone", "UTC")
    age(asked, "3h")
    assert "server-asleep" in asked.overview()
    assert mailoutbox == []


def test_a_device_with_mail_is_told_after_three_days(
    asked: Person, server: Program, mailoutbox: Mails
) -> None:
    phone = asked.pair("device", "Pixel 9")
    phone.collect()
    manage("sweep")
    assert subjects(mailoutbox) == ["A new device was connected"]
    assert "Pixel 9 was connected to your account." in str(mailoutbox.pop().body)
    server.deliver(put("first", 2))
    age(asked, "70h")
    assert "Pixel 9 is asleep" not in " ".join(subjects(mailoutbox))
    mailoutbox.clear()
    age(asked, "3h")
    assert [str(sent.body) for sent in mailoutbox if "Pixel 9 is asleep" in str(sent.body)]


def test_what_is_about_to_expire_is_told(asked: Person, server: Program, mailoutbox: Mails) -> None:
    manage("set_storage", asked.number, "12")
    phone = asked.pair("device", "Pixel 9")
    said(phone.push(edit("first", 1)), 202)
    manage("sweep")
    mailoutbox.clear()
    age(asked, "8d")
    assert "Something has waited for BÜRO-PC for days" in subjects(mailoutbox)


def test_an_end_that_comes_near_is_told_in_the_persons_language_and_zone(
    asked: Person, server: Program, mailoutbox: Mails
) -> None:
    User.objects.filter(email=asked.email).update(language="de", time_zone="Asia/Tokyo")
    manage("set_state", asked.number, "active", "--until", "2099-01-01")
    manage("sweep")
    assert mailoutbox == []
    day = (clock.now() + timedelta(days=9)).date().isoformat()
    manage("set_state", asked.number, "active", "--until", day)
    manage("sweep")
    (sent,) = mailoutbox
    assert sent.subject == "Weingut Steinberg: Das Abonnement läuft bald aus"
    assert "JST" in str(sent.body)


def test_one_click_ends_them(asked: Person, server: Program, mailoutbox: Mails) -> None:
    age(asked, "3h")
    (sent,) = mailoutbox
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = re.findall(r"^http\S+(/mails/off/\S+/)$", str(sent.body), re.MULTILINE)[0]
    assert link in sent.extra_headers["List-Unsubscribe"]
    stranger = Person("fritz@example.com")  # signed in nowhere
    assert "No more mails about this account?" in stranger.get(link).content.decode()
    said_ = stranger.browser.post(link, {"List-Unsubscribe": "One-Click"})
    assert "No more mails about this account." in said_.content.decode()
    assert stranger.browser.post(link + "x/").status_code == 404
    said(server.get("/mailbox"))
    age(asked, "1m")
    assert len(mailoutbox) == 1
    assert "checked" not in asked.read("settings/")


class Broken(EmailBackend):
    """A mail server that is away."""

    def send_messages(self, messages: Any) -> int:
        raise smtplib.SMTPServerDisconnected("away")


def test_a_mail_server_that_is_away_is_tried_again(
    asked: Person, server: Program, mailoutbox: Mails
) -> None:
    with override_settings(EMAIL_BACKEND=f"{__name__}.Broken"):
        age(asked, "3h")
        age(asked, "5m")
    assert mailoutbox == []
    for _ in range(10):
        age(asked, "1h")
    assert subjects(mailoutbox) == ["The Act! server is silent"]


def test_old_notices_are_forgotten(asked: Person, server: Program, mailoutbox: Mails) -> None:
    asked.pair("device", "Pixel 9")
    manage("sweep")
    manage("age", asked.number, "--by", "91d")
    assert manage("sweep")["notices-forgotten"] == 1
