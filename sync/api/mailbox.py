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


class MailboxView(Endpoint):
    """The most frequent request of all."""

    when_erased = True

    mail: hot.Mail

    def find_caller(self, token: str) -> hot.Caller | None:
        found = hot.poll(self.token_hash, str(tokens.role_of(token)), self.now)
        if found is None:
            return None
        caller, self.mail = found
        return caller

    def get(self, request: HttpRequest) -> HttpResponse:
        _check_wait(request)
        if self.apply_overdue():
            found = hot.poll(self.token_hash, self.caller.role, self.now)
            self.caller, self.mail = found or (self.caller, self.mail)
        return answer(document(self.caller, self.mail, self.now))


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


def _check_wait(request: HttpRequest) -> None:
    """Waiting is not supported yet: a valid value is answered at once."""
    text = request.GET.get("wait")
    if text is None:
        return
    if not (text.isascii() and text.isdigit() and int(text[:4]) <= WAIT_SECONDS and len(text) <= 3):
        raise problems.invalid_request(f"`wait` has to be a number from 0 to {WAIT_SECONDS}.")
