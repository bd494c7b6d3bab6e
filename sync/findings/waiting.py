"""What lies in the mailbox for too long, though its reader comes."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from accounts.models import Peer
from mailbox.read import STUCK_AFTER
from sync.findings import words
from sync.findings.facts import AccountFacts, PeerFacts
from sync.findings.finding import Evidence, Said

LONG = timedelta(days=7)


def stuck(facts: AccountFacts, now: datetime) -> Iterator[Said]:
    """A device fetched one page five times within an hour and acknowledged it never."""
    for peer in facts.devices:
        if peer.waiting.total and peer.waiting.fetches >= STUCK_AFTER and not peer.is_erasing:
            yield _stuck(peer)


def _stuck(peer: PeerFacts) -> Said:
    name, waiting = words.shown(peer.name), peer.waiting
    return Said(
        title=_("%(name)s does not get past a record") % {"name": name},
        sentence=_("%(name)s fetches the same records again and again and keeps none of them.")
        % {"name": name},
        because=_(
            "It asked at least %(count)s times within an hour for what comes next, and never said "
            "that it has it. Probably its program fails with one of the records."
        )
        % {"count": words.number(waiting.fetches)},
        remedy=_(
            "Close the app on %(name)s, make room on it if its storage is full, and open the app "
            "again. If this note stays, tell the hotline the record named here."
        )
        % {"name": name},
        evidence=(
            Evidence(_("First fetched"), at=waiting.fetched_since),
            Evidence(_("Place in the mailbox"), words.number(waiting.acked)),
            Evidence(_("First record there"), f"{waiting.first_kind} {waiting.first_id}"),
            Evidence(_("Waiting"), words.records(waiting.total)),
        ),
        peer=peer,
    )


def long(facts: AccountFacts, now: datetime) -> Iterator[Said]:
    """Something has waited for a server or device for more than seven days."""
    for peer in facts.live:
        since = _waits_since(peer)
        if since is not None and now - since > LONG and not peer.is_erasing:
            yield _long(facts, peer, since, now)


def _waits_since(peer: PeerFacts) -> datetime | None:
    """Since when what is first in line waits: a reader may have begun after it came."""
    waiting = peer.waiting
    if waiting.oldest is None or waiting.since is None:
        return None
    return max(waiting.oldest, waiting.since)


def _long(facts: AccountFacts, peer: PeerFacts, since: datetime, now: datetime) -> Said:
    name, is_device = words.shown(peer.name), peer.role == Peer.Role.DEVICE
    told = {"name": name, "span": words.span(now - since)}
    ends = expires(facts, peer)
    return Said(
        title=_("Something has waited for %(name)s for days") % told,
        sentence=_("Records have waited for %(name)s for %(span)s.") % told
        if is_device
        else _("Changes from your devices have waited for %(name)s for %(span)s.") % told,
        because=_("What nobody collects expires with the storage time of %(days)s days.")
        % {"days": words.number(facts.mailbox.storage_days)}
        if ends
        else _("Nothing of it is lost: the mailbox keeps a copy of every record."),
        remedy=_("Open the app on %(name)s; if it is no longer used, revoke it under “Devices”.")
        % told
        if is_device
        else _("Wake the PC in the office and check that the agent runs."),
        evidence=(
            Evidence(_("Waiting since"), at=since),
            *((Evidence(_("The first of them expires"), at=ends),) if ends else ()),
            Evidence(_("Waiting"), words.number(peer.waiting.total)),
        ),
        peer=peer,
    )


def expires(facts: AccountFacts, peer: PeerFacts) -> datetime | None:
    """When the storage time ends what is first in line; None: a copy of it is kept for good."""
    waiting, mailbox = peer.waiting, facts.mailbox
    kept = peer.role == Peer.Role.DEVICE and mailbox.keep_copy and waiting.first_op == "put"
    if kept or waiting.oldest is None:
        return None
    return waiting.oldest + timedelta(days=mailbox.storage_days)
