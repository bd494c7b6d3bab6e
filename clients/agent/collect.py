"""Taking the phones' edits to the CRM, and telling what became of them."""

from __future__ import annotations

from clients.agent.connectors.base import NO_CONTENT, Applied, Connector, Edit, KindMissing
from clients.agent.push import push
from clients.agent.store import Store
from clients.answers import Change, Limits
from clients.session import Reader, Tally
from clients.terminal import say
from clients.wire import Api


def collect(
    api: Api, store: Store, connector: Connector, limits: Limits, tally: Tally
) -> dict[str, int]:
    """Take everything that waits; the numbers of edits by outcome.

    The order is the contract's: (1) apply in the CRM and write the outcome down, (2) acknowledge
    with the outcomes, (3) push the present states. A crash after (1) finds the outcome again and
    applies nothing twice; after (2) the outbox still holds (3).
    """
    totals: dict[str, int] = {}
    reader = Reader(api, limit=limits.page_changes, start_over=lambda: None)
    after: str | None = None
    while True:
        page = reader.page(after)
        outcomes = [take(store, connector, change, totals) for change in page.changes]
        if page.changes and not reader.acknowledge(page.cursor, outcomes):
            after = None
            continue
        tally.received += len(page.changes)
        push(api, store, limits, tally)
        if page.complete:
            return totals
        after = page.cursor


def take(
    store: Store, connector: Connector, change: Change, totals: dict[str, int]
) -> dict[str, object]:
    """Apply one edit and write its outcome down: the outcome, to be acknowledged."""
    known = store.taken(change)
    if known:
        return known
    applied = _apply(store, connector, change)
    with store.db.transaction():
        outcome = store.take(change, applied)
    totals[applied.state] = totals.get(applied.state, 0) + 1
    if applied.state != "applied":
        say(f"{change.kind} {change.id}: a phone's edit ended as {applied.state}. {applied.detail}")
    return outcome


def _apply(store: Store, connector: Connector, change: Change) -> Applied:
    edit = Edit(
        kind=change.kind,
        id=change.id,
        op="delete" if change.op == "delete" else "put",
        data=change.data,
        base=_base(store, change),
        token=f"{change.batch}:{change.index}",
        seen=_seen(store, change),
        sent=store.bases.present(change.kind, change.id),
        device=change.device,
    )
    try:
        return connector.apply(edit)
    except KindMissing:
        if change.kind in store.kinds():
            # A file that is away for a moment is no reason to refuse, still less to delete.
            raise
        return Applied("rejected", change.id, None, f"The office keeps no {change.kind}.")


def _seen(store: Store, change: Change) -> str | None:
    if change.base_version is None:
        return None
    return store.bases.find(change.kind, change.id, change.base_version)


def _base(store: Store, change: Change) -> str | None:
    if change.base_version is None:
        return None
    seen = store.seen(change.kind, change.id)
    if seen is None or seen.version != change.base_version:
        return NO_CONTENT
    return seen.hash
