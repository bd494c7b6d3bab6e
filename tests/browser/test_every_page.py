"""Every page, for everybody: both languages, both themes, a desktop and a phone."""

import itertools

import pytest

from tests.browser.conftest import Opener
from tests.browser.house import PASSWORD, House, Names, furnish
from tests.browser.window import DESKTOP, PHONE, Eyes, Window
from tests.conftest import LONG_FIGURES
from tests.stack import Stack

OUTSIDE = {
    "sign-in": "/auth/login/",
    "password forgotten": "/auth/password/reset/",
    "nothing here": "/accounts/00000000/nothing",
    "API": "/api/v1/docs",
}
INSIDE = {
    "overview": "",
    "connect a device": "connect/device/",
    "connect a server": "connect/server/",
    "devices": "devices/",
    "device": "devices/{device}/",
    "server": "devices/{server}/",
    "ended device": "devices/{ended}/",
    "rename": "devices/{device}/rename/",
    "sync now": "devices/{device}/sync-now/",
    "resend all": "devices/{server}/resend-all/",
    "erase": "devices/{device}/erase/",
    "revoke": "devices/{device}/revoke/",
    "mailbox": "mailbox/",
    "record": "mailbox/?id=A",
    "no such record": "mailbox/?id=nobody",
    "syncs": "sessions/",
    "syncs that failed": "sessions/?result=failed",
    "settings": "settings/",
    "activity": "activity/",
}
OF_PERSON = {"change password": "/auth/password/change/", "sign-out": "/auth/logout/"}
EVERY = [
    Eyes(language, theme, width)
    for language, theme, width in itertools.product(
        ("de", "en"), ("light", "dark"), (DESKTOP, PHONE)
    )
]
SCRIPT = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
HOSTILE = Names(
    account=SCRIPT * 2,
    server="\u202egnp.exe\u202e\u2066 {{ 7|add:7 }} {% now 'Y' %}",
    device='=HYPERLINK("http://evil.example","click")' + "W" * 59,
    platform=SCRIPT[:40],
    version="W" * 40,
    error=SCRIPT * 3 + "W" * 200,
)


def eyes_for(name: str) -> list[Eyes]:
    """All with the long figures; else one language, theme and width, another for each page."""
    if LONG_FIGURES:
        return EVERY
    names = [*OUTSIDE, *INSIDE, *OF_PERSON]
    return [EVERY[names.index(name) * 3 % len(EVERY)]]


@pytest.fixture(scope="module")
def house(browser: object, stack: Stack) -> House:
    return furnish(stack)


def enter(window: Opener, house: House, eyes: Eyes) -> Window:
    """A window of the owner's, who signs in once: more a minute would be taken for an attack."""
    inside = window(eyes)
    if house.cookies:
        inside.bring(house.cookies)
    else:
        inside.sign_in(house.email, PASSWORD)
        house.cookies.extend(inside.cookies())
    return inside


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_page_for_anybody(window: Opener, name: str) -> None:
    for eyes in eyes_for(name):
        outside = window(eyes)
        outside.open(OUTSIDE[name], status=404 if name == "nothing here" else 200)
        if name != "API":  # in English alone, as the contract is
            outside.check()


@pytest.mark.parametrize("name", [*INSIDE, *OF_PERSON])
def test_a_page_of_an_account(window: Opener, house: House, name: str) -> None:
    path = OF_PERSON.get(name) or f"/accounts/{{number}}/{INSIDE[name]}"
    for eyes in eyes_for(name):
        inside = enter(window, house, eyes)
        inside.open(path.format(**house.ids))
        inside.check()


@pytest.fixture(scope="module")
def hostile(browser: object, stack: Stack) -> House:
    return furnish(stack, HOSTILE)


@pytest.mark.parametrize("name", INSIDE)
def test_hostile_names_neither_run_nor_break_a_page(
    window: Opener, hostile: House, name: str
) -> None:
    for width in (PHONE, DESKTOP) if LONG_FIGURES else (PHONE,):
        inside = enter(window, hostile, Eyes("de", "light", width))
        inside.open(f"/accounts/{{number}}/{INSIDE[name]}".format(**hostile.ids))
        assert inside.page.title()[:5] != "owned"
        inside.check()
