"""Reading the office's records, and finding out what is new, changed and gone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from clients.agent.connectors.base import Chunk, Connector, Listing
from clients.agent.store import Store
from clients.agent.wanted import Wanted
from clients.trouble import Trouble
from clients.wire import RECORD_ID


@dataclass
class Reading:
    """What a reading of the source came to.

    `troubles`: what went wrong with single kinds; the others are read all the same. `whole`: the
    kinds of a snapshot that are told in full; `left`: those that could not be told now.
    """

    troubles: list[Trouble] = field(default_factory=list)
    whole: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)


def read_source(
    store: Store,
    connector: Connector,
    *,
    since: str | None,
    allow_mass_delete: bool,
    wanted: Wanted | None = None,
    queued: Callable[[], None] = lambda: None,
) -> Reading:
    """Queue what differs from what was last sent, and for a wanted snapshot the rest too.

    `queued` is called whenever more was queued, outside of any transaction.
    """
    listing = connector.listing()
    # Counted first: a file that lost old rows and won new ones has lost them all the same.
    known = {kind: store.ids(kind) for kind in store.kinds()} if listing else {}
    ever = store.kinds_ever()
    for chunk in connector.changes(
        None if wanted else since, whole=wanted is not None, allow_mass_delete=allow_mass_delete
    ):
        with store.db.transaction():
            _queue(store, chunk, wanted)
        queued()
    reading = Reading(connector.faults())
    if listing:
        kinds = set(known) | (ever | connector.kinds() if wanted else set())
        for kind in sorted(kinds):
            ids = known.get(kind, set())
            look = _Look(store, listing, kind, ids, allow_mass_delete)
            _compare(look, reading, wanted, is_known=kind in ever)
    elif wanted:
        _close(store, connector, reading, wanted)
    if not reading.troubles:
        with store.db.transaction():
            store.db.set_note("checkpoint", connector.checkpoint())
    return reading


def _queue(store: Store, chunk: Chunk, wanted: Wanted | None) -> None:
    if wanted is None:
        store.note_chunk(chunk)
        return
    parts = [record for record in chunk.records if wanted.is_of(record.kind)]
    for record in parts:
        store.note_part(record)
    for kind, id in chunk.unreadable:
        if wanted.is_of(kind):
            store.name_part(kind, id)
    others = [record for record in chunk.records if not wanted.is_of(record.kind)]
    store.note_chunk(replace(chunk, records=others))


def _close(store: Store, connector: Connector, reading: Reading, wanted: Wanted) -> None:
    """A source that tells itself what is gone was told whole, but for what it could not read."""
    reading.left = {kind for kind in connector.unread() if wanted.is_of(kind)}
    kinds = store.kinds_ever() | connector.kinds()
    reading.whole = {kind for kind in kinds if wanted.is_of(kind)} - reading.left
    with store.db.transaction():
        for kind in sorted(reading.whole):
            store.drop_unnamed(kind)


def _compare(look: _Look, reading: Reading, wanted: Wanted | None, *, is_known: bool) -> None:
    try:
        if not (wanted and wanted.is_of(look.kind)):
            look.queue_gone()
        elif is_known or look.says_something():
            (reading.whole if look.complete() else reading.left).add(look.kind)
    except Trouble as trouble:
        reading.left.add(look.kind)
        if trouble not in reading.troubles:
            reading.troubles.append(trouble)


@dataclass(frozen=True)
class _Look:
    """What became of the `known` records of one kind, once the source was read."""

    store: Store
    listing: Listing
    kind: str
    known: set[str]
    allow_mass_delete: bool

    def says_something(self) -> bool:
        """An empty file of a kind that was never known may as well be a mistake."""
        return self.allow_mass_delete or bool(self.listing.live_ids(self.kind))

    def queue_gone(self) -> None:
        gone = self._missing()
        if gone:
            self._queue(self.listing.confirm_gone(self.kind, gone))

    def complete(self) -> bool:
        """Queue what is gone, and name what the parts do not: then they tell the kind in full.

        There is a second look in any case: from a file half written, a snapshot would take the
        rest for gone, even of records that are not known here. False: look again later.
        """
        gone = self._missing()
        confirmed = self.listing.confirm_gone(self.kind, gone)
        self._queue(confirmed)
        unnamed = self.listing.live_ids(self.kind) - self.store.outbox.part_ids(self.kind)
        with self.store.db.transaction():
            for id in sorted(filter(RECORD_ID.fullmatch, unnamed)):
                self.store.name_part(self.kind, id)
        return confirmed == gone

    def _missing(self) -> set[str]:
        gone = self.known - self.listing.live_ids(self.kind)
        if gone and 2 * len(gone) >= len(self.known) and not self.allow_mass_delete:
            raise Trouble(
                f"{len(gone)} of {len(self.known)} records of the kind {self.kind} vanished at "
                "once; none was deleted: bring them back, or run once with --allow-mass-delete if "
                "it is meant.",
                code="mass-delete-held",
            )
        return gone

    def _queue(self, gone: set[str]) -> None:
        with self.store.db.transaction():
            for id in sorted(gone):
                self.store.queue_delete(self.kind, id)
