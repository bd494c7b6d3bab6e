from typing import Any

from django.core.management.base import CommandParser

from accounts import clock
from sync import lifecycle
from sync.management.operator import OperatorCommand, account_of


class Command(OperatorCommand):
    help = "Keep a copy of every record in the mailbox, or only until every device has it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("account")
        parser.add_argument("copy", choices=["on", "off"])

    def run(self, **options: Any) -> dict[str, Any]:
        account = account_of(options["account"])
        changed = lifecycle.set_copy(
            account, keep=options["copy"] == "on", actor=lifecycle.OPERATOR, now=clock.now()
        )
        return {"account": account.number, "copy": options["copy"], "changed": changed}
