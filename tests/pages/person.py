"""A person at a browser, in-process: signs in by the form and reads pages."""

import re
from typing import Any

from django.test import Client

from tests.office import manage

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
        form = {"login": self.email, "password": PASSWORD}
        answer = self.browser.post("/auth/login/", form)
        assert answer.status_code == 302, answer.content
        return self

    def get(self, path: str) -> Any:
        return self.browser.get(path)

    def overview(self) -> str:
        """The overview's markup."""
        answer = self.get(f"/accounts/{self.number}/")
        assert answer.status_code == 200, answer.content
        return str(answer.content.decode())


def text_of(markup: str) -> str:
    """What a reader sees, on one line."""
    return " ".join(_TAG.sub(" ", markup).split())
