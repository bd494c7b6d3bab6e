from datetime import date, datetime
from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts import clock
from sync import lifecycle
from sync.management.operator import OperatorCommand, account_of


class Command(OperatorCommand):
    help = "Activate an account, put it on trial, or suspend it; --until names its last day."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("account")
        parser.add_argument("state", choices=["active", "trial", "suspended"])
        parser.add_argument("--until", metavar="DATE", help="the last day, as 2027-03-31")

    def run(self, **options: Any) -> dict[str, Any]:
        account = account_of(options["account"])
        now = clock.now()
        lifecycle.set_state(
            account,
            options["state"],
            ends_at=end_of_day(options["until"]),
            actor=lifecycle.OPERATOR,
            now=now,
        )
        account.refresh_from_db()
        return {
            "account": account.number,
            "state": account.state_at(now),
            "ends_at": account.ends_at,
        }


def end_of_day(text: str | None) -> datetime | None:
    """The first moment after the day, in the program's zone."""
    if text is None:
        return None
    try:
        return clock.end_of_day(date.fromisoformat(text))
    except (ValueError, OverflowError):
        raise CommandError(f"{text} is no date as 2027-03-31.") from None
