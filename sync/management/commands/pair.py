from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts import clock
from sync import lifecycle
from sync.management.operator import OperatorCommand, account_of


class Command(OperatorCommand):
    help = "Make a pairing code for a server or a device: it lives ten minutes and works once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("account")
        parser.add_argument("--role", required=True, choices=["server", "device"])
        parser.add_argument("--name", default="", help="outranks the name that the program gives")

    def run(self, **options: Any) -> dict[str, Any]:
        name = options["name"].strip()
        if len(name) > 100 or "\0" in name:
            raise CommandError("A name has at most 100 characters.")
        code = lifecycle.make_pairing_code(
            account_of(options["account"]),
            options["role"],
            name=name,
            actor=lifecycle.OPERATOR,
            now=clock.now(),
        )
        return {"code": code.text, "expires": code.expires_at}
