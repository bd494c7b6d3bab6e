"""Everybody who may call at an address of the program, and the addresses as they call there."""

import copy
import re
import uuid
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver

from accounts.models import Account, User
from accounts.staff import Standing, set_standing
from tests.office import Program, manage, put, said
from tests.pages.person import Person

NAMES = (
    "nobody", "owner", "member", "stranger", "looker", "actor", "administrator",
    "server", "device", "revoked",
)  # fmt: skip
STANDINGS = {
    "looker": Standing.LOOK,
    "actor": Standing.ACT,
    "administrator": Standing.ADMINISTRATOR,
}
UNKNOWN = "10000000"
# A part of a pattern that stands for a name: `(?P<number>[0-9]{8})` or `<uuid:peer_id>`.
_GROUP = re.compile(r"\(\?P<(\w+)>(?:\[[^\]]*\]|[^()\[])*\)|<(?:\w+:)?(\w+)>")


class Scene:
    """An account with programs, a session, a batch and a code: what the addresses name."""

    def __init__(self) -> None:
        self.owner = Person("owner@example.com").sign_in()
        self.server, self.device = self._pair("server"), self._pair("device")
        self.revoked = self._pair("device")
        self.owner.press(f"devices/{self.revoked.id}/revoke/")
        begun = said(self.server.post("/sessions", {"reason": "manual"}), 201)
        batch = self.server.deliver(put("c1"))["batch"]
        manage("command", self.owner.number, self.device.id, "sync-now")
        [command] = self.device.mailbox()["commands"]
        markup = self.owner.browser.post(self.owner.at("connect/device/")).content.decode()
        [code] = re.findall(r"/connect/device/(\d+)/", markup)[:1]
        account = Account.objects.get(number=self.owner.number)
        self.names = {
            "number": self.owner.number,
            "role": "device",
            "section": "storage",
            "act": "revoke",
            "peer_id": self.device.id,
            "session_id": begun["session"],
            "session": begun["session"],
            "batch": batch,
            "command": command["id"],
            "snapshot": str(uuid.uuid4()),
            "code_id": code,
            "pk": str(account.pk),
            "app_label": "accounts",
            "content_type_id": "1",
            "key": "0",
            "uidb36": "0",
            "url": "no-such-page",
            "token": "no-such-token",
        }
        # What `object_id` names depends on the list that it belongs to.
        self.objects = {
            "account": account.pk,
            "auditevent": account.audit_events.earliest("id").pk,
            "peer": self.device.id,
            "user": User.objects.get(email=self.owner.email).pk,
            "session": begun["session"],
            "batch": 1,
        }

    def _pair(self, role: str) -> Program:
        return self.owner.pair(role, f"A {role}")

    def path(self, pattern: str) -> str:
        """An address of that pattern, of what is in this scene."""
        listed = re.search(r"/(\w+)/<path:object_id>", pattern)
        names = {**self.names, "object_id": str(self.objects[listed[1]]) if listed else "1"}
        path = _GROUP.sub(lambda found: names[found[1] or found[2]], pattern)
        return "/" + path.removesuffix("$")

    def caller(self, name: str) -> Client:
        """A persona's way to call: a signed-in browser, or a program with its token."""
        if name in ("server", "device", "revoked"):
            token = getattr(self, name).token
            return _browser(Authorization=f"Bearer {token}")
        if name == "nobody":
            return _browser()
        if name == "owner":
            return self.owner.browser
        if name == "member":
            return self.owner.member("member@example.com").browser
        if name == "stranger":
            return Person("stranger@example.com").sign_in().browser
        return _staff(STANDINGS[name])


def _browser(**headers: str) -> Client:
    return Client(raise_request_exception=False, headers=headers)


def _staff(standing: Standing) -> Client:
    user = User.objects.create_user(f"{standing.name.lower()}@staff.example")
    set_standing(user, standing)
    browser = _browser()
    browser.force_login(user)
    return browser


def call(browser: Client, method: str, path: str) -> Any:
    """One request that leaves nothing behind: neither in the database nor in the browser."""
    cookies = copy.deepcopy(browser.cookies)
    with transaction.atomic():
        answer = browser.generic(method, path)
        transaction.set_rollback(True)
    browser.cookies = cookies
    return answer


def patterns() -> Iterator[str]:
    """Every address of the resolver, as its patterns are written."""
    yield from _below(get_resolver(), "")


def _below(resolver: Any, before: str) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        text = before + str(pattern.pattern).removeprefix("^")
        if isinstance(pattern, URLPattern):
            yield text
        else:
            yield from _below(pattern, text)
