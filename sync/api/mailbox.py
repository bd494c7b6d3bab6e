"""`GET /mailbox`: is there mail for me? One statement, unless something has to be noted."""

from datetime import datetime
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse

from accounts import tokens
from sync import commands, hot, presence
from sync.api import problems
from sync.api.base import Endpoint, answer
from sync.api.limits import WAIT_SECONDS
from sync.waiting import Look, Seen

LOOK = "mailbox.look"


class NothingYet(HttpResponse):
    """No answer: there is no news, and this process can wait for some."""


class MailboxView(Endpoint):
    """The most frequent request of all.

    With a `Look` at the request (`LOOK`) this is one look of a wait, and the first counts as the
    request. Without one, in a process that cannot wait, it is answered at once.
    """

    when_erased = True

    mail: hot.Mail
    look: Look | None
    open_edits: int = 0

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.look = request.META.get(LOOK)
        return super().dispatch(request, *args, **kwargs)

    def find_caller(self, token: str) -> hot.Caller | None:
        role = str(tokens.role_of(token))
        if self.look is None:
            found = hot.poll(self.token_hash, role, self.now)
            if found is None:
                return None
            caller, self.mail = found
        else:
            looked = hot.look(self.token_hash, role, self.now)
            if looked is None:
                return None
            caller, self.mail, self.open_edits = looked
        return caller

    def get(self, request: HttpRequest) -> HttpResponse:
        seconds = _seconds(request)
        if self.apply_overdue():
            found = hot.poll(self.token_hash, self.caller.role, self.now)
            self.caller, self.mail = found or (self.caller, self.mail)
        if seconds and self.look is not None and not self._finds_news(self.look, seconds):
            return NothingYet()
        return answer(document(self.caller, self.mail, self.now))

    def _finds_news(self, look: Look, seconds: int) -> bool:
        caller = self.caller
        look.caller, look.seconds = caller, seconds
        look.seen = Seen(
            account=(caller.account_state(self.now), int(caller.interval.total_seconds())),
            commands=frozenset(command.id for command in self.mail.commands),
            open_edits=self.open_edits,
        )
        return look.last or look.finds_news(caller, self.mail, look.seen)

    def _check_rate(self) -> None:
        if self.look is None or self.look.first:
            super()._check_rate()


def document(caller: hot.Caller, mail: hot.Mail, now: datetime) -> dict[str, Any]:
    """The Mailbox answer. Notes commands as fetched: this answer is the first that holds them."""
    fresh = [command.id for command in mail.commands if not command.fetched]
    if fresh:
        commands.note_fetched(fresh, now=now)
    pending = [{"id": c.id, "do": c.do} for c in mail.commands]
    account = {"state": caller.account_state(now)}
    if caller.erase_requested:
        return {"account": account, "commands": pending, "time": now}
    body: dict[str, Any] = {
        "waiting": {
            "total": caller.waiting,
            "oldest": mail.oldest if caller.waiting else None,
            "since": caller.since if caller.waiting else None,
            "by_kind": orjson.Fragment(caller.by_kind),
        },
        "account": account,
        "commands": pending,
        "poll_after": int(caller.interval.total_seconds()),
        "time": now,
    }
    if caller.mark:
        body["resync"] = caller.mark
    return body | (_office(mail, now) if caller.role == "device" else _ledger(mail))


def _office(mail: hot.Mail, now: datetime) -> dict[str, Any]:
    contacts = mail.server
    return {
        "server": {
            "state": presence.state(contacts, now),
            "last_sync": contacts.last_sync if contacts else None,
            "pending": mail.server_pending,
        }
    }


def _ledger(mail: hot.Mail) -> dict[str, Any]:
    return {
        "checkpoint": mail.checkpoint,
        "highest_version": mail.highest_version,
        "epoch": str(mail.epoch),
    }


def _seconds(request: HttpRequest) -> int:
    """How long to wait. Raises 400 outside 0..55, in a process that cannot wait too."""
    text = request.GET.get("wait")
    if text is None:
        return 0
    if not (text.isascii() and text.isdigit() and int(text[:4]) <= WAIT_SECONDS and len(text) <= 3):
        raise problems.invalid_request(f"`wait` has to be a number from 0 to {WAIT_SECONDS}.")
    return int(text)
