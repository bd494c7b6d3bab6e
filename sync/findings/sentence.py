"""The one sentence: has everything arrived, and if not, why? For the page and for the command."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sync.findings import words
from sync.findings.facts import AccountFacts, PeerFacts
from sync.findings.finding import INFO, Finding


class Verdict(NamedTuple):
    """The sentence, how it sounds (`good`, `moving`, or a severity), and the worst finding's code.

    `code` is empty where there is no finding.
    """

    sentence: str
    tone: str
    code: str = ""


def verdict(facts: AccountFacts, found: Sequence[Finding], now: datetime) -> Verdict:
    """The worst finding's sentence; without one, what is on its way; else all has arrived.

    What is only worth knowing stands behind the answer and does not replace it.
    """
    calm = _calm(facts)
    if not found:
        return calm
    worst = found[0]
    if worst.severity != INFO:
        return Verdict(worst.said.sentence, worst.severity, worst.code)
    return Verdict(f"{calm.sentence} {worst.said.sentence}", worst.severity, worst.code)


def _calm(facts: AccountFacts) -> Verdict:
    moving = _unconnected(facts) or _under_way(facts)
    return Verdict(moving, "moving") if moving else Verdict(_("Everything has arrived."), "good")


def _unconnected(facts: AccountFacts) -> str:
    if not facts.live:
        return _("Nothing is connected yet: connect your Act! server first, then your devices.")
    if facts.server is None:
        return _("No Act! server is connected: connect it, so that your devices get something.")
    if not facts.devices:
        return _("Your Act! server is connected: now connect your first device.")
    return ""


def _under_way(facts: AccountFacts) -> str:
    server = facts.server
    return (
        _to_devices([peer for peer in facts.devices if peer.waiting.total and not peer.is_erasing])
        or _being_sorted(facts)
        or _to_server(facts)
        or (_in_the_office(server) if server else "")
        or next((text for peer in facts.devices if (text := _on_the_phone(peer))), "")
        or next((text for peer in facts.live if (text := _first_sync(peer))), "")
    )


def _to_devices(peers: Sequence[PeerFacts]) -> str:
    if not peers:
        return ""
    most = max(peers, key=lambda peer: peer.waiting.total)
    text = ngettext(
        "%(count)s record is on its way to %(name)s.",
        "%(count)s records are on their way to %(name)s.",
        most.waiting.total,
    ) % {"count": words.number(most.waiting.total), "name": words.shown(most.name)}
    others = len(peers) - 1
    if not others:
        return text
    return text + " " + ngettext(
        "%(count)s more device is collecting.", "%(count)s more devices are collecting.", others
    ) % {"count": words.number(others)}  # fmt: skip


def _being_sorted(facts: AccountFacts) -> str:
    changes = sum(received.changes for received in facts.mailbox.received.values())
    batches = sum(received.batches for received in facts.mailbox.received.values())
    if not batches:
        return ""
    return ngettext(
        "%(count)s record has reached us and is being sorted in.",
        "%(count)s records have reached us and are being sorted in.",
        changes,
    ) % {"count": words.number(changes)}


def _to_server(facts: AccountFacts) -> str:
    total = facts.mailbox.server.total
    if not total:
        return ""
    return ngettext(
        "%(count)s change is on its way to your Act! server.",
        "%(count)s changes are on their way to your Act! server.",
        total,
    ) % {"count": words.number(total)}


def _in_the_office(server: PeerFacts) -> str:
    if not server.pending:
        return ""
    return ngettext(
        "%(count)s record still lies in the office.",
        "%(count)s records still lie in the office.",
        server.pending,
    ) % {"count": words.number(server.pending)}


def _on_the_phone(peer: PeerFacts) -> str:
    if not peer.pending:
        return ""
    return ngettext(
        "%(count)s change still lies on %(name)s.",
        "%(count)s changes still lie on %(name)s.",
        peer.pending,
    ) % {"count": words.number(peer.pending), "name": words.shown(peer.name)}


def _first_sync(peer: PeerFacts) -> str:
    if peer.contacts.last_sync is not None:
        return ""
    return _("%(name)s is connected and about to sync for the first time.") % {
        "name": words.shown(peer.name)
    }
