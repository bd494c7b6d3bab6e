from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts import clock
from sync import lifecycle
from sync.management.operator import OperatorCommand, account_of, peer_of


class Command(OperatorCommand):
    help = "Ask a server or a device for something; resend-all of a device is its resync."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("account")
        parser.add_argument("peer", help="its id, or its name")
        parser.add_argument("do", choices=["resend-all", "erase", "sync-now"])

    def run(self, **options: Any) -> dict[str, Any]:
        peer = peer_of(options["peer"], account_of(options["account"]))
        try:
            lifecycle.command(peer, options["do"], actor=lifecycle.OPERATOR, now=clock.now())
        except lifecycle.NotPossible as error:
            raise CommandError(str(error)) from None
        return {"peer": str(peer.pk), "do": options["do"]}
