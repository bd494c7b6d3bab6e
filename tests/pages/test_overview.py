"""The Account Overview shows what is true, in both languages, to members alone."""

import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.office import Program, apply_all, manage, put, said
from tests.pages.person import Person, text_of


def pair(person: Person, role: str, name: str) -> Program:
    """Let a program in with a code, as its own `pair` command does."""
    code = manage("pair", person.number, "--role", role)["code"]
    install = uuid.uuid4()
    body = {"code": code, "name": name, "install_id": str(install), "platform": "android"}
    answer = person.browser.post("/api/v1/pairings", body, content_type="application/json")
    return Program(role, said(answer, 201), install)


def test_numbers_are_true_at_every_step(petra: Person) -> None:
    server, phone = pair(petra, "server", "BÜRO-PC"), pair(petra, "device", "Pixel 9")
    server.deliver(
        *(put(f"c{n}") for n in range(9)), *(put(f"n{n}", kind="note") for n in range(3))
    )
    page = text_of(petra.overview())
    assert "12 records are on their way to Pixel 9." in page
    assert "Waiting for this device 12 Contacts 9, Notes 3 · since" in page
    assert "Records in the mailbox 12" in page
    phone.collect()
    page = text_of(petra.overview())
    assert "Everything has arrived." in page
    assert "Waiting for this device 0" in page
    assert "Last collected 12 records" in page
    said(server.push(put("c1", 2)), 202)
    assert "1 being sorted in" in text_of(petra.overview())
    apply_all()
    begun = said(phone.post("/sessions", {"reason": "manual", "pending": 2}), 201)
    page = text_of(petra.overview())
    assert "2 still on the device" in page
    assert "Still on the device 2 ·" in page
    body = {"result": "failed", "error": {"code": "disk-full", "detail": "no space"}}
    said(phone.post(f"/sessions/{begun['session']}/finish", body))
    page = text_of(petra.overview())
    assert "Last attempt failed (its disk is full)" in page
    assert "its disk is full · no space" in page


def test_labels_stay_in_both_languages(petra: Person) -> None:
    pair(petra, "server", "BÜRO-PC")
    for language, words in (("de", "Wartet auf den Server"), ("en", "Waiting for the server")):
        answer = petra.browser.post("/language", {"language": language, "next": "/"})
        assert answer.status_code == 302
        markup = petra.overview()
        assert f'<html lang="{language}">' in markup
        assert "Account Overview" in markup
        assert "Most recent sync" in markup
        assert words in markup


def test_the_browsers_language_counts_until_a_person_chose(db: None) -> None:
    fritz = Person("fritz@example.com", language="de-AT, en;q=0.5").sign_in()
    assert "Noch ist nichts verbunden" in fritz.overview()
    fritz.browser.post("/language", {"language": "en", "next": "/"})
    fritz.browser.cookies.pop("django_language")
    assert "Nothing is connected yet" in fritz.overview()


def test_a_finding_stands_in_the_markup_with_its_remedy(petra: Person) -> None:
    server, phone = pair(petra, "server", "BÜRO-PC"), pair(petra, "device", "Pixel 9")
    server.deliver(put("first"))
    phone.collect()
    manage("age", petra.number, "--by", "3h")
    server.deliver(put("first", 2))
    markup = petra.overview()
    assert 'data-finding="device-asleep" data-severity="warning"' in markup
    page = text_of(markup)
    assert "Pixel 9 is asleep: 1 record waits since" in page
    assert "Open the app on Pixel 9" in page
    phone.collect()
    assert "data-finding" not in petra.overview()


def test_a_strangers_account_and_an_unknown_one_answer_alike(
    petra: Person, stranger: Person
) -> None:
    unknown = stranger.get("/accounts/10000000/")
    foreign = stranger.get(f"/accounts/{petra.number}/")
    assert foreign.status_code == unknown.status_code == 404
    assert foreign.content == unknown.content
    for malformed in ("%00x", "1", "x" * 300, "１２３４５６７８"):
        assert stranger.get(f"/accounts/{malformed}/").content == unknown.content
    assert petra.number.encode() not in foreign.content
    for path in (f"/accounts/{petra.number}/connect/device/", "/accounts/1/connect/device/"):
        assert stranger.browser.post(path).content == unknown.content


def test_signed_out_people_are_asked_to_sign_in(petra: Person) -> None:
    petra.browser.post("/auth/logout/")
    for path in ("/", f"/accounts/{petra.number}/", "/accounts/10000000/"):
        answer = petra.get(path)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/auth/login/")


@pytest.mark.parametrize(
    "name",
    ["<script>alert(1)</script>", "\u202etpircs", "W" * 100, '"><img src=x onerror=alert(1)>'],
)
def test_hostile_names_are_words_and_nothing_else(db: None, name: str) -> None:
    owner = Person("owner@example.com", name=name * 2).sign_in()
    server, phone = pair(owner, "server", name), pair(owner, "device", name)
    server.deliver(put("first"))
    phone.get("/mailbox")
    manage("age", owner.number, "--by", "4h")
    markup = owner.overview()
    assert "<script>" not in markup
    assert "<img" not in markup
    assert "\u202e" not in markup
    assert "style=" not in markup


def test_everything_on_the_page_leads_on(petra: Person) -> None:
    server, phone = pair(petra, "server", "BÜRO-PC"), pair(petra, "device", "Pixel 9")
    server.deliver(put("first"))
    phone.collect()
    here = petra.at()
    links = {link for link in re.findall(r'href="([^"#?]+)', petra.overview()) if here in link}
    assert sum("/sessions/" in link for link in links) >= 3  # all of them, and one a program
    for link in links:
        assert petra.get(link).status_code == 200, link


def test_the_number_of_queries_is_fixed(petra: Person) -> None:
    server = pair(petra, "server", "BÜRO-PC")
    phone = pair(petra, "device", "Pixel 9")
    few = _queries(petra)
    pair(petra, "device", "iPad")
    for version in range(1, 6):
        server.deliver(*(put(f"r{n}", version) for n in range(50)), put("bad", 0))
        phone.collect()
    manage("age", petra.number, "--by", "5h")
    server.deliver(put("new"))
    assert _queries(petra) == few


def _queries(person: Person) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        person.overview()
    return len(captured)


def test_pages_are_kept_nowhere_and_run_nothing(petra: Person) -> None:
    answer = petra.get(f"/accounts/{petra.number}/")
    assert answer["Cache-Control"] == "no-store"
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    for markup in (answer.content.decode(), petra.get("/auth/password/change/").content.decode()):
        assert not re.search(
            r"<script(?! type=\"module\" src=\"/static/)|<style| style=| on\w+=|https?://(?!www\.w3\.org)",
            markup,
        )


def test_the_first_page_leads_on(petra: Person) -> None:
    assert petra.get("/")["Location"] == f"/accounts/{petra.number}/"
    words = ("create_account", "Second", "--email", petra.email)
    second = manage(*words)["account"]
    page = text_of(petra.get("/").content.decode())
    assert second in page
    assert petra.number in page
