from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts import clock
from accounts.models import Account
from sync import lifecycle
from sync.management.operator import OperatorCommand, account_of


class Command(OperatorCommand):
    help = "After a restore: every server and device begins anew, and the server resends all."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("account", nargs="?")
        parser.add_argument("--all", action="store_true", help="every account")

    def run(self, **options: Any) -> dict[str, Any]:
        if bool(options["account"]) == options["all"]:
            raise CommandError("Name one account, or --all.")
        accounts = (
            Account.objects.order_by("pk") if options["all"] else [account_of(options["account"])]
        )
        begun = 0
        for account in accounts:
            lifecycle.new_epoch(account, actor=lifecycle.OPERATOR, now=clock.now())
            begun += 1
        return {"accounts": begun}
