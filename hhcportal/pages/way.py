"""The way of the data: Act! server, mailbox, devices, and what is under way on each stretch."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import is_inactive
from hhcportal.pages.labels import presence_word
from sync.findings import words
from sync.findings.facts import AccountFacts, PeerFacts


class Lane(NamedTuple):
    """A stretch of the way. `state`: `clear`, `moving`, `stuck`, or `unknown`.

    `route` names both ends for those who do not see the arrow.
    """

    state: str
    route: str
    text: str
    age: str = ""


@dataclass(frozen=True)
class Stop:
    """A server or device with its two stretches: towards the mailbox and away from it."""

    peer: PeerFacts
    presence: str
    presence_word: str
    to_mailbox: Lane
    from_mailbox: Lane


@dataclass(frozen=True)
class Way:
    """The drawing's content."""

    server: Stop | None
    devices: tuple[Stop, ...]
    records: int
    unsorted: int


def draw(facts: AccountFacts, now: datetime) -> Way:
    """Where everything is."""
    server, halted = facts.server, is_inactive(facts.state)
    return Way(
        server=_server(server, halted, now) if server else None,
        devices=tuple(_device(peer, halted, now) for peer in facts.devices),
        records=facts.mailbox.records,
        unsorted=sum(received.changes for received in facts.mailbox.received.values()),
    )


def _server(peer: PeerFacts, halted: bool, now: datetime) -> Stop:
    sending = _("From the Act! server to the mailbox")
    collecting = _("From the mailbox to the Act! server")
    return _stop(peer, halted, now, (sending, collecting, _("still in the office")))


def _device(peer: PeerFacts, halted: bool, now: datetime) -> Stop:
    names = {"name": words.shown(peer.name)}
    sending = _("From %(name)s to the mailbox") % names
    collecting = _("From the mailbox to %(name)s") % names
    return _stop(peer, halted, now, (sending, collecting, _("still on the device")))


def _stop(peer: PeerFacts, halted: bool, now: datetime, texts: tuple[str, str, str]) -> Stop:
    sending, collecting, where_pending = texts
    presence = peer.presence(now)
    # Nothing moves towards whoever sleeps, nor for an account that is not active.
    halted = halted or presence == "asleep"
    return Stop(
        peer=peer,
        presence=presence,
        presence_word=presence_word(presence),
        to_mailbox=_to_mailbox(peer, halted, sending, where_pending),
        from_mailbox=_from_mailbox(peer, halted, collecting, now),
    )


def _to_mailbox(peer: PeerFacts, halted: bool, route: str, where: str) -> Lane:
    if peer.pending:
        state = "stuck" if halted else "moving"
        return Lane(state, route, f"{words.number(peer.pending)} {where}")
    if peer.received.batches:
        text = _("%(count)s being sorted in") % {"count": words.number(peer.received.changes)}
        return Lane("moving", route, text)
    if peer.pending is None:
        return Lane("unknown", route, _("not told yet"))
    return Lane("clear", route, _("all sent"))


def _from_mailbox(peer: PeerFacts, halted: bool, route: str, now: datetime) -> Lane:
    waiting = peer.waiting
    if not waiting.total:
        return Lane("clear", route, _("all collected"))
    text = ngettext("%(count)s waits", "%(count)s wait", waiting.total) % {
        "count": words.number(waiting.total)
    }
    age = words.span(now - waiting.oldest) if waiting.oldest else ""
    return Lane("stuck" if halted else "moving", route, text, age)
