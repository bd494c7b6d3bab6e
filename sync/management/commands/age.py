from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from sync import time_travel
from sync.management.operator import OperatorCommand, account_of, span


class Command(OperatorCommand):
    help = "Move every stored time of an account back, as if the span had gone by (tests)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("account")
        parser.add_argument("--by", required=True, metavar="SPAN", help="90s, 15m, 3h or 2d")

    def run(self, **options: Any) -> dict[str, Any]:
        if not settings.ALLOW_TIME_TRAVEL:
            raise CommandError("age works only with ALLOW_TIME_TRAVEL=1.")
        account = account_of(options["account"])
        rows = time_travel.age(account.pk, span(options["by"]))
        return {"account": account.number, "rows": rows}
