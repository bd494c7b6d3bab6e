"""One sync of the device: edits out, the mailbox's changes in, outcomes learned."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from clients import pairing as bond
from clients import parcels, rawjson
from clients.answers import BatchState, Limits, Mailbox, Page
from clients.device.edits import Edit
from clients.device.store import Store
from clients.pairing import Pairing
from clients.problems import Problem, WireError
from clients.session import Reader, Tally, session
from clients.terminal import Progress, progress
from clients.ticks import Ticks
from clients.trouble import Exit, Trouble, explain
from clients.wire import Api

DEFAULT_INTERVAL = 900.0


@dataclass
class Report:
    """What one sync did. `interval` is when the account wants the next, in seconds."""

    sent: int = 0
    received: int = 0
    ended: list[Edit] = field(default_factory=list)
    office_state: str | None = None
    office_last_sync: str | None = None
    interval: float = DEFAULT_INTERVAL


def sync(
    data_dir: Path,
    pairing: Pairing,
    store: Store,
    *,
    reason: str,
    every: float | None = None,
    ticks: Ticks | None = None,
    stored: Callable[[Page], None] | None = None,
) -> Report:
    """Run one session; `stored` is told of each page that is kept.

    Raises Trouble; where the office asked for it, after erasing everything.
    """
    report, tally = Report(), Tally()
    api = pairing.connect(data_dir)
    try:
        # Pairing made the store this peer's. One that is not has lost what it acknowledged.
        lost = not store.is_of(pairing.peer)
        with session(
            api,
            reason=reason,
            next_contact_in=every,
            pending=store.edits.unsent,
            tally=tally,
            ticks=ticks,
        ) as mailbox:
            _read_mailbox(report, mailbox)
            if mailbox.resync or lost:
                api.resync()
                store.start_over()
            # Not before the resync: a run that ends earlier must leave the loss to be seen.
            store.adopt(pairing.peer)
            _push(api, store, pairing.limits, tally)
            for page in _pull(api, store, pairing.limits, tally, report, mailbox.waiting):
                if stored:
                    stored(page)
            # An edit that waited for an earlier one's outcome can go now.
            _push(api, store, pairing.limits, tally)
    except Trouble as trouble:
        if trouble.code == "peer-erased":
            raise _erase(api, data_dir, store) from trouble
        raise
    finally:
        api.close()
    report.sent, report.received = tally.sent, tally.received
    _note_run(store)
    return report


def _push(api: Api, store: Store, limits: Limits, tally: Tally) -> None:
    with progress("Sending", store.edits.unsent()) as bar:
        while parcel := parcels.next_unsent(store.db) or store.edits.cut(limits):
            receipt = parcels.deliver(store.db, api, parcel)
            if receipt is None:
                continue
            store.edits.delivered(parcel, receipt)
            tally.sent += receipt.accepted
            bar.advance(len(parcel.items))


def _pull(
    api: Api, store: Store, limits: Limits, tally: Tally, report: Report, waiting: int
) -> Iterator[Page]:
    reader = Reader(api, limit=limits.page_changes, start_over=store.start_over)
    with progress("Receiving", waiting) as bar:
        while True:
            page = reader.page(store.place())
            report.ended += _keep(api, store, page)
            if not reader.acknowledge(page.cursor):
                continue
            _count(tally, bar, page)
            yield page
            if page.complete:
                return


def _keep(api: Api, store: Store, page: Page) -> list[Edit]:
    """Store a page with the outcomes that were read after it was fetched.

    Only so an edit's outcome, and with it a record's new id, is known before the page shows the
    record: asked earlier, both could appear side by side.
    """
    outcomes = {batch: _ask(api, batch) for batch in store.edits.open_batches()}
    ended: list[Edit] = []
    # One transaction: what is acknowledged after it is kept, whatever happens.
    with store.db.transaction():
        for batch, answer in outcomes.items():
            ended += store.edits.learn(batch, answer)
        store.keep(page, store.place())
    return ended


def _ask(api: Api, batch: str) -> BatchState | None:
    try:
        return api.batch(batch)
    except Problem as problem:
        if problem.status == 404:
            return None
        raise


def _erase(api: Api, data_dir: Path, store: Store) -> Trouble:
    """Delete everything, then say so: only then does the mailbox call it erased."""
    try:
        commands = [c for c in api.mailbox().commands if c.do == "erase"]
        store.db.delete_files()
        for path in data_dir.glob("device-*.sqlite3*"):
            path.unlink(missing_ok=True)
        for command in commands:
            api.command_done(command.id)
    except WireError as error:
        return explain(error)
    except OSError as error:
        return Trouble(f"The data could not be erased ({error}): it is tried again at each sync.")
    bond.forget(data_dir)
    return Trouble(
        "The office had this device erased: nothing is kept here any more. "
        "To use it again, pair it with a new code.",
        code="peer-erased",
        exit_code=Exit.OK,
    )


def _read_mailbox(report: Report, mailbox: Mailbox) -> None:
    report.interval = mailbox.poll_after or DEFAULT_INTERVAL
    report.office_state = mailbox.office_state
    report.office_last_sync = mailbox.office_last_sync


def _count(tally: Tally, bar: Progress, page: Page) -> None:
    tally.received += len(page.changes)
    bar.advance(len(page.changes))


def _note_run(store: Store) -> None:
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    with store.db.transaction():
        store.db.set_note("last_sync", rawjson.dump(now))
