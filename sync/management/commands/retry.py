from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts import clock
from sync import lifecycle
from sync.management.operator import OperatorCommand, peer_of


class Command(OperatorCommand):
    help = "Have a device's batches that failed for good tried again, once their cause is mended."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("peer")

    def run(self, **options: Any) -> dict[str, Any]:
        peer = peer_of(options["peer"])
        try:
            lifecycle.retry_failed(peer, actor=lifecycle.OPERATOR, now=clock.now())
        except lifecycle.NotPossible as error:
            raise CommandError(str(error)) from None
        return {"peer": str(peer.pk)}
