from typing import Any

from django.core.management.base import CommandParser

from accounts import clock
from accounts.models import Peer
from sync import lifecycle
from sync.management.operator import OperatorCommand, peer_of


class Command(OperatorCommand):
    help = "Revoke a server or a device: its token is dead with its next request."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("peer", help="its id")

    def run(self, **options: Any) -> dict[str, Any]:
        peer = peer_of(options["peer"])
        lifecycle.end_peer(peer, Peer.State.REVOKED, actor=lifecycle.OPERATOR, now=clock.now())
        peer.refresh_from_db()
        return {"peer": str(peer.pk), "state": peer.state}
