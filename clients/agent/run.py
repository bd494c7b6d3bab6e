"""Running the agent for one account, once or for ever."""

from __future__ import annotations

import argparse
import json
import threading
from pathlib import Path
from typing import Any

from clients import command_line, pairing, rawjson, schedule
from clients.agent.connectors.base import Connector
from clients.agent.connectors.csv_folder import CsvFolder
from clients.agent.store import Store
from clients.agent.sync import DEFAULT_INTERVAL, Report, sync
from clients.database import sole_user
from clients.listening import Ear
from clients.terminal import say, say_json
from clients.ticks import Ticks
from clients.trouble import Exit, Trouble

MODULE = "clients.agent"


def run(options: argparse.Namespace, stop: threading.Event) -> None:
    """Sync once, or again and again until `stop` is set. Raises what a command may raise."""
    paired = command_line.load(options, MODULE)
    with sole_user(options.data_dir):
        store = Store(options.data_dir, paired.account_number)
        try:
            connector = _connector(options, store)
            if options.once:
                _tell(_sync(options, paired, store, connector, "manual"), options)
            else:
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
        finally:
            store.close()


def kept_connector(store: Store) -> Connector | None:
    """The connector of earlier runs, None where there was none."""
    kept: dict[str, Any] = json.loads(store.db.note("connector") or "{}")
    return CsvFolder(Path(kept["source"]), kept.get("kinds", {})) if kept else None


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
    say(f"Synced: {report.sent} changes sent, {report.received} edits taken from phones.")


def _connector(options: argparse.Namespace, store: Store) -> Connector:
    """The connector that the options name, else the one that they named in an earlier run."""
    kept: dict[str, Any] = json.loads(store.db.note("connector") or "{}")
    if options.source:
        kept["source"] = str(options.source.absolute())
    if options.connector:
        kept["connector"] = options.connector
    if options.kind:
        kept["kinds"] = dict(options.kind)
    if "source" not in kept or "connector" not in kept:
        raise Trouble(
            "Where the records are is not known yet: add --connector csv --source DIR.",
            exit_code=Exit.USAGE,
        )
    names = kept.get("kinds", {})
    if len(set(names.values())) < len(names):
        raise Trouble("Two files cannot hold the same kind: mend --kind.", exit_code=Exit.USAGE)
    with store.db.transaction():
        store.db.set_note("connector", rawjson.dump(kept))
    return CsvFolder(Path(kept["source"]), names)
