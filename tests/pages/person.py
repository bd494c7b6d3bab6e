"""A person at a browser, in-process: is signed in, and reads pages."""

import html
import re
import uuid
from typing import Any

from django.test import Client

from accounts import clock
from accounts.models import Account, Membership, User
from accounts.tenancy import add_person
from tests.office import Program, manage, said

PASSWORD = "Zw0lf-Mailboxen!"
_TAG = re.compile(r"<[^>]+>")


class Person:
    """Somebody with an account of their own, whose browser asks for `language`."""

    def __init__(self, email: str, *, name: str = "Weingut Steinberg", language: str = "en"):
        words = ("create_account", name, "--email", email, "--password", PASSWORD)
        self.number: str = manage(*words)["account"]
        self.browser = Client(headers={"Accept-Language": language}, raise_request_exception=False)
        self.email = email

    def sign_in(self) -> "Person":
        """Past the form, which has tests of its own."""
        self.browser.force_login(User.objects.get(email=self.email))
        return self

    def get(self, path: str) -> Any:
        return self.browser.get(path)

    def at(self, page: str = "") -> str:
        """The address of a page of the account."""
        return f"/accounts/{self.number}/{page}"

    def read(self, page: str) -> str:
        """The markup of a page of the account."""
        answer = self.get(self.at(page))
        assert answer.status_code == 200, (page, answer.status_code, answer.content[:300])
        return str(answer.content.decode())

    def seen(self, page: str) -> str:
        """What a reader sees on a page of the account, on one line."""
        return text_of(self.read(page))

    def press(self, page: str, **form: object) -> str:
        """Send a form of the account and follow where it leads; what a reader sees then."""
        answer = self.browser.post(self.at(page), form, follow=True)
        assert answer.status_code == 200, (page, answer.status_code)
        return text_of(answer.content.decode())

    def pair(self, role: str, name: str) -> Program:
        """Let a program in with a code, as its own `pair` command does."""
        code = manage("pair", self.number, "--role", role)["code"]
        install = uuid.uuid4()
        body = {"code": code, "name": name, "install_id": str(install), "platform": "android"}
        answer = self.browser.post("/api/v1/pairings", body, content_type="application/json")
        return Program(role, said(answer, 201), install)

    def member(self, email: str) -> "Person":
        """Somebody else who may look at this account, signed in; their own account is left out."""
        other = Person(email).sign_in()
        account = Account.objects.get(number=self.number)
        add_person(account, email, role=Membership.Role.MEMBER, now=clock.now())
        other.number = self.number
        return other

    def overview(self) -> str:
        """The overview's markup."""
        answer = self.get(f"/accounts/{self.number}/")
        assert answer.status_code == 200, answer.content
        return str(answer.content.decode())


def text_of(markup: str) -> str:
    """What a reader sees, on one line."""
    return " ".join(html.unescape(_TAG.sub(" ", markup)).split())
