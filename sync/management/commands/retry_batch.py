import uuid
from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts import clock
from sync import lifecycle
from sync.management.operator import OperatorCommand, account_of


class Command(OperatorCommand):
    help = "Apply a device's batch that failed for good once more, after what stopped it is mended."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("account")
        parser.add_argument("batch", type=uuid.UUID, help="its id")

    def run(self, **options: Any) -> dict[str, Any]:
        account, batch = account_of(options["account"]), options["batch"]
        try:
            lifecycle.retry_batch(account, batch, actor=lifecycle.OPERATOR, now=clock.now())
        except lifecycle.NotPossible as error:
            raise CommandError(str(error)) from None
        return {"account": account.number, "batch": str(batch)}
