"""Bringing what waits in the outbox to the mailbox."""

from __future__ import annotations

from clients import parcels
from clients.agent.store import Store
from clients.answers import Limits
from clients.session import Tally
from clients.terminal import progress, warn
from clients.wire import Api


def push(api: Api, store: Store, limits: Limits, tally: Tally) -> None:
    """Send until nothing waits. Parcels of an earlier, interrupted run go first, as they were."""
    waiting = store.unsent()
    if not waiting:
        return
    with progress("Sending", waiting) as bar:
        while parcel := parcels.next_unsent(store.db) or store.cut(limits):
            receipt = parcels.deliver(store.db, api, parcel)
            if receipt is None:
                continue
            store.delivered(parcel, receipt)
            tally.sent += receipt.accepted
            bar.advance(len(parcel.items))
            for refusal in receipt.rejected:
                warn(f"Refused by the mailbox ({refusal.code}): {refusal.detail}")
