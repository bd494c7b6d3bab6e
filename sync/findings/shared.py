"""Two installs on one pairing."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import Peer
from sync.findings import words
from sync.findings.facts import AccountFacts, PeerFacts
from sync.findings.finding import Button, Evidence, Said


def mailbox(facts: AccountFacts, now: datetime) -> Iterator[Said]:
    """Another install used a peer's token in the last 24 hours and has no pairing of its own."""
    for peer in facts.live:
        if peer.other_installs:
            yield _shared(peer)


def _shared(peer: PeerFacts) -> Said:
    name = words.shown(peer.name)
    is_server = peer.role == Peer.Role.SERVER
    evidence = [Evidence(_("Paired program"), name)]
    for other in peer.other_installs:
        evidence += [
            Evidence(_("Second program"), str(other.install_id)[:8]),
            Evidence(_("Seen first"), at=other.first_seen),
            Evidence(_("Seen last"), at=other.last_seen),
        ]
    return Said(
        title=_("Two programs use the pairing of %(name)s") % {"name": name},
        sentence=_("Two computers use the pairing of %(name)s: the second one gets nothing.")
        % {"name": name}
        if is_server
        else _("Two devices use the pairing of %(name)s: the second one gets nothing.")
        % {"name": name},
        because=_(
            "This happens when a phone was copied to a new one, or a computer was restored from "
            "an image: both then share one mailbox, and each would miss what the other collects."
        ),
        remedy=_(
            "Make a new pairing code under “Connect” and pair the second program with it: it "
            "then has its own mailbox and gets everything."
        ),
        evidence=tuple(evidence),
        peer=peer,
        button=Button("connect", role=peer.role),
    )
