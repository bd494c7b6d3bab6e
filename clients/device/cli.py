"""The reference device's command line."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from typing import Any

from clients import command_line, pairing, rawjson, schedule
from clients.database import sole_user
from clients.device import editing, show, viewing
from clients.device.opening import MODULE, wants_json, with_store
from clients.device.store import Store
from clients.device.sync import DEFAULT_INTERVAL, sync
from clients.device.watch import add_options, watch
from clients.terminal import say
from clients.ticks import Ticks
from clients.trouble import Exit

_SHOWN_EDITS = 200
_EPILOG = """\
first steps:
  1. In the portal, make a pairing code for a device.
  2. python -m clients.device pair 7KQ2-M9XF --url http://127.0.0.1:8000
  3. python -m clients.device sync
  4. python -m clients.device list contact
     python -m clients.device edit contact ALFKI 'jobTitle=Head of Sales'
     python -m clients.device sync
"""


def main(arguments: Sequence[str] | None = None) -> int:
    return command_line.run(_parser(), arguments)


def _parser() -> argparse.ArgumentParser:
    parser = command_line.make_parser(
        MODULE, "A phone on the command line: it collects records and sends edits.", _EPILOG
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    command_line.add_pair(commands, _pair)
    _add_sync(commands)
    _add_watch(commands)
    viewing.add_commands(commands)
    editing.add_commands(commands)
    command_line.add_command(
        commands, "status", _status, "tell what is here, what waits, and what became of edits"
    )
    return parser


def _add_sync(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = command_line.add_command(
        commands,
        "sync",
        _sync,
        "send edits and collect what is new",
        "Send edits and collect what is new: once, or with --every again and again.",
    )
    parser.add_argument(
        "--every",
        type=schedule.duration,
        metavar="SPAN",
        help="go on at this interval, such as 15m",
    )
    command_line.add_moved_url(parser)


def _add_watch(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    what = "stay awake: show changes as they come, send edits as they are made"
    parser = command_line.add_command(commands, "watch", _watch, what)
    command_line.add_moved_url(parser)
    add_options(parser)


def _pair(options: argparse.Namespace) -> int:
    paired = command_line.pair(options, "device")
    store = Store(options.data_dir, paired.account_number)
    store.adopt(paired.peer)
    store.close()
    if wants_json(options):
        say(rawjson.dump({"peer": paired.peer, "account": paired.account_number}))
    else:
        say(f"Paired with {paired.account_name} ({paired.account_number}) as {paired.name}.")
    return Exit.OK


def _sync(options: argparse.Namespace) -> int:
    options.endless = options.every is not None

    def go(paired: pairing.Pairing, store: Store) -> None:
        def once(reason: str, ticks: Ticks | None = None) -> float:
            report = sync(
                options.data_dir, paired, store, reason=reason, every=options.every, ticks=ticks
            )
            facts = rawjson.dump(show.report_facts(report))
            say(facts if wants_json(options) else show.report_text(report))
            return report.interval

        if options.every is None:
            once("manual")
            return
        ticks = Ticks(options.data_dir)
        with ticks.running():
            schedule.repeat(
                lambda reason: once(reason, ticks), every=options.every, default=DEFAULT_INTERVAL
            )

    return _alone(options, go)


def _watch(options: argparse.Namespace) -> int:
    options.endless = True
    return _alone(options, lambda paired, store: watch(options, paired, store))


def _alone(options: argparse.Namespace, do: Callable[[pairing.Pairing, Store], None]) -> int:
    """Do it with no other run in the data folder."""
    paired = command_line.load(options, MODULE)
    with sole_user(options.data_dir):
        store = Store(options.data_dir, paired.account_number)
        try:
            do(paired, store)
        finally:
            store.close()
    return Exit.OK


def _status(options: argparse.Namespace) -> int:
    paired = pairing.load(options.data_dir, MODULE)

    def tell(store: Store) -> None:
        edits = store.edits.all()[-_SHOWN_EDITS:]
        status: dict[str, Any] = {
            "account": {"number": paired.account_number, "name": paired.account_name},
            "url": paired.url,
            "peer": paired.peer,
            "name": paired.name,
            "records": store.counts(),
            "digest": store.digest(),
            "unsent": store.edits.unsent(),
            "edits": [show.edit_facts(edit) for edit in edits],
            "last_sync": json.loads(store.db.note("last_sync") or "null"),
        }
        if wants_json(options):
            say(rawjson.dump(status))
            return
        kinds = ", ".join(f"{count} {kind}" for kind, count in status["records"].items()) or "none"
        say(f"Account    {paired.account_name} ({paired.account_number}) at {paired.url}")
        say(f"Records    {kinds}")
        say(f"Unsent     {status['unsent']}")
        say(f"Last sync  {status['last_sync'] or 'never'}")
        for edit in edits:
            say(f"Edit       {show.edit_line(edit)}")

    return with_store(options, tell)
