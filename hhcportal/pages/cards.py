"""The cards of the overview: what each shows, as rows of label and value."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _

from accounts.models import Peer, is_inactive
from hhcportal.pages.labels import kinds, platform, presence_word, reason_word, result_word
from sync.findings import words
from sync.findings.asleep import expected, outcome
from sync.findings.facts import AccountFacts, PeerFacts
from sync.findings.sessions import Attempt, Sync
from sync.findings.syncing import reason
from sync.models import Session


class Row(NamedTuple):
    """A line of a card: words, then a time, a note below. `strong`: what is looked for first."""

    label: str
    value: str = ""
    at: datetime | None = None
    strong: bool = False
    ago: bool = False
    note: str = ""


@dataclass(frozen=True)
class Card:
    """A live server or device. `concerned`: a finding is about it."""

    peer: PeerFacts
    presence: str
    presence_word: str
    concerned: bool
    rows: tuple[Row, ...]


class SyncRow(NamedTuple):
    """A session in the list of the last ones; `took` is empty while it runs."""

    id: uuid.UUID
    at: datetime
    name: str
    is_server: bool
    reason: str
    took: str
    sent: int
    received: int
    result: str
    result_word: str
    detail: str


def of_peers(
    facts: AccountFacts, concerned: Collection[uuid.UUID], now: datetime
) -> tuple[Card, ...]:
    """The server's card, then one for each device in the order of pairing."""
    return tuple(_card(facts, peer, peer.id in concerned, now) for peer in facts.server_first)


def _card(facts: AccountFacts, peer: PeerFacts, concerned: bool, now: datetime) -> Card:
    presence = peer.presence(now)
    rows = _server(peer, now) if peer.role == Peer.Role.SERVER else _device(peer, now)
    word = _("is being erased") if peer.is_erasing else presence_word(presence)
    end = _end(peer, expected(facts.hours, peer, now), now)
    return Card(peer, presence, word, concerned, (*_beginning(peer), *rows, *end))


def _beginning(peer: PeerFacts) -> tuple[Row, ...]:
    last = peer.contacts.last_sync
    return (
        # The label stays as it is in every language: it is what people ask each other for.
        Row("Most recent sync", "" if last else _("never"), last, strong=True, ago=True),
        _attempt(peer.last_attempt),
    )


def _attempt(attempt: Attempt | None) -> Row:
    label = _("Last attempt")
    if attempt is None:
        return Row(label, _("none yet"))
    said = result_word(attempt.result)
    if attempt.result == Session.Result.FAILED and attempt.error_code:
        said = f"{said} ({reason(attempt.error_code)})"
    return Row(label, said, attempt.at)


def _server(peer: PeerFacts, now: datetime) -> tuple[Row, ...]:
    return (
        _waiting(peer, _("Waiting for the server"), now),
        _carried(_("Last sent"), peer.last_push, peer.last_sent, sent=True),
        _carried(_("Last received"), peer.last_collection, peer.last_received, sent=False),
        _pending(peer, _("Still in the office")),
    )


def _device(peer: PeerFacts, now: datetime) -> tuple[Row, ...]:
    return (
        _waiting(peer, _("Waiting for this device"), now),
        _carried(_("Last collected"), peer.last_collection, peer.last_received, sent=False),
        _carried(_("Last sent"), peer.last_push, peer.last_sent, sent=True),
        _pending(peer, _("Still on the device")),
        _woken(peer, now),
    )


def _waiting(peer: PeerFacts, label: str, now: datetime) -> Row:
    waiting = peer.waiting
    if not waiting.total:
        return Row(label, "0")
    since = _("since %(time)s") % {"time": words.moment(waiting.since or now, now)}
    note = f"{kinds(waiting.by_kind)} · {since}"
    return Row(label, words.number(waiting.total), strong=True, note=note)


def _carried(label: str, attempt: Attempt | None, at: datetime | None, *, sent: bool) -> Row:
    if at is None:
        return Row(label, _("nothing yet"))
    if attempt is None:  # so long ago that its session is no longer kept
        return Row(label, "", at)
    count = attempt.sent if sent else attempt.received
    return Row(label, words.records(count), at)


def _pending(peer: PeerFacts, label: str) -> Row:
    if peer.pending is None:
        return Row(label, _("not told yet"))
    return Row(label, words.number(peer.pending), peer.pending_at, strong=peer.pending > 0)


def _woken(peer: PeerFacts, now: datetime) -> Row:
    """The last wake-up and what became of it; before the first one, whether there can be any."""
    label, wake_up = _("Last wake-up"), peer.wake_up
    if wake_up is None or wake_up.sent_at is None:
        if wake_up is not None and wake_up.works:
            return Row(label, _("none yet"))
        return Row(label, _("not possible"), note=_("it allows no notifications"))
    next_at = wake_up.next_at
    then = _("next: %(time)s") % {"time": words.moment(next_at, now)} if next_at else ""
    return Row(label, at=wake_up.sent_at, note=" · ".join(filter(None, (outcome(peer), then))))


def _end(peer: PeerFacts, due: datetime | None, now: datetime) -> tuple[Row, ...]:
    every = _("every %(span)s") % {"span": words.span(peer.contacts.interval)}
    told = " · ".join(filter(None, (platform(peer.platform), peer.client_version)))
    return (
        Row(_("Last contact"), "" if peer.contacts.last_contact else _("never"),
            peer.contacts.last_contact),
        Row(_("Overdue since") if due and due < now else _("Next expected"),
            "" if due else "–", due),
        Row(_("Interval"), every),
        Row(_("Program"), told or "–"),
    )  # fmt: skip


def of_account(facts: AccountFacts, *, people: int) -> tuple[Row, ...]:
    """The account card's rows."""
    until = words.last_day(facts.ends_at) if facts.ends_at else _("no end set")
    since = facts.state_since if is_inactive(facts.state) and facts.state != "expired" else None
    return (
        Row(_("Number"), facts.number, strong=True),
        *((Row(_("Suspended since"), at=since, strong=True),) if since else ()),
        Row(_("Plan"), _("trial") if facts.state == "trial" else _("subscription")),
        Row(_("Runs until"), until),
        Row(_("People"), words.number(people)),
        Row(_("Records in the mailbox"), words.number(facts.mailbox.records)),
        Row(_("Keeps a copy"), _("yes") if facts.mailbox.keep_copy else _("no")),
        Row(_("Storage time"), words.span(timedelta(days=facts.mailbox.storage_days))),
    )


def of_sync(sync: Sync) -> SyncRow:
    """A session as a line of the list."""
    attempt = sync.attempt
    # Up to its last request: one that was closed later did not last until then.
    length = sync.last_request_at - attempt.started_at
    took = "< 1 s" if length < timedelta(seconds=1) else words.span(length)
    why = reason(attempt.error_code) if attempt.error_code else ""
    detail = " · ".join(filter(None, (why, attempt.error_detail)))
    return SyncRow(
        id=sync.id,
        at=attempt.started_at,
        name=sync.peer_name,
        is_server=sync.role == Peer.Role.SERVER,
        reason=reason_word(attempt.reason),
        took=took if attempt.result else "",
        sent=attempt.sent,
        received=attempt.received,
        result=attempt.result or "open",
        result_word=result_word(attempt.result),
        detail=words.shown(detail, 160) if detail else "",
    )
