from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts import clock
from sync import lifecycle
from sync.management.operator import OperatorCommand, account_of

FEWEST, MOST = lifecycle.STORAGE_DAYS


class Command(OperatorCommand):
    help = "Set for how many days an account's mailbox keeps what it does not keep for good."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("account")
        parser.add_argument("days", type=int)

    def run(self, **options: Any) -> dict[str, Any]:
        days = options["days"]
        if not FEWEST <= days <= MOST:
            raise CommandError(f"A storage time has {FEWEST} to {MOST} days.")
        account = account_of(options["account"])
        lifecycle.set_storage(account, days, actor=lifecycle.OPERATOR, now=clock.now())
        return {"account": account.number, "days": days}
