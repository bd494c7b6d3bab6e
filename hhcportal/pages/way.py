"""The way of the data: Act! server, mailbox, devices, and what is under way on each stretch."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import Peer, is_inactive
from hhcportal.pages.labels import presence_word
from sync.findings import words
from sync.findings.facts import AccountFacts, PeerFacts
from sync.models import Session

# From so many devices on, those with nothing to look at stand together.
CROWD = 7


class Lane(NamedTuple):
    """A stretch of the way. `route` names both its ends.

    `state`: `clear`, `moving`, `stuck` (the other end sleeps), `halted` (the account is not
    active, or the syncs fail) or `unknown`.
    """

    state: str
    route: str
    text: str
    age: str = ""


@dataclass(frozen=True)
class Stop:
    """A server or device with its two stretches: towards the mailbox and away from it.

    `concerned`: a finding is about it.
    """

    peer: PeerFacts
    presence: str
    presence_word: str
    heard: str
    to_mailbox: Lane
    from_mailbox: Lane
    concerned: bool

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to look at: it is awake, and nothing is under way."""
        lanes = (self.to_mailbox.state, self.from_mailbox.state)
        return not self.concerned and self.presence == "awake" and lanes == ("clear", "clear")


@dataclass(frozen=True)
class Way:
    """The drawing's content. `trouble`: what is wrong with the mailbox itself, if anything is."""

    server: Stop | None
    devices: tuple[Stop, ...]
    records: int
    unsorted: int
    trouble: str = ""

    @property
    def state(self) -> str:
        """The mailbox in words."""
        if self.trouble:
            return self.trouble
        if self.unsorted:
            return _("%(count)s being sorted in") % {"count": words.number(self.unsorted)}
        return _("all sorted in")

    @property
    def together(self) -> tuple[Stop, ...]:
        """Of many devices the quiet ones, which are shown as one."""
        quiet = tuple(stop for stop in self.devices if stop.is_quiet)
        return quiet if len(self.devices) >= CROWD and len(quiet) > 1 else ()


def draw(
    facts: AccountFacts, concerned: Collection[uuid.UUID], codes: Collection[str], now: datetime
) -> Way:
    """Where everything is; findings are there with these `codes`, about those in `concerned`."""
    halted = is_inactive(facts.state)
    server = facts.server

    def stop(peer: PeerFacts) -> Stop:
        return _stop(peer, halted, peer.id in concerned, now)

    return Way(
        server=stop(server) if server else None,
        devices=tuple(stop(peer) for peer in facts.devices),
        records=facts.mailbox.records,
        unsorted=sum(received.changes for received in facts.mailbox.received.values()),
        trouble=_trouble(codes),
    )


def _trouble(codes: Collection[str]) -> str:
    if "account-inactive" in codes:
        return _("takes and hands out nothing")
    if "mailbox-full" in codes:
        return _("full")
    return _("a delivery failed") if "batch-failed" in codes else ""


def _stop(peer: PeerFacts, halted: bool, concerned: bool, now: datetime) -> Stop:
    sending, collecting, where = _routes(peer)
    presence, heard = peer.presence(now), peer.contacts.last_contact
    # Nothing moves for an account that is not active, nor towards whoever sleeps.
    still = "halted" if halted else "stuck" if presence == "asleep" else "moving"
    return Stop(
        peer=peer,
        presence=presence,
        presence_word=presence_word(presence),
        heard=words.moment(heard, now) if heard else "",
        to_mailbox=_refused(peer, halted, sending)
        or _silenced(peer, concerned, sending, now)
        or _to_mailbox(peer, still, sending, where),
        from_mailbox=_from_mailbox(peer, still, collecting, now),
        concerned=concerned,
    )


def _routes(peer: PeerFacts) -> tuple[str, str, str]:
    """The names of both stretches, and of the place where what is not sent lies."""
    if peer.role == Peer.Role.SERVER:
        sending = _("From the Act! server to the mailbox")
        collecting = _("From the mailbox to the Act! server")
        return sending, collecting, _("still in the office")
    names = {"name": words.shown(peer.name)}
    sending = _("From %(name)s to the mailbox") % names
    collecting = _("From the mailbox to %(name)s") % names
    return sending, collecting, _("still on the device")


def _refused(peer: PeerFacts, halted: bool, route: str) -> Lane | None:
    """That all was sent before an account ended says nothing of what came after."""
    if halted and not peer.pending and not peer.received.batches:
        return Lane("halted", route, _("nothing is taken"))
    return None


def _silenced(peer: PeerFacts, concerned: bool, route: str, now: datetime) -> Lane | None:
    """What is said of a stretch from which no news came lately, be there none or a failure.

    What its program told before is an old word by then: "all sent" would be a guess.
    """
    if peer.pending or peer.received.batches:
        return None
    last, heard = peer.last_attempt, peer.contacts.last_contact
    if concerned and last is not None and last.result == Session.Result.FAILED:
        return Lane("halted", route, _("failed"))
    if heard is not None and peer.presence(now) == "asleep":
        return Lane("unknown", route, pgettext("arrow", "silent"), words.span(now - heard))
    return None


def _to_mailbox(peer: PeerFacts, still: str, route: str, where: str) -> Lane:
    if peer.pending:
        return Lane(still, route, f"{words.number(peer.pending)} {where}")
    if peer.received.batches:
        text = _("%(count)s being sorted in") % {"count": words.number(peer.received.changes)}
        return Lane("moving", route, text)
    if peer.pending is None:
        return Lane("unknown", route, _("not told yet"))
    return Lane("clear", route, _("all sent"))


def _from_mailbox(peer: PeerFacts, still: str, route: str, now: datetime) -> Lane:
    waiting = peer.waiting
    if not waiting.total:
        return Lane("clear", route, _("all collected"))
    text = ngettext("%(count)s waits", "%(count)s wait", waiting.total) % {
        "count": words.number(waiting.total)
    }
    age = words.span(now - waiting.oldest) if waiting.oldest else ""
    return Lane(still, route, text, age)
