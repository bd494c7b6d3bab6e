"""Signing in and out, and the pages for when something goes wrong."""

import pytest
from django.test import Client

from accounts.models import Membership
from tests.pages.person import PASSWORD, Person, text_of


def test_the_right_password_lets_in(db: None) -> None:
    lena = Person("lena@example.com")
    form = {"login": lena.email, "password": PASSWORD}
    assert lena.browser.post("/auth/login/", form).status_code == 302
    assert lena.get("/")["Location"] == lena.at()


def test_a_wrong_password_is_told_and_lets_nobody_in(petra: Person) -> None:
    browser = Client(headers={"Accept-Language": "en"})
    answer = browser.post("/auth/login/", {"login": petra.email, "password": "wrong"})
    assert answer.status_code == 200
    assert "not correct" in text_of(answer.content.decode())
    assert browser.get("/").status_code == 302


def test_nobody_signs_up_alone(db: None) -> None:
    answer = Client().post("/auth/signup/", {"email": "x@example.com", "password1": PASSWORD})
    assert answer.status_code != 302
    login = Client().post("/auth/login/", {"login": "x@example.com", "password": PASSWORD})
    assert login.status_code == 200


@pytest.mark.parametrize(("language", "words"), [("de", "Anmelden"), ("en", "Sign in")])
def test_the_form_speaks_the_browsers_language(db: None, language: str, words: str) -> None:
    page = Client(headers={"Accept-Language": language}).get("/auth/login/").content.decode()
    assert words in page
    assert "portal" in page
    assert "style=" not in page


def test_a_form_from_another_site_is_refused_in_our_own_words(petra: Person) -> None:
    browser = Client(enforce_csrf_checks=True, headers={"Accept-Language": "en"})
    answer = browser.post("/auth/login/", {"login": petra.email, "password": PASSWORD})
    assert answer.status_code == 403
    assert "This is not allowed." in text_of(answer.content.decode())


@pytest.mark.parametrize(
    ("language", "words"), [("de", "Hier ist nichts für Sie."), ("en", "nothing here for you")]
)
def test_an_unknown_address(db: None, language: str, words: str) -> None:
    answer = Client(headers={"Accept-Language": language}).get("/no/such/page")
    assert answer.status_code == 404
    assert words in text_of(answer.content.decode())


def test_a_person_without_an_account_is_told_whom_to_ask(petra: Person) -> None:
    Membership.objects.all().delete()
    assert "You do not belong to an account yet." in text_of(petra.get("/").content.decode())
