from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts import clock
from sync import lifecycle
from sync.management.operator import OperatorCommand, account_of

FEWEST, MOST = lifecycle.INTERVAL_MINUTES


class Command(OperatorCommand):
    help = "Set how often the server, or the devices, of an account are asked to come."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("account")
        parser.add_argument("role", choices=["server", "device"])
        parser.add_argument("minutes", type=int)

    def run(self, **options: Any) -> dict[str, Any]:
        minutes = options["minutes"]
        if not FEWEST <= minutes <= MOST:
            raise CommandError(f"An interval has {FEWEST} to {MOST} minutes.")
        account = account_of(options["account"])
        lifecycle.set_interval(
            account, options["role"], minutes, actor=lifecycle.OPERATOR, now=clock.now()
        )
        return {"account": account.number, "role": options["role"], "minutes": minutes}
