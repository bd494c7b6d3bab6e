"""Servers and devices: all of them in a list, each on a page of its own."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import clock
from accounts.models import Account
from hhcportal.pages import cards, deeds, peer_acts
from hhcportal.pages.cards import Row
from hhcportal.pages.door import members_only
from hhcportal.pages.frame import frame
from hhcportal.pages.labels import (
    command_state_word,
    command_word,
    kinds,
    peer_state_word,
    platform,
    presence_word,
)
from sync import commands
from sync.commands import Asked
from sync.findings import words
from sync.findings.catalogue import findings
from sync.findings.facts import PeerFacts, gather

ENDED_SHOWN = 50


@dataclass(frozen=True)
class Line:
    """A live server or device in the list."""

    peer: PeerFacts
    presence: str
    presence_word: str
    program: str
    waits: str


class CommandRow(NamedTuple):
    """A command with its three times, in words."""

    asked: Asked
    what: str
    state: str
    by: str
    detail: str


@require_safe
@members_only
def devices(request: HttpRequest, *, account: Account) -> HttpResponse:
    """The live ones with how they stand, then the ended ones, newest first."""
    now = clock.now()
    facts = gather(account, now=now)
    ended = [peer for peer in facts.peers if not peer.is_live]
    ended.sort(key=lambda peer: peer.ended_at or peer.paired_at, reverse=True)
    context = {
        **frame(request, account, now),
        "lines": [_line(peer, now) for peer in facts.server_first],
        "has_server": facts.server is not None,
        "ended": ended[:ENDED_SHOWN],
    }
    return render(request, "devices.html", context)


@require_safe
@members_only
def peer(request: HttpRequest, *, account: Account, peer_id: uuid.UUID) -> HttpResponse:
    """One server or device: how it stands, what it was asked for, and what can be done with it."""
    now = clock.now()
    facts = gather(account, now=now)
    shown = facts.peer(peer_id)
    if shown is None:
        raise Http404
    found = findings(facts, now)
    context = {
        **frame(request, account, now),
        "peer": shown,
        "card": next((c for c in cards.of_peers(facts, (), now) if c.peer.id == peer_id), None),
        "acts": peer_acts.possible(shown),
        "rows": _identity(shown),
        "state_word": peer_state_word(shown.state),
        "commands": [_command(asked) for asked in commands.newest(peer_id)],
        "findings": [f for f in found if f.said.peer is not None and f.said.peer.id == peer_id],
    }
    return render(request, "peer.html", context)


def _line(peer: PeerFacts, now: datetime) -> Line:
    presence = peer.presence(now)
    return Line(
        peer=peer,
        presence=presence,
        presence_word=_("is being erased") if peer.is_erasing else presence_word(presence),
        program=_program(peer),
        waits=kinds(peer.waiting.by_kind) if peer.waiting.total else "",
    )


def _program(peer: PeerFacts) -> str:
    version = words.shown(peer.client_version) if peer.client_version else ""
    return " · ".join(filter(None, (platform(peer.platform), version)))


def _identity(peer: PeerFacts) -> tuple[Row, ...]:
    rows = [
        Row(_("Connected since"), at=peer.paired_at),
        Row(_("Platform"), platform(peer.platform) or "–"),
        Row(_("Version"), words.shown(peer.client_version) if peer.client_version else "–"),
        Row(_("Its number"), str(peer.id)),
    ]
    if peer.ended_at:
        rows.insert(1, Row(_("Ended"), peer_state_word(peer.state), peer.ended_at))
    return tuple(rows)


def _command(asked: Asked) -> CommandRow:
    return CommandRow(
        asked=asked,
        what=command_word(asked.do),
        state=command_state_word(asked.state),
        by=deeds.actor(asked.requested_by),
        detail=words.shown(asked.detail, 160) if asked.detail else "",
    )
