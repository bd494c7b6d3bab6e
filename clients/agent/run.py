"""Running the agent for one account, once or for ever."""

from __future__ import annotations

import argparse
import threading
from contextlib import closing

from clients import command_line, pairing, schedule
from clients.agent.connectors import choice
from clients.agent.connectors.base import Connector
from clients.agent.store import Store
from clients.agent.sync import DEFAULT_INTERVAL, Report, sync
from clients.database import sole_user
from clients.listening import Ear
from clients.terminal import counted, say, say_json
from clients.ticks import Ticks

MODULE = "clients.agent"


def run(options: argparse.Namespace, stop: threading.Event) -> None:
    """Sync once, or again and again until `stop` is set. Raises what a command may raise."""
    paired = command_line.load(options, MODULE)
    with (
        sole_user(options.data_dir),
        closing(Store(options.data_dir, paired.account_number)) as store,
        closing(choice.connector(options, store)) as connector,
    ):
        _run(options, paired, store, connector, stop)


def _run(
    options: argparse.Namespace,
    paired: pairing.Pairing,
    store: Store,
    connector: Connector,
    stop: threading.Event,
) -> None:
    if options.once:
        _tell(_sync(options, paired, store, connector, "manual"), options)
        return
    ticks = Ticks(options.data_dir)
    ear = Ear(lambda: paired.connect(options.data_dir))
    with ticks.running():
        schedule.repeat(
            lambda reason: _again(options, paired, store, connector, reason, ticks),
            every=options.every,
            default=DEFAULT_INTERVAL,
            stop=stop,
            rest=ear.rest,
        )


def _again(
    options: argparse.Namespace,
    paired: pairing.Pairing,
    store: Store,
    connector: Connector,
    reason: str,
    ticks: Ticks,
) -> float:
    report = _sync(options, paired, store, connector, reason, ticks)
    # Meant for what vanished before this start, not for what may vanish next week.
    options.allow_mass_delete = False
    _tell(report, options)
    return report.interval


def _sync(
    options: argparse.Namespace,
    paired: pairing.Pairing,
    store: Store,
    connector: Connector,
    reason: str,
    ticks: Ticks | None = None,
) -> Report:
    return sync(
        options.data_dir,
        paired,
        store,
        connector,
        reason=reason,
        every=None if options.once else options.every,
        allow_mass_delete=options.allow_mass_delete,
        ticks=ticks,
    )


def _tell(report: Report, options: argparse.Namespace) -> None:
    if getattr(options, "json", False):
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
