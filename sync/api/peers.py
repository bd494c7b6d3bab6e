"""Pairing and unpairing, resync, commands that are done, and the limits."""

import uuid
from typing import Annotated, Literal

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from msgspec import Meta

from accounts import pairing
from accounts.models import Peer
from sync import lifecycle
from sync.api import body as bodies
from sync.api import problems, shape
from sync.api.base import Endpoint, answer, id_or_404, inactive
from sync.api.limits import limits
from sync.api.problems import Problem
from sync.models import Command


class Pairing(msgspec.Struct):
    """A program asks to be let in."""

    code: Annotated[str, Meta(description="From the portal; case and dashes do not matter.")]
    name: Annotated[str, Meta(min_length=1, max_length=100, description="For people to read.")]
    install_id: Annotated[
        uuid.UUID, Meta(description="Another one for each copy of the program's data.")
    ]
    platform: Annotated[str, Meta(max_length=40)] = ""
    client_version: Annotated[str, Meta(max_length=40)] = ""


class CommandDone(msgspec.Struct):
    """What became of a command."""

    result: Literal["ok", "failed"] = "ok"
    detail: Annotated[str, Meta(description="Why it failed; 500 characters are kept.")] = ""


class LimitsView(Endpoint):
    """`GET /limits`, for everybody."""

    needs_token = False

    def get(self, request: HttpRequest) -> HttpResponse:
        return answer(limits())


class PairingsView(Endpoint):
    """`POST /pairings`: a code becomes a token, shown once."""

    needs_token = False

    def post(self, request: HttpRequest) -> HttpResponse:
        address = client_address(request)
        if pairing.is_throttled(address, now=self.now):
            raise Problem(
                429,
                "slow-down",
                "Too many wrong pairing codes came from this address; wait ten minutes.",
                retry_after=int(pairing.TRIES_WITHIN.total_seconds()),
            )
        said = shape.decode(self.read_body(request), Pairing)
        shape.refuse_nul(name=said.name, platform=said.platform, client_version=said.client_version)
        program = pairing.Program(said.name, said.platform, said.client_version, said.install_id)
        try:
            paired = lifecycle.pair(said.code, program, now=self.now)
        except pairing.CodeUnknown:
            pairing.note_wrong_try(address, now=self.now)
            raise Problem(
                404,
                "pairing-code-unknown",
                "This code is wrong, used or older than ten minutes; make a new one.",
            ) from None
        except pairing.AccountInactive as error:
            raise inactive(str(error)) from None
        account = paired.peer.account
        return answer(
            {
                "peer": str(paired.peer.pk),
                "role": paired.peer.role,
                "token": paired.token,
                "account": {
                    "name": account.name,
                    "number": account.number,
                    "state": account.state_at(self.now),
                },
                "limits": limits(),
            },
            201,
        )


class PeerView(Endpoint):
    """`DELETE /peer`: the program unpairs itself."""

    def delete(self, request: HttpRequest) -> HttpResponse:
        peer = Peer.objects.select_related("account").get(pk=self.caller.peer_id)
        lifecycle.end_peer(
            peer, Peer.State.UNPAIRED, actor=f"peer:{self.caller.name}", now=self.now
        )
        return HttpResponse(status=204)


class ResyncView(Endpoint):
    """`POST /resync`: back to the start, marks cleared."""

    when_inactive = False

    def post(self, request: HttpRequest) -> HttpResponse:
        if bodies.has_body(request):
            shape.decode(self.read_body(request), shape.Anything)
        peer = Peer.objects.select_related("account").get(pk=self.caller.peer_id)
        resynced = lifecycle.resync(peer, actor=f"peer:{self.caller.name}", now=self.now)
        from_mailbox = peer.role == Peer.Role.SERVER or resynced.keep_copy
        origin = "mailbox" if from_mailbox else "server"
        return answer({"from": origin, "waiting": resynced.waiting}, 202)


class CommandDoneView(Endpoint):
    """`POST /commands/{id}/done`: a peer did what it was asked for, or failed to."""

    when_erased = True

    def post(self, request: HttpRequest, command: str) -> HttpResponse:
        said = CommandDone()
        if bodies.has_body(request):
            said = shape.decode(self.read_body(request), CommandDone)
        shape.refuse_nul(detail=said.detail)
        found = (
            Command.objects.filter(pk=id_or_404(command), peer_id=self.caller.peer_id)
            .select_related("peer__account")
            .first()
        )
        if found is None:
            raise problems.not_found()
        lifecycle.command_done(
            found, ok=said.result == "ok", detail=said.detail[:500], now=self.now
        )
        return HttpResponse(status=204)


def client_address(request: HttpRequest) -> str:
    """Who asks, as the last trusted proxy says; without one, the connection's other end."""
    if settings.TRUSTED_PROXIES:
        told = str(request.META.get("HTTP_X_FORWARDED_FOR", ""))
        hops: list[str] = [hop.strip() for hop in told.split(",") if hop.strip()]
        if len(hops) >= settings.TRUSTED_PROXIES:
            return hops[-int(settings.TRUSTED_PROXIES)]
    return str(request.META.get("REMOTE_ADDR", ""))
