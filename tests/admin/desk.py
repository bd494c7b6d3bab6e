"""Somebody at the admin, in-process: reads pages, presses buttons."""

from typing import Any

from django.test import Client

from accounts.models import Account, User
from accounts.staff import Standing, set_standing

ACCOUNTS = "/admin/accounts/account/"
PEERS = "/admin/accounts/peer/"
PEOPLE = "/admin/accounts/user/"


class Agent:
    """A person of some standing, signed in. None: nobody is."""

    def __init__(self, standing: Standing | None, *, language: str = "en") -> None:
        self.browser = Client(headers={"Accept-Language": language}, raise_request_exception=False)
        self.email = f"{standing.name.lower()}@staff.example" if standing else ""
        if standing:
            user = User.objects.create_user(self.email)
            set_standing(user, standing)
            self.browser.force_login(user)  # the form takes a second, for each of many agents

    def get(self, path: str) -> Any:
        return self.browser.get(path)

    def read(self, path: str) -> str:
        """A page's markup."""
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return str(answer.content.decode())

    def listed(self, query: str) -> set[str]:
        """The numbers of the accounts that a search or filter lists."""
        page = self.read(f"{ACCOUNTS}?{query}")
        numbers = Account.objects.values_list("number", flat=True)
        return {number for number in numbers if f">{number}</a>" in page}

    def press(self, page: str, act: str, chosen: list[Any], **more: str) -> Any:
        """An action's button, or with `confirmed="yes"` the one that confirms it."""
        form = {"action": act, "index": "0", "_selected_action": [str(c) for c in chosen], **more}
        return self.browser.post(page, form)

    def does(self, page: str, act: str, *chosen: Any, **more: str) -> None:
        """Press and confirm."""
        answer = self.press(page, act, list(chosen), confirmed="yes", **more)
        assert answer.status_code == 302, answer.content


def page_of(number: str) -> str:
    """The address of an account's page."""
    return f"{ACCOUNTS}{key_of(number)}/change/"


def key_of(number: str) -> int:
    return Account.objects.get(number=number).pk
