"""Bringing what waits in the outbox to the mailbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from clients import parcels
from clients.agent import wanted
from clients.agent.store import Store
from clients.answers import Limits, Receipt, Refusal
from clients.parcels import Parcel
from clients.problems import WireError
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
            _delivered(store, tally, parcel, receipt)
            bar.advance(len(parcel.items))


@contextmanager
def pushing(api: Api, store: Store, limits: Limits, tally: Tally) -> Iterator[Callable[[], None]]:
    """Send while the body reads: it calls what it is given between two of its transactions.

    Full batches go out meanwhile, and all that waits once the body has ended well. Snapshots'
    parts stay. What fails on the way is left to the end, so that a mailbox that is away keeps
    nobody from reading.
    """
    with ThreadPoolExecutor(1) as pool:
        way = _Way(api, store, limits, tally, pool)
        try:
            yield way.go_on
        finally:
            way.arrive()
    push(api, store, limits, tally)


class _Way:
    """One batch at a time on its way to the mailbox; only the caller's thread uses the store."""

    def __init__(
        self, api: Api, store: Store, limits: Limits, tally: Tally, pool: ThreadPoolExecutor
    ) -> None:
        self._api = api
        self._store = store
        self._limits = limits
        self._tally = tally
        self._pool = pool
        self._under_way: tuple[Parcel, Future[Receipt]] | None = None
        self._is_open = True

    def go_on(self) -> None:
        """Note the answer that has come, and send the next batch where there is a full one."""
        if self._under_way and not self._under_way[1].done():
            return
        self.arrive()
        if self._is_open and (parcel := self._next()):
            sent = self._pool.submit(self._api.push, key=parcel.key, body=parcel.body)
            self._under_way = parcel, sent

    def arrive(self) -> None:
        """Wait for the answer to what is on its way."""
        if self._under_way is None:
            return
        parcel, sent = self._under_way
        self._under_way = None
        try:
            receipt = sent.result()
        except WireError:
            self._is_open = False
        else:
            _delivered(self._store, self._tally, parcel, receipt)

    def _next(self) -> Parcel | None:
        outbox = self._store.outbox
        unsent = parcels.next_unsent(self._store.db)
        if unsent is None and outbox.fills_a_batch(self._limits):
            return outbox.cut(self._limits)
        return unsent


def _delivered(store: Store, tally: Tally, parcel: Parcel, receipt: Receipt) -> None:
    """Note the mailbox's answer, and tell what it refused."""
    for refusal in _settled(store, parcel, receipt):
        warn(f"Refused by the mailbox ({refusal.code}): {refusal.detail}")
    tally.sent += receipt.accepted


def _settled(store: Store, parcel: Parcel, receipt: Receipt) -> list[Refusal]:
    """One transaction: a part that left the outbox is counted, and none is counted twice."""
    with store.db.transaction():
        if parcel.snapshot:
            wanted.count(store.db, receipt.accepted)
        return store.outbox.delivered(parcel, receipt)
