"""Reading the office's records, and finding out what is new, changed and gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from clients.agent.connectors.base import Connector, Record
from clients.agent.store import Store
from clients.trouble import Trouble

_CHUNK = 500


def read_source(
    store: Store,
    connector: Connector,
    *,
    since: str | None,
    resend: bool,
    allow_mass_delete: bool,
) -> list[Trouble]:
    """Queue what differs from what was last sent; `resend` queues the rest too, unchanged.

    Returns what went wrong with single kinds; the others are read all the same.
    """
    # Counted first: a file that lost old rows and won new ones has lost them all the same.
    known = {kind: store.ids(kind) for kind in store.kinds()}
    for chunk in _chunks(connector.changes(since)):
        with store.db.transaction():
            for record in chunk:
                store.note_record(record, resend=resend)
    troubles = connector.faults()
    for kind, ids in known.items():
        try:
            gone = _gone(connector, kind, ids, allow_mass_delete=allow_mass_delete)
        except Trouble as trouble:
            if trouble not in troubles:
                troubles.append(trouble)
            continue
        with store.db.transaction():
            for id in sorted(gone):
                store.queue_delete(kind, id)
    if not troubles:
        with store.db.transaction():
            store.db.set_note("checkpoint", connector.checkpoint())
    return troubles


def _gone(connector: Connector, kind: str, known: set[str], *, allow_mass_delete: bool) -> set[str]:
    gone = known - connector.live_ids(kind)
    if not gone:
        return gone
    if 2 * len(gone) >= len(known) and not allow_mass_delete:
        raise Trouble(
            f"{len(gone)} of {len(known)} records of the kind {kind} vanished at once; none was "
            "deleted: bring them back, or run once with --allow-mass-delete if it is meant.",
            code="mass-delete-held",
        )
    return connector.confirm_gone(kind, gone)


def _chunks(records: Iterable[Record]) -> Iterator[list[Record]]:
    left = iter(records)
    while chunk := list(islice(left, _CHUNK)):
        yield chunk
