"""What the operator's commands share: `--json`, sentences for errors, and whom they mean."""

import json
import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts import clock
from accounts.models import Account, Peer

_SPAN = re.compile(r"\A(\d+)([smhd])\Z")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


class OperatorCommand(BaseCommand):
    """A command that answers in words, or with `--json` in one JSON object on the last line."""

    # A person waits for it, and `migrate` has checked everything.
    requires_system_checks: list[str] = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.add_argument("--json", action="store_true", help="answer with one JSON object")
        return parser

    def handle(self, *args: Any, **options: Any) -> None:
        answer = self.run(**options)
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False, default=_plain))
        else:
            for line in self.words(answer):
                self.stdout.write(line)

    def run(self, **options: Any) -> dict[str, Any]:
        """Do it; what is returned is the JSON answer. Raises CommandError with a sentence."""
        raise NotImplementedError

    def words(self, answer: dict[str, Any]) -> list[str]:
        """The same answer for a person."""
        return [f"{name}: {value}" for name, value in answer.items()]


def account_of(number: str) -> Account:
    """The account with this number."""
    found = Account.objects.filter(number=number).first()
    if found is None:
        raise CommandError(f"There is no account {number}.")
    return found


def peer_of(text: str, account: Account | None = None) -> Peer:
    """A peer by its id, or, in a given account, by the name of a live one."""
    peers = Peer.objects.select_related("account")
    if account is not None:
        peers = peers.filter(account=account)
        named = list(peers.filter(name=text, state=Peer.State.ACTIVE)[:2])
        if len(named) == 1:
            return named[0]
    try:
        found = peers.filter(pk=uuid.UUID(text)).first()
    except ValueError:
        found = None
    if found is None:
        raise CommandError(f"There is no server or device {text}; account_status lists them.")
    return found


def moment(text: str | None) -> datetime:
    """`--at`: a time as ISO 8601 (without a zone: UTC); None is now."""
    if text is None:
        return clock.now()
    if not settings.ALLOW_TIME_TRAVEL:
        raise CommandError("--at works only with ALLOW_TIME_TRAVEL=1.")
    return parse_time(text)


def parse_time(text: str) -> datetime:
    """ISO 8601; without a zone it is UTC."""
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{text} is no time as 2026-01-31T12:00:00Z.") from None
    return parsed if timezone.is_aware(parsed) else parsed.replace(tzinfo=UTC)


def span(text: str) -> timedelta:
    """A span as 90s, 15m, 3h or 2d."""
    found = _SPAN.match(text)
    if found is None:
        raise CommandError(f"{text} is no span as 90s, 15m, 3h or 2d.")
    return timedelta(seconds=int(found[1]) * _SECONDS[found[2]])


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return str(value)
