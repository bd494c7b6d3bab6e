"""The mailbox from outside: what waits for whom, what came last, and where one record is."""

from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import clock
from accounts.models import Account
from hhcportal.pages import record
from hhcportal.pages.door import members_only
from hhcportal.pages.frame import frame
from hhcportal.pages.labels import batch_state_word, kind_word, kinds, operation_word
from mailbox import recent
from mailbox.recent import NewestBatch, NewestChange
from sync.findings import words
from sync.findings.facts import AccountFacts, PeerFacts, gather

SHOWN = 15


class ReaderRow(NamedTuple):
    """What waits for one server or device, by kind in words."""

    peer: PeerFacts
    kinds: str


class ChangeRow(NamedTuple):
    """A change by its envelope, in words."""

    change: NewestChange
    direction: str
    kind: str
    operation: str


class BatchRow(NamedTuple):
    """A batch with the name of who sent it."""

    batch: NewestBatch
    sender: str
    state: str


@require_safe
@members_only
def mailbox(request: HttpRequest, *, account: Account) -> HttpResponse:
    """`?id=`, and `kind=` where one id stands for several records: that record's way as well."""
    now = clock.now()
    facts = gather(account, now=now)
    sought = record.sought(request.GET)
    searches = bool(sought.id) and not sought.fault
    context = {
        **frame(request, account, now),
        "facts": facts,
        "readers": _readers(facts),
        "changes": [_change(change) for change in recent.newest_changes(account.pk, limit=SHOWN)],
        "batches": _batches(account, facts),
        "states": _states(account),
        "sought": sought,
        "found": record.find(account, facts, sought, now=now) if searches else None,
    }
    return render(request, "mailbox.html", context)


def _readers(facts: AccountFacts) -> list[ReaderRow]:
    return [ReaderRow(peer, kinds(peer.waiting.by_kind, at_most=20)) for peer in facts.server_first]


def _change(change: NewestChange) -> ChangeRow:
    directions = {"down": _("from the office"), "up": _("from a device")}
    return ChangeRow(
        change, directions[change.direction], kind_word(change.kind), operation_word(change.op)
    )


def _batches(account: Account, facts: AccountFacts) -> list[BatchRow]:
    newest = recent.newest_batches(account.pk, limit=SHOWN)
    return [
        BatchRow(batch, record.name_of(facts, batch.peer_id), batch_state_word(batch.state))
        for batch in newest
    ]


def _states(account: Account) -> str:
    """How many batches are in which state: `1,204 sorted in, 1 could not be stored`."""
    by_state = recent.batches_by_state(account.pk)
    return ", ".join(
        f"{words.number(by_state[state])} {batch_state_word(state)}"
        for state in ("received", "applied", "failed")
        if state in by_state
    )
