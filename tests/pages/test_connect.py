"""Letting programs in from the browser."""

import re

from accounts import clock
from accounts.models import Account, Membership
from accounts.tenancy import add_person
from tests.office import redeem, said
from tests.pages.person import Person, text_of

CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b")


def make_code(person: Person, role: str) -> str:
    answer = person.browser.post(f"/accounts/{person.number}/connect/{role}/")
    assert answer.status_code == 200
    code: str = CODE.findall(text_of(answer.content.decode()))[0]
    return code


def test_a_code_from_the_page_pairs_and_shows_up(petra: Person) -> None:
    for role, name in (("server", "BÜRO-PC"), ("device", "Pixel 9")):
        assert said(redeem(make_code(petra, role), name), 201)["role"] == role
        assert name in petra.overview()


def test_looking_makes_no_code(petra: Person) -> None:
    page = petra.get(f"/accounts/{petra.number}/connect/device/").content.decode()
    assert not CODE.findall(page)


def test_a_second_server_is_warned_of_first(petra: Person) -> None:
    path = f"/accounts/{petra.number}/connect/server/"
    assert "retired" not in petra.get(path).content.decode()
    said(redeem(make_code(petra, "server"), "BÜRO-PC"), 201)
    page = text_of(petra.get(path).content.decode())
    assert "BÜRO-PC is connected already." in page
    assert "retired" in page


def test_only_an_owner_may(petra: Person, stranger: Person) -> None:
    account = Account.objects.get(number=petra.number)
    add_person(account, stranger.email, role=Membership.Role.MEMBER, now=clock.now())
    stranger.number = petra.number
    assert "Connect a device" not in stranger.overview()
    for method in (stranger.browser.get, stranger.browser.post):
        assert method(f"/accounts/{petra.number}/connect/device/").status_code == 403


def test_no_such_role(petra: Person) -> None:
    assert petra.get(f"/accounts/{petra.number}/connect/printer/").status_code == 404
