"""Telling the mailbox all that there is, so that it deletes what it was not told.

In this order: what waits goes out; a version above all is taken; the source is read and all of it
queued as parts; the mailbox opens the snapshot under that version; the parts go out; the snapshot
is committed. Every step is written down before it is asked for, and one that was not answered is
repeated, so that a run that is killed anywhere goes on, or begins anew, with the next.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from clients.agent import wanted as notes
from clients.agent.push import push, pushing
from clients.agent.source import Reading
from clients.agent.store import Store
from clients.agent.wanted import Wanted
from clients.answers import Limits, SnapshotState
from clients.problems import Problem
from clients.session import Tally
from clients.terminal import say
from clients.trouble import Trouble
from clients.wire import Api

Read = Callable[[Wanted | None, Callable[[], None]], Reading]
_COMMIT_TRIES = 30
_PAUSE = 1.0
_ASKED = 20


@dataclass(frozen=True)
class Bringing:
    """Brings what the source holds to the mailbox: what changed, or all of it as a snapshot.

    `read` reads the source, for a wanted snapshot or without one, and queues what it finds; it
    calls its second argument whenever it has queued more.
    """

    api: Api
    store: Store
    limits: Limits
    tally: Tally
    read: Read

    def run(self) -> list[Trouble]:
        """What went wrong with single kinds. Raises WireError or Trouble for all else."""
        wanted = notes.load(self.store.db)
        if wanted and not wanted.snapshot and not self._is_in_the_way(wanted):
            return self._begin(wanted)
        with pushing(self.api, self.store, self.limits, self.tally) as send:
            troubles = self.read(None, send).troubles
        if wanted and wanted.snapshot and not self._finish(wanted.snapshot):
            return self._begin(wanted)
        return troubles

    def _is_in_the_way(self, wanted: Wanted) -> bool:
        found = self._look(wanted.other) if wanted.other else None
        return found is not None and found.state == "open"

    def _look(self, snapshot: str) -> SnapshotState | None:
        try:
            return self.api.snapshot(snapshot)
        except Problem as problem:
            if problem.status == 404:
                return None
            raise

    def _begin(self, wanted: Wanted) -> list[Trouble]:
        db, outbox = self.store.db, self.store.outbox
        with db.transaction():
            outbox.abandon_parts()
            notes.keep(db, wanted.closed())
        self._push()
        with db.transaction():
            # Below this version lies all that was ever sent, above it all that is read from now on.
            version = self.store.next_version()
            wanted = replace(wanted.closed(), asked=(*wanted.asked, version)[-_ASKED:], other=None)
            notes.keep(db, wanted)
        # Nothing goes out meanwhile: the mailbox takes no version for a snapshot's that lies below
        # one that was sent.
        reading = self.read(wanted, lambda: None)
        wanted = replace(wanted, left=tuple(sorted(reading.left)))
        if reading.whole:
            self._open(wanted, version, sorted(reading.whole))
        else:
            self._keep(wanted)
            self._push()
            self._tell_nothing(wanted)
        return reading.troubles

    def _tell_nothing(self, wanted: Wanted) -> None:
        if wanted.left:
            with self.store.db.transaction():
                notes.keep(self.store.db, replace(wanted, kinds=wanted.left))
        else:
            notes.follow(self.store.db, wanted)

    def _open(self, wanted: Wanted, version: int, kinds: list[str]) -> None:
        try:
            snapshot = self.api.open_snapshot(version=version, kinds=kinds)
        except Problem as problem:
            if problem.code == "snapshot-open":
                self._join(wanted, problem.snapshot, kinds)
            elif problem.status == 404:
                # An older mailbox takes no snapshots: it is sent all the same.
                self._keep(wanted)
                self._push()
                notes.follow(self.store.db, wanted)
            else:
                raise
        else:
            self._keep(replace(wanted, snapshot=snapshot), parts=kinds)
            self._push()
            self._finish(snapshot)

    def _join(self, wanted: Wanted, snapshot: str | None, kinds: list[str]) -> None:
        """Go on with a snapshot that is open already, if it is the one that we had asked for."""
        found = self._look(snapshot) if snapshot else None
        is_ours = found and found.version in wanted.asked and set(found.kinds) <= set(kinds)
        if found and is_ours and found.state == "open":
            left = tuple(sorted({*wanted.left, *kinds}.difference(found.kinds)))
            wanted = replace(wanted, snapshot=snapshot, accepted=found.accepted, left=left)
            self._keep(wanted, parts=found.kinds)
        else:
            say(
                "Another snapshot of this account is open: everything was sent, and what is gone "
                "is told once that one has ended, within 24 hours."
            )
            self._keep(replace(wanted, other=snapshot))
        self._push()
        if wanted.snapshot:
            self._finish(wanted.snapshot)

    def _keep(self, wanted: Wanted, parts: Collection[str] = ()) -> None:
        """Go on with the parts of these kinds; the rest goes out as ordinary changes.

        Of kinds that are wanted once more, what says nothing new was sent so before.
        """
        with self.store.db.transaction():
            self.store.outbox.release_parts(but=parts, again=wanted.kinds is None)
            notes.keep(self.store.db, wanted)

    def _finish(self, snapshot: str) -> bool:
        """Send the parts and commit. False where the snapshot has ended without that."""
        try:
            self._push(snapshot)
            self._commit(snapshot)
        except Problem as problem:
            if problem.status != 404 and problem.code != "snapshot-closed":
                raise
            return False
        return True

    def _commit(self, snapshot: str) -> None:
        for _ in range(_COMMIT_TRIES):
            wanted = notes.load(self.store.db) or Wanted()
            try:
                self.api.commit_snapshot(snapshot, changes=wanted.accepted)
            except Problem as problem:
                if problem.code != "snapshot-incomplete":
                    raise
                time.sleep(problem.retry_after or _PAUSE)
            else:
                notes.follow(self.store.db, wanted)
                return
        say("The mailbox is still sorting in what was sent again: the next run goes on from there.")

    def _push(self, snapshot: str | None = None) -> None:
        push(self.api, self.store, self.limits, self.tally, snapshot=snapshot)
