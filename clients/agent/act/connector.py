"""An Act! database as the office's records, over its Web API."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from clients.agent.act import applying, finding, settling
from clients.agent.act.judging import Judging
from clients.agent.act.line import Line
from clients.agent.act.opening import Door, Opened, open_up
from clients.agent.act.records import KINDS
from clients.agent.act.rules import Policy
from clients.agent.act.running import Run, Sweep, Told, is_due
from clients.agent.act.settings import Settings
from clients.agent.act.state import State
from clients.agent.act.work import Work
from clients.agent.connectors.base import Applied, Chunk, Edit, Found, Listing
from clients.database import Database
from clients.trouble import Exit, Trouble


def _utc() -> datetime:
    return datetime.now(UTC)


class Act:
    """`clock` tells the time with an offset."""

    def __init__(
        self,
        settings: Settings,
        db: Database,
        data_dir: Path,
        *,
        clock: Callable[[], datetime] = _utc,
    ) -> None:
        self._settings = settings
        self._state = State(db)
        self._door = Door(settings, data_dir)
        self._clock = clock
        self._opened: Opened | None = None
        self._worked = False
        self._told = Told()

    def close(self) -> None:
        self._door.close()

    def health(self) -> None:
        # Labels, groups and rules may have changed since the last sync.
        self._opened = None
        try:
            with self._door.watched() as line:
                self._open(line)
        except Trouble as trouble:
            if self._worked and trouble.exit_code is Exit.USAGE:
                # At the start it is refused; an agent that runs waits until it is mended.
                raise Trouble(trouble.sentence, code=trouble.code) from trouble
            raise
        self._worked = True

    def changes(
        self, since: str | None, *, whole: bool = False, allow_mass_delete: bool = False
    ) -> Iterator[Chunk]:
        """By cursors of its own, whatever `since` says: they moved with what was queued."""
        self._told = Told()
        with self._door.watched() as line:
            run = Run(
                line,
                self._state,
                self._open(line),
                self._told,
                now=self._clock(),
                whole=whole,
                allow_mass_delete=allow_mass_delete,
            )
            yield from settling.chunks(
                self._work(line, self._open(line), "phone"), self._told.refusals
            )
            yield from run.chunks()
            if run.looked_at_all:
                # Such as what another connector had sent before this one.
                yield Chunk(gone=self._state.strays(KINDS))

    def checkpoint(self) -> str:
        return f"act-{self._state.run()}"

    def kinds(self) -> set[str]:
        return set(KINDS)

    def unread(self) -> set[str]:
        return self._told.unread

    def listing(self) -> Listing | None:
        return None

    def pending(self) -> int:
        return self._state.failures.count() + self._state.conflicts.count()

    def refusals(self) -> list[str]:
        return list(self._told.refusals)

    def faults(self) -> list[Trouble]:
        return self._told.faults

    def takes_edits(self) -> bool:
        return self._state.note("suspect") is not None

    def apply(self, edit: Edit) -> Applied:
        with self._door.watched() as line:
            opened = self._open(line)
            return applying.apply(self._work(line, opened, opened.rules.conflicts), edit)

    def find(self, wanted: str) -> list[Found]:
        with self._door.watched() as line:
            opened = self._open(line)
            return finding.find(line, self._state, self._judging(opened), opened.can, wanted)

    def _work(self, line: Line, opened: Opened, policy: Policy) -> Work:
        return Work(line, self._state, opened, self._judging(opened), policy)

    def _judging(self, opened: Opened) -> Judging:
        return Judging(self._state, opened.rules, now=self._clock(), groups=opened.groups)

    def _open(self, line: Line) -> Opened:
        if self._opened is None:
            now = self._clock()
            begins = is_due(self._state, now) and not Sweep.killed(self._state, now)
            self._opened = open_up(line, self._settings, self._state, sweeping=begins)
        return self._opened
