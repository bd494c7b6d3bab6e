"""Syncs: all of them with filters, and one with what it sent."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import clock
from accounts.models import Account
from hhcportal.pages import cards, paging
from hhcportal.pages.cards import Row
from hhcportal.pages.door import members_only
from hhcportal.pages.frame import frame
from hhcportal.pages.labels import batch_state_word, result_word
from mailbox import recent
from mailbox.recent import NewestBatch, SentBatch
from sync import history
from sync.findings import words
from sync.findings.programs import CLOCK_OFF_BY
from sync.findings.sessions import Sync
from sync.history import Told, Wanted
from sync.models import Session
from sync.sessions import KEPT_FOR

SHOWN = 50
BATCHES_SHOWN = 100
DAYS = (1, 7, 30, 0)  # 0: all that are kept
DEFAULT_DAYS = 30
RESULTS = (*Session.Result.values, history.OPEN)


@dataclass(frozen=True)
class Filters:
    """What the form asks for; anything else than it offers counts as not asked."""

    peer: str
    result: str
    days: int

    @property
    def query(self) -> dict[str, str]:
        return {"peer": self.peer, "result": self.result, "days": str(self.days)}


class Choice(NamedTuple):
    """An option of a filter."""

    value: str
    text: str


class BatchRow(NamedTuple):
    """A batch, and each of its refused changes with its reason."""

    batch: NewestBatch
    state: str
    refusals: tuple[str, ...]


@require_safe
@members_only
def sessions(request: HttpRequest, *, account: Account) -> HttpResponse:
    """A page of sessions, newest first; `before` names the last one of the page before."""
    now = clock.now()
    peers = list(account.peers.order_by("role", "-paired_at"))
    filters = _filters(request, {str(peer.pk) for peer in peers})
    wanted = Wanted(
        uuid.UUID(filters.peer) if filters.peer else None,
        filters.result,
        now - timedelta(days=filters.days) if filters.days else None,
    )
    before = paging.parse(request.GET.get("before", ""), uuid.UUID)
    held = history.page(account, wanted, before=before, limit=SHOWN + 1)
    context = {
        **frame(request, account, now),
        "filters": filters,
        "peers": [Choice(str(peer.pk), words.shown(peer.name, 60)) for peer in peers],
        "results": [Choice(result, result_word(_or_none(result))) for result in RESULTS],
        "days": [Choice(str(days), _span(days)) for days in DAYS],
        "syncs": [cards.of_sync(sync) for sync in held[:SHOWN]],
        "older": paging.older(held, SHOWN, _mark, **filters.query),
        "further": before is not None,
        "kept_days": KEPT_FOR.days,
    }
    return render(request, "sessions.html", context)


@require_safe
@members_only
def session(request: HttpRequest, *, account: Account, session_id: uuid.UUID) -> HttpResponse:
    """One session: what its program told, and the batches that came while it was open."""
    now = clock.now()
    told = history.one(account, session_id)
    if told is None:
        raise Http404
    sync = told.sync
    # A program has one open session at most, so what it sent meanwhile came in this one.
    sent = recent.batches_of(
        account.pk, sync.peer_id, sync.attempt.started_at, sync.last_request_at,
        limit=BATCHES_SHOWN,
    )  # fmt: skip
    context = {
        **frame(request, account, now),
        "sync": sync,
        "row": cards.of_sync(sync),
        "rows": _rows(told),
        "batches": [_batch(one) for one in sent],
    }
    return render(request, "session.html", context)


def _filters(request: HttpRequest, peers: set[str]) -> Filters:
    peer, result = request.GET.get("peer", ""), request.GET.get("result", "")
    days = request.GET.get("days", "")
    return Filters(
        peer if peer in peers else "",
        result if result in RESULTS else "",
        int(days) if days in map(str, DAYS) else DEFAULT_DAYS,
    )


def _or_none(result: str) -> str | None:
    return None if result == history.OPEN else result


def _span(days: int) -> str:
    return {
        1: _("24 hours"),
        7: _("7 days"),
        30: _("30 days"),
        0: _("all that is kept"),
    }[days]


def _mark(sync: Sync) -> str:
    return paging.mark(sync.attempt.started_at, sync.id)


def _rows(told: Told) -> tuple[Row, ...]:
    sync, row = told.sync, cards.of_sync(told.sync)
    attempt = sync.attempt
    rows = [
        Row(_("Result"), row.result_word, strong=True, note=row.detail),
        Row(_("Began"), at=attempt.started_at),
        Row(_("Last request"), at=sync.last_request_at),
        Row(_("Took"), row.took or _("still under way")),
        Row(_("Why"), _("data without a sync of its own") if told.implicit else row.reason),
        Row(_("Sent"), words.number(attempt.sent)),
        Row(_("Received"), words.number(attempt.received)),
        Row(_("Version"), words.shown(told.client_version) if told.client_version else "–"),
    ]
    return (*rows, *_clock(told), *_slept(told))


def _clock(told: Told) -> tuple[Row, ...]:
    off = timedelta(seconds=told.clock_off or 0)
    if abs(off) < CLOCK_OFF_BY:
        return ()
    text = _("%(span)s fast") if off > timedelta(0) else _("%(span)s slow")
    return (Row(_("Its clock"), text % {"span": words.span(abs(off))}),)


def _slept(told: Told) -> tuple[Row, ...]:
    """What the program says of its own sleep: a peer's words, so only what is a time counts."""
    rows = []
    for since, until in told.slept:
        begun, ended = _time(since), _time(until)
        if begun and ended:
            slept = _("until %(time)s") % {"time": words.moment(ended, ended)}
            rows.append(Row(_("Slept"), slept, begun))
    return tuple(rows)


def _time(text: str) -> datetime | None:
    try:
        parsed = parse_datetime(text)
    except ValueError:
        return None
    return parsed if parsed is not None and parsed.tzinfo else None


def _batch(sent: SentBatch) -> BatchRow:
    refusals = tuple(
        _("Change %(place)s: %(reason)s")
        % {"place": words.number(r.place + 1), "reason": words.refusal(*r[1:])}
        for r in sent.refusals
    )
    return BatchRow(sent.batch, batch_state_word(sent.batch.state), refusals)
