"""What the mailbox itself did not get done, and readers that lost their place."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Peer
from mailbox.resync import CURSOR_AHEAD, EPOCH_CHANGED
from mailbox.standing import FailedBatch
from sync.findings import words
from sync.findings.facts import AccountFacts, PeerFacts
from sync.findings.finding import Button, Evidence, Said
from sync.models import Command

SLOW_AFTER = timedelta(seconds=60)


def failed(facts: AccountFacts, now: datetime) -> Iterator[Said]:
    """A batch failed for good and nothing has mended it since."""
    unmended = [batch for batch in facts.mailbox.failed if not _is_mended(facts, batch)]
    if not unmended:
        return
    changes = sum(batch.changes for batch in unmended)
    from_server = any(batch.from_server for batch in unmended)
    yield Said(
        title=_("A delivery could not be stored"),
        sentence=_("A delivery of %(records)s could not be stored.")
        % {"records": words.records(changes)},
        because=_("The mailbox tried five times. This is our fault, not yours."),
        remedy=_(
            "Your Act! server was asked to send everything again; this note ends when it has. If "
            "it stays, please call the hotline."
        )
        if from_server
        else _("Try it again; if this stays, please call the hotline and name the delivery."),
        evidence=tuple(
            Evidence(_("Delivery"), f"{str(batch.batch)[:8]} · {_sender(facts, batch)}",
                     batch.failed_at)
            for batch in unmended[:5]
        ),
        peer=next(filter(None, (facts.peer(batch.peer_id) for batch in unmended)), None),
        button=_again(facts, unmended),
    )  # fmt: skip


def _again(facts: AccountFacts, unmended: Sequence[FailedBatch]) -> Button | None:
    """A server sends all again, where it is not asked to already; a device's batch is retried."""
    senders = {peer.id for peer in facts.devices}
    device = next((batch.peer_id for batch in unmended if batch.peer_id in senders), None)
    if device is not None:
        return Button("retry", device)
    if facts.server is None or any(c.pending for c in facts.server.commands):
        return None
    return Button("resend-all", facts.server.id)


def _sender(facts: AccountFacts, batch: FailedBatch) -> str:
    peer = facts.peer(batch.peer_id)
    return words.shown(peer.name) if peer else "–"


def _is_mended(facts: AccountFacts, batch: FailedBatch) -> bool:
    """Whether a server has sent everything again since; a device's batch is mended by hand."""
    return batch.from_server and any(
        command.do == Command.Do.RESEND_ALL
        and command.state == Command.State.DONE
        and command.requested_at >= batch.failed_at
        for peer in facts.peers
        for command in peer.commands
    )


def slow(facts: AccountFacts, now: datetime) -> Iterator[Said]:
    """A received batch is not applied for a minute: our fault."""
    received = facts.mailbox.received.values()
    oldest = min((r.oldest for r in received if r.oldest is not None), default=None)
    if oldest is None or now - oldest < SLOW_AFTER:
        return
    changes = sum(r.changes for r in received)
    yield Said(
        title=_("The mailbox is slow"),
        sentence=ngettext(
            "%(count)s record has reached us and is not sorted in since %(since)s.",
            "%(count)s records have reached us and are not sorted in since %(since)s.",
            changes,
        )
        % {"count": words.number(changes), "since": words.moment(oldest, now)},
        because=_("This is our fault, and we know of it. Nothing is lost."),
        remedy=_("You need not do anything: it goes on by itself."),
        evidence=(
            Evidence(_("Received since"), at=oldest),
            Evidence(_("Deliveries"), words.number(sum(r.batches for r in received))),
        ),
    )


def resync(facts: AccountFacts, now: datetime) -> Iterator[Said]:
    """A reader lost changes and has not begun again yet."""
    for peer in facts.live:
        if not peer.waiting.mark:
            continue
        name = words.shown(peer.name)
        yield Said(
            title=_("%(name)s has to begin again") % {"name": name},
            sentence=_what_happened(peer) % {"name": name},
            because=_("Your Act! server sends everything again, and every device collects it.")
            if peer.waiting.mark == EPOCH_CHANGED
            else _("It missed changes, so that its copy may be incomplete until then."),
            remedy=_("It begins by itself with its next sync; open the app to hurry it.")
            if peer.role == Peer.Role.DEVICE
            else _("It begins by itself with its next sync."),
            evidence=(Evidence(_("Since"), at=peer.waiting.marked_at),),
            peer=peer,
        )


def _what_happened(peer: PeerFacts) -> str:
    mark = peer.waiting.mark
    if mark == EPOCH_CHANGED and peer.role == Peer.Role.SERVER:
        return _("The mailbox was restored from a backup: %(name)s sends everything again.")
    if mark == EPOCH_CHANGED:
        return _("The mailbox was restored from a backup: %(name)s collects everything again.")
    if mark == CURSOR_AHEAD:
        return _(
            "The mailbox was set back behind what %(name)s had collected: it collects everything "
            "again."
        )
    return _(
        "Changes for %(name)s expired before they were collected: it collects everything again."
    )
