"""What a person copies for support: the account in plain text, and no record's content."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from hhcportal.pages.cards import SyncRow
from hhcportal.pages.labels import platform, presence_word
from sync.findings import words
from sync.findings.facts import AccountFacts, PeerFacts
from sync.findings.finding import Evidence, Finding


def text(
    facts: AccountFacts,
    sentence: str,
    found: Sequence[Finding],
    syncs: Sequence[SyncRow],
    now: datetime,
) -> str:
    """Number, sentence, findings with their evidence, programs and last syncs, a line each."""
    lines = [
        _joined(facts.number, words.shown(facts.name, 80), words.state_of_account(facts.state)),
        sentence,
        f"{_('As of')} {words.minute(now)}",
        *_block(_("Findings"), (line for finding in found for line in _finding(finding))),
        *_block(_("Server and devices"), (_peer(peer, now) for peer in facts.live)),
        *_block(_("Last syncs"), (_sync(sync) for sync in syncs)),
    ]
    return "\n".join(lines)


def _joined(*parts: str) -> str:
    return " · ".join(filter(None, parts))


def _block(title: str, lines: Iterator[str]) -> list[str]:
    told = [f"- {line}" if not line.startswith(" ") else line for line in lines]
    return ["", title, *told] if told else []


def _finding(finding: Finding) -> Iterator[str]:
    yield f"{finding.code} ({finding.severity}): {finding.said.sentence}"
    for fact in finding.said.evidence:
        yield f"    {fact.label}: {_fact(fact)}"


def _fact(fact: Evidence) -> str:
    return _joined(fact.value, words.exact(fact.at) if fact.at else "")


def _peer(peer: PeerFacts, now: datetime) -> str:
    contacts = peer.contacts
    return _joined(
        f"{peer.role} {words.shown(peer.name)}",
        presence_word(peer.presence(now)),
        platform(peer.platform),
        peer.client_version,
        _told(_("Last contact"), contacts.last_contact),
        _told("Most recent sync", contacts.last_sync),
        f"{_('Waiting')} {words.number(peer.waiting.total)}",
        f"{_('Not sent yet')} {'–' if peer.pending is None else words.number(peer.pending)}",
    )


def _told(label: str, at: datetime | None) -> str:
    return f"{label} {words.exact(at) if at else _('never')}"


def _sync(sync: SyncRow) -> str:
    return _joined(
        words.exact(sync.at),
        words.shown(sync.name),
        sync.reason,
        f"{_('Sent')} {words.number(sync.sent)}",
        f"{_('Received')} {words.number(sync.received)}",
        sync.result_word,
        sync.detail,
    )
