from typing import Any

from django.core.management.base import CommandParser

from accounts import clock
from sync import lifecycle
from sync.management.operator import OperatorCommand, peer_of


class Command(OperatorCommand):
    help = "Have the batches of a server or device that failed for good tried again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("peer")

    def run(self, **options: Any) -> dict[str, Any]:
        peer = peer_of(options["peer"])
        batches = lifecycle.retry_failed(peer, actor=lifecycle.OPERATOR, now=clock.now())
        return {"peer": str(peer.pk), "batches": batches}
