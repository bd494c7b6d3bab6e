"""Bringing what waits in the outbox to the mailbox."""

from __future__ import annotations

from clients import parcels
from clients.agent import wanted
from clients.agent.store import Store
from clients.answers import Limits, Receipt, Refusal
from clients.parcels import Parcel
from clients.session import Tally
from clients.terminal import progress, warn
from clients.wire import Api


def push(
    api: Api, store: Store, limits: Limits, tally: Tally, *, snapshot: str | None = None
) -> None:
    """Send until nothing waits: the parts of the snapshot, or all that is none.

    Parcels of an earlier, interrupted run go first, as they were.
    """
    waiting = store.outbox.waiting(parts=snapshot is not None)
    if not waiting:
        return
    with progress("Sending", waiting) as bar:
        while parcel := parcels.next_unsent(store.db, snapshot) or store.outbox.cut(
            limits, snapshot
        ):
            receipt = parcels.deliver(store.db, api, parcel)
            if receipt is None:
                continue
            refused = _delivered(store, parcel, receipt)
            tally.sent += receipt.accepted
            bar.advance(len(parcel.items))
            for refusal in refused:
                warn(f"Refused by the mailbox ({refusal.code}): {refusal.detail}")


def _delivered(store: Store, parcel: Parcel, receipt: Receipt) -> list[Refusal]:
    """One transaction: a part that left the outbox is counted, and none is counted twice."""
    with store.db.transaction():
        if parcel.snapshot:
            wanted.count(store.db, receipt.accepted)
        return store.outbox.delivered(parcel, receipt)
