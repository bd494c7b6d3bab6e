"""One sync of the agent: edits in, changes out, everything told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from clients.agent import standing, wanted
from clients.agent.collect import collect
from clients.agent.connectors.base import Connector
from clients.agent.snapshot import Bringing
from clients.agent.source import Reading, read_source
from clients.agent.store import Store
from clients.agent.wanted import Wanted
from clients.answers import Limits, Mailbox
from clients.pairing import Pairing
from clients.problems import Problem
from clients.session import Tally, session
from clients.terminal import warn
from clients.ticks import Ticks
from clients.trouble import Trouble
from clients.wire import Api

DEFAULT_INTERVAL = 1800.0


@dataclass
class Report:
    """What one sync did. `interval` is when the account wants the next, in seconds."""

    sent: int = 0
    received: int = 0
    edits: dict[str, int] = field(default_factory=dict)
    refused_rows: list[str] = field(default_factory=list)
    interval: float = DEFAULT_INTERVAL

    def counts(self) -> dict[str, object]:
        """What is remembered of it."""
        return {
            "sent": self.sent,
            "received": self.received,
            "edits": self.edits,
            "refused_rows": self.refused_rows,
        }


def sync(
    data_dir: Path,
    pairing: Pairing,
    store: Store,
    connector: Connector,
    *,
    reason: str,
    every: float | None = None,
    allow_mass_delete: bool = False,
    ticks: Ticks | None = None,
) -> Report:
    """Run one session. Raises Trouble, after everything that could be done was done."""
    report, tally = Report(), Tally()
    api = pairing.connect(data_dir)
    work = _Work(api, pairing.limits, store, connector, tally, report, allow_mass_delete)
    failure: Trouble | None = None
    try:
        with session(
            api,
            reason=reason,
            next_contact_in=every,
            pending=lambda: store.outbox.unsent() + connector.pending(),
            tally=tally,
            ticks=ticks,
        ) as mailbox:
            report.interval = mailbox.poll_after or DEFAULT_INTERVAL
            work.run(mailbox)
    except Trouble as trouble:
        failure = trouble
        raise
    finally:
        api.close()
        report.sent, report.received = tally.sent, tally.received
        standing.note(store.db, report.counts(), failure)
    return report


@dataclass
class _Work:
    """What happens between the start and the finish of a session."""

    api: Api
    limits: Limits
    store: Store
    connector: Connector
    tally: Tally
    report: Report
    allow_mass_delete: bool

    def run(self, mailbox: Mailbox) -> None:
        # Before the resync, which clears the mark: a crash in between must not forget it.
        wanted.note(self.store, mailbox)
        if mailbox.resync:
            self.api.resync()
        try:
            self.connector.health()
            # First: after a crash the outbox may hold the states of records whose edits have an
            # outcome that was not acknowledged yet, and a phone must learn that one before.
            taken = self._collect()
        except Problem as problem:
            if problem.code == "account-inactive":
                # Nothing travels, but the portal learns how much lies in the office.
                self._read(mailbox, None, lambda: None)
            raise
        troubles = self._bring(mailbox)
        if not taken:
            self._collect()
        for command in wanted.followed(self.store.db, mailbox):
            self.api.command_done(command)
        _tell(troubles)

    def _collect(self) -> bool:
        """Take the phones' edits. False where the source has to be read before."""
        with self.store.db.transaction():
            self.store.bases.forget(datetime.now(UTC))
        if not self.connector.takes_edits():
            return False
        self.report.edits = collect(self.api, self.store, self.connector, self.limits, self.tally)
        return True

    def _bring(self, mailbox: Mailbox) -> list[Trouble]:
        read = partial(self._read, mailbox)
        return Bringing(self.api, self.store, self.limits, self.tally, read).run()

    def _read(
        self, mailbox: Mailbox, snapshot: Wanted | None, queued: Callable[[], None]
    ) -> Reading:
        # The mailbox's checkpoint outranks ours, but knows nothing of what still lies here.
        unsent = self.store.outbox.unsent()
        since = self.store.db.note("checkpoint") if unsent else mailbox.checkpoint
        reading = read_source(
            self.store,
            self.connector,
            since=since,
            allow_mass_delete=self.allow_mass_delete,
            wanted=snapshot,
            queued=queued,
        )
        self.report.refused_rows = self.connector.refusals()
        for line in self.report.refused_rows:
            warn(line)
        return reading


def _tell(troubles: list[Trouble]) -> None:
    for trouble in troubles[1:]:
        warn(trouble.sentence)
    if troubles:
        raise troubles[0]
