"""The programs themselves: their clocks, their versions, the ones that were shut out."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from accounts.models import Peer
from sync.findings import words
from sync.findings.facts import AccountFacts, PeerFacts
from sync.findings.finding import Button, Evidence, Said
from sync.findings.versions import is_older

CLOCK_OFF_BY = timedelta(minutes=5)
REVOKED_WITHIN = timedelta(days=7)


def clock(facts: AccountFacts, now: datetime) -> Iterator[Said]:
    """A program's clock was more than five minutes off when it last told its time."""
    for peer in facts.live:
        off = timedelta(seconds=peer.clock_off or 0)
        if abs(off) > CLOCK_OFF_BY:
            yield _clock(peer, off)


def _clock(peer: PeerFacts, off: timedelta) -> Said:
    told = {"name": words.shown(peer.name), "span": words.span(abs(off))}
    ahead = off > timedelta(0)
    return Said(
        title=_("The clock of %(name)s is wrong") % told,
        sentence=_("The clock of %(name)s is %(span)s fast.") % told
        if ahead
        else _("The clock of %(name)s is %(span)s slow.") % told,
        because=_("Times that it notes itself are wrong; what is synced is not."),
        remedy=_("Switch on “Set time automatically” in its settings; the next sync tells."),
        evidence=(
            Evidence(_("Ahead") if ahead else _("Behind"), words.span(abs(off))),
            Evidence(_("Last contact"), at=peer.contacts.last_contact),
        ),
        peer=peer,
    )


def outdated(facts: AccountFacts, now: datetime) -> Iterator[Said]:
    """A program's version lies below the one that the operator asks for."""
    for peer in facts.live:
        if is_older(peer.client_version, peer.least_version):
            yield _outdated(peer)


def _outdated(peer: PeerFacts) -> Said:
    told = {"name": words.shown(peer.name), "version": words.shown(peer.client_version)}
    return Said(
        title=_("The program on %(name)s is outdated") % told,
        sentence=_("The program on %(name)s is outdated: it has version %(version)s.") % told,
        because=_("Known faults were mended since; one of them may be yours."),
        remedy=_("Install version %(version)s or a newer one. The pairing stays.")
        % {"version": peer.least_version},
        evidence=(
            Evidence(_("Its version"), told["version"]),
            Evidence(_("Needed"), peer.least_version),
        ),
        peer=peer,
    )


def revoked(facts: AccountFacts, now: datetime) -> Iterator[Said]:
    """A program was revoked in the last seven days and has not been paired again."""
    for peer in facts.peers:
        if peer.state != Peer.State.REVOKED or peer.ended_at is None:
            continue
        if now - peer.ended_at < REVOKED_WITHIN and not _is_paired_again(facts, peer):
            yield _revoked(peer, peer.ended_at, now)


def _is_paired_again(facts: AccountFacts, gone: PeerFacts) -> bool:
    """A server by any other, for there is one; a device by its own install, or its name."""
    if gone.role == Peer.Role.SERVER:
        return facts.server is not None
    return any(
        peer.install_id == gone.install_id or peer.name == gone.name for peer in facts.devices
    )


def _revoked(peer: PeerFacts, at: datetime, now: datetime) -> Said:
    name = words.shown(peer.name)
    evidence = [Evidence(_("Revoked"), at=at)]
    evidence.append(Evidence(_("Last contact"), "" if peer.contacts.last_contact else _("never"),
                             peer.contacts.last_contact))  # fmt: skip
    if peer.pending:
        told = words.changes(peer.pending)
        evidence.append(Evidence(_("Never sent from it"), told, peer.pending_at))
    return Said(
        title=_("%(name)s was revoked") % {"name": name},
        sentence=_("%(name)s was revoked (%(since)s): it gets nothing and sends nothing.")
        % {"name": name, "since": words.moment(at, now)},
        because=_("This note ends after seven days."),
        remedy=_(
            "If that was meant, you need not do anything. To let it in again, make a pairing code "
            "under “Connect” and pair it with that."
        ),
        evidence=tuple(evidence),
        peer=peer,
        button=Button("connect", role=peer.role),
    )
