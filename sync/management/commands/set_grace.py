from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts import clock
from sync import lifecycle
from sync.lifecycle import NotPossible
from sync.management.operator import OperatorCommand, account_of

OWN_INTERVAL = "interval"


class Command(OperatorCommand):
    help = "Set how long after a missed contact an account's programs are only late, not asleep."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("account")
        parser.add_argument("minutes", help=f"or {OWN_INTERVAL}: one interval, at least 10 minutes")

    def run(self, **options: Any) -> dict[str, Any]:
        account, minutes = account_of(options["account"]), _minutes(options["minutes"])
        try:
            lifecycle.set_grace(account, minutes, actor=lifecycle.OPERATOR, now=clock.now())
        except NotPossible as refusal:
            raise CommandError(str(refusal)) from None
        return {"account": account.number, "minutes": minutes}


def _minutes(text: str) -> int | None:
    if text == OWN_INTERVAL:
        return None
    if not text.isascii() or not text.isdigit():
        raise CommandError(f"{text} is no number of minutes, nor {OWN_INTERVAL}.")
    return int(text[:9])
