"""The page of one account: how it stands and why, and what happened last; never a content."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from accounts.models import Account, is_inactive
from hhcportal.admin import cells
from hhcportal.pages import cards, labels
from mailbox import recent
from mailbox.recent import NewestBatch
from sync.findings import sessions, words
from sync.findings.catalogue import findings
from sync.findings.facts import AccountFacts, PeerFacts, gather
from sync.findings.sentence import verdict
from sync.models import Command

SHOWN = 12


@dataclass(frozen=True)
class PeerRow:
    """A server or device as a line of the table."""

    facts: PeerFacts
    badge: str
    waits: str
    result: str
    expected: datetime | None


class BatchRow(NamedTuple):
    """A batch with the name of the program that sent it."""

    batch: NewestBatch
    sender: str


class EventRow(NamedTuple):
    """An audit event; `detail` on one line."""

    at: datetime
    actor: str
    action: str
    detail: str


def page_of(account: Account, *, now: datetime) -> dict[str, Any]:
    """All that the page shows, by a fixed number of queries."""
    facts = gather(account, now=now)
    found = findings(facts, now)
    said = verdict(facts, found, now)
    return {
        "now": now,
        "account": account,
        "facts": facts,
        "state_badge": cells.state_badge(facts.state),
        "inactive": is_inactive(facts.state),
        "until": words.last_day(facts.ends_at) if facts.ends_at else "",
        "verdict": said,
        "findings": found,
        "people": account.memberships.select_related("user").order_by("role", "user__email"),
        "peers": [_peer(peer, now) for peer in _in_order(facts)],
        "syncs": [cards.of_sync(sync) for sync in sessions.newest(account.pk, limit=SHOWN)],
        "commands": _commands(account),
        "batch_states": recent.batches_by_state(account.pk),
        "batches": _batches(account, facts),
        "changes": recent.newest_changes(account.pk, limit=SHOWN),
        "events": _events(account),
    }


def _in_order(facts: AccountFacts) -> list[PeerFacts]:
    """Live ones first, the server before the devices; the ended ones newest first."""
    ended = [peer for peer in facts.peers if not peer.is_live]
    live = sorted(facts.live, key=lambda peer: peer.role != "server")
    return live + ended[::-1][:SHOWN]


def _peer(peer: PeerFacts, now: datetime) -> PeerRow:
    attempt = peer.last_attempt
    result = labels.result_word(attempt.result) if attempt else cells.NOTHING
    if attempt and attempt.error_code:
        result = f"{result} ({words.shown(attempt.error_code)})"
    return PeerRow(
        facts=peer,
        badge=cells.presence_badge(peer.presence(now))
        if peer.is_live
        else labels.peer_state_word(peer.state),
        waits=labels.kinds(peer.waiting.by_kind) if peer.waiting.total else "",
        result=result,
        expected=peer.contacts.expected,
    )


def _commands(account: Account) -> list[Command]:
    """What is pending, then what ended last."""
    asked = Command.objects.filter(peer__account=account).select_related("peer")
    newest = list(asked.order_by("-requested_at")[:SHOWN])
    return sorted(newest, key=lambda command: command.state not in Command.PENDING)


def _batches(account: Account, facts: AccountFacts) -> list[BatchRow]:
    def sender(peer_id: uuid.UUID) -> str:
        peer = facts.peer(peer_id)
        return words.shown(peer.name) if peer else cells.NOTHING

    newest = recent.newest_batches(account.pk, limit=SHOWN)
    return [BatchRow(batch, sender(batch.peer_id)) for batch in newest]


def _events(account: Account) -> list[EventRow]:
    newest = account.audit_events.order_by("-at")[:SHOWN]
    return [EventRow(e.at, e.actor, e.action, cells.pairs(e.detail)) for e in newest]
