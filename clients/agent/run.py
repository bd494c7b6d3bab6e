"""Running the agent for one account, once or for ever."""

from __future__ import annotations

import argparse
import sqlite3
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from clients import __version__, command_line, pairing, schedule
from clients.agent import standing
from clients.agent.connectors import choice
from clients.agent.connectors.base import Connector
from clients.agent.journal import Journal
from clients.agent.store import Store
from clients.agent.sync import DEFAULT_INTERVAL, Report, sync
from clients.clocks import shown
from clients.database import sole_user
from clients.listening import Ear
from clients.schedule import Rest
from clients.terminal import counted, say, say_json, warn
from clients.ticks import Gap, Ticks
from clients.trouble import Trouble, of_folder

MODULE = "clients.agent"


def run(options: argparse.Namespace, stop: threading.Event) -> None:
    """Sync once, or again and again until `stop` is set. Raises what a command may raise."""
    paired = command_line.load(options, MODULE)
    with (
        sole_user(options.data_dir),
        closing(Store(options.data_dir, paired.account_number)) as store,
        closing(choice.connector(options, store)) as connector,
    ):
        journal = Journal(options.data_dir)
        runner = _Runner(options, paired, store, connector, journal)
        connected = choice.kept(store)["connector"]
        journal.note("started", version=__version__, connector=connected, every=options.every)
        try:
            runner.once() if options.once else runner.endlessly(stop)
        except Trouble:
            raise
        except Exception as error:
            journal.crashed(error)
            raise
        finally:
            journal.note("ended")
            standing.plan(store.db, None)


@dataclass
class _Runner:
    """One account's syncs, and what is told of them.

    `failing`: the code of the failures that have not ended yet, and since when they last. It is
    known here too, for a full disk takes no note. `gaps`: the sleep that was told already.
    """

    options: argparse.Namespace
    paired: pairing.Pairing
    store: Store
    connector: Connector
    journal: Journal
    failing: tuple[str, str] | None = None
    gaps: list[Gap] = field(default_factory=list)

    def once(self) -> None:
        try:
            report = self._sync("manual", None)
        except Trouble as trouble:
            self._note_failure(trouble)
            raise
        self._tell(report)

    def endlessly(self, stop: threading.Event) -> None:
        ticks = Ticks(self.options.data_dir)
        ear = Ear(lambda: self.paired.connect(self.options.data_dir))
        with ticks.running():
            schedule.repeat(
                lambda reason: self._again(reason, ticks),
                every=self.options.every,
                default=DEFAULT_INTERVAL,
                stop=stop,
                rest=self._planned(ear.rest),
                tell=self._tell_failure,
            )

    def _planned(self, rest: Rest) -> Rest:
        def resting(seconds: float, stop: threading.Event) -> str:
            standing.plan(self.store.db, _in(seconds))
            return rest(seconds, stop)

        return resting

    def _again(self, reason: str, ticks: Ticks) -> float:
        self._tell_sleep(ticks)
        standing.plan(self.store.db, None)
        try:
            report = self._sync(reason, ticks)
        except Trouble as trouble:
            if trouble.is_final:
                self._note_failure(trouble)
            raise
        except (sqlite3.Error, OSError) as error:
            raise of_folder(error) from error
        # Meant for what vanished before this start, not for what may vanish next week.
        self.options.allow_mass_delete = False
        self._tell(report)
        return report.interval

    def _sync(self, reason: str, ticks: Ticks | None) -> Report:
        began = time.monotonic()
        report = sync(
            self.options.data_dir,
            self.paired,
            self.store,
            self.connector,
            reason=reason,
            every=None if self.options.once else self.options.every,
            allow_mass_delete=self.options.allow_mass_delete,
            ticks=ticks,
        )
        self.journal.note(
            "synced",
            reason=reason,
            sent=report.sent,
            received=report.received,
            **report.edits,
            refused_rows=len(report.refused_rows),
            seconds=time.monotonic() - began,
        )
        return report

    def _tell(self, report: Report) -> None:
        if self.failing:
            code, since = self.failing
            self.failing = None
            self.journal.note("recovered", code=code, since=since)
            warn(f"It works again; it did not since {_clock(since)}.")
        if getattr(self.options, "json", False):
            say_json(
                {
                    "sent": report.sent,
                    "received": report.received,
                    "edits": report.edits,
                    "refused_rows": report.refused_rows,
                }
            )
            return
        sent, taken = counted(report.sent, "change"), counted(report.received, "edit")
        say(f"Synced: {sent} sent, {taken} taken from phones.")

    def _tell_failure(self, trouble: Trouble, pause: float) -> None:
        """Say what fails, since when, and when it is tried again."""
        is_known = self.failing is not None and self.failing[0] == trouble.code
        since = self._note_failure(trouble)
        lasting = f" It has been so since {_clock(since)}." if is_known else ""
        next_try = _in(pause)
        standing.plan(self.store.db, next_try)
        warn(f"{trouble.sentence}{lasting} The next try is at {_clock(standing.text(next_try))}.")

    def _note_failure(self, trouble: Trouble) -> str:
        """Since when it fails with this code."""
        if self.failing is None or self.failing[0] != trouble.code:
            kept = standing.failing_since(self.store.db, trouble.code)
            self.failing = trouble.code, kept or standing.text(datetime.now(UTC))
        self.journal.note("failed", code=trouble.code, since=self.failing[1])
        return self.failing[1]

    def _tell_sleep(self, ticks: Ticks) -> None:
        gaps = ticks.slept()
        for gap in gaps:
            if gap not in self.gaps:
                slept = gap.as_sent()
                self.journal.note("slept", since=slept["from"], until=slept["until"])
                warn(
                    "This machine slept, or the program stood still, from "
                    f"{_clock(slept['from'])} to {_clock(slept['until'])}: nothing is lost by it."
                )
        self.gaps = gaps


def _in(seconds: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


def _clock(moment: str) -> str:
    return shown(datetime.fromisoformat(moment))
