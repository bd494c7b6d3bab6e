"""The agent's command line."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from clients import command_line, pairing, rawjson, schedule
from clients.agent.connectors.base import Connector
from clients.agent.connectors.csv_folder import CsvFolder
from clients.agent.store import Store
from clients.agent.sync import DEFAULT_INTERVAL, Report, sync
from clients.database import sole_user
from clients.terminal import say
from clients.trouble import Exit, Trouble
from clients.wire import KIND

_MODULE = "clients.agent"
_EPILOG = """\
first steps:
  1. In the portal, make a pairing code for a server.
  2. python -m clients.agent pair 7KQ2-M9XF --url http://127.0.0.1:8000
  3. python -m clients.agent run --connector csv --source ./records --kind contacts=contact
     The connector's options are remembered: later, 'run' alone is enough.
"""
_RUN = """\
Carry changes between the office's records and the mailbox: now, and again at every interval.

With --connector csv every file NAME.csv in --source that has a column 'id' holds the records of
one kind. New, changed and vanished rows go to the phones; a phone's edit is written into the file.
If half of a file's rows or more vanish at once, nothing is deleted until --allow-mass-delete says
that it is meant; that option counts for this run alone."""


def main(arguments: Sequence[str] | None = None) -> int:
    return command_line.run(_parser(), arguments)


def _parser() -> argparse.ArgumentParser:
    parser = command_line.make_parser(
        _MODULE, "The agent beside the CRM: it brings changes to the mailbox and back.", _EPILOG
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    command_line.add_pair(commands, _pair)
    run = command_line.add_command(commands, "run", _run, "sync now and at every interval", _RUN)
    _add_run_options(run)
    command_line.add_command(
        commands, "status", _status, "tell what was sent, what waits here and how the last run went"
    )
    return parser


def _add_run_options(run: argparse.ArgumentParser) -> None:
    run.add_argument(
        "--every",
        type=schedule.duration,
        metavar="SPAN",
        help="how often, such as 30m (default: the account's interval)",
    )
    run.add_argument("--once", action="store_true", help="sync once and end")
    run.add_argument("--connector", choices=["csv"], help="where the records are")
    run.add_argument("--source", type=Path, metavar="DIR", help="the folder of the CSV files")
    run.add_argument(
        "--kind",
        action="append",
        type=_kind,
        default=[],
        metavar="STEM=KIND",
        help="call the records of STEM.csv KIND; may be repeated",
    )
    run.add_argument(
        "--allow-mass-delete",
        action="store_true",
        help="take it for meant that half of the records or more vanished",
    )


def _kind(text: str) -> tuple[str, str]:
    stem, sign, kind = text.partition("=")
    if not (stem and sign and KIND.fullmatch(kind)):
        raise argparse.ArgumentTypeError(
            f"{text!r} names no kind: write STEM=KIND, such as contacts=contact "
            "(KIND: a to z, 0 to 9 and _, a letter first, at most 32)"
        )
    return stem, kind


def _pair(options: argparse.Namespace) -> int:
    paired = command_line.pair(options, "server")
    if getattr(options, "json", False):
        say(rawjson.dump({"peer": paired.peer, "account": paired.account_number}))
    else:
        say(f"Paired with {paired.account_name} ({paired.account_number}) as {paired.name}.")
    return Exit.OK


def _run(options: argparse.Namespace) -> int:
    options.endless = not options.once
    paired = pairing.load(options.data_dir, _MODULE)
    with sole_user(options.data_dir):
        store = Store(options.data_dir, paired.account_number)
        try:
            connector = _connector(options, store)
            if options.once:
                _tell(_sync(options, paired, store, connector, "manual"), options)
            else:
                schedule.repeat(
                    lambda reason: _again(options, paired, store, connector, reason),
                    every=options.every,
                    default=DEFAULT_INTERVAL,
                )
        finally:
            store.close()
    return Exit.OK


def _again(
    options: argparse.Namespace,
    paired: pairing.Pairing,
    store: Store,
    connector: Connector,
    reason: str,
) -> float:
    report = _sync(options, paired, store, connector, reason)
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
) -> Report:
    return sync(
        options.data_dir,
        paired,
        store,
        connector,
        reason=reason,
        every=None if options.once else options.every,
        allow_mass_delete=options.allow_mass_delete,
    )


def _tell(report: Report, options: argparse.Namespace) -> None:
    if getattr(options, "json", False):
        numbers = {
            "sent": report.sent,
            "received": report.received,
            "edits": report.edits,
            "refused_rows": report.refused_rows,
        }
        say(rawjson.dump(numbers))
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


def _status(options: argparse.Namespace) -> int:
    paired = pairing.load(options.data_dir, _MODULE)
    store = Store(options.data_dir, paired.account_number)
    try:
        status: dict[str, Any] = {
            "account": {"number": paired.account_number, "name": paired.account_name},
            "url": paired.url,
            "peer": paired.peer,
            "name": paired.name,
            "connector": json.loads(store.db.note("connector") or "null"),
            "records": store.db.counts("SELECT kind, count(*) FROM record GROUP BY kind"),
            "unsent": store.unsent(),
            "edits": store.db.counts("SELECT state, count(*) FROM edit GROUP BY state"),
            "refused": store.refused(),
            "last_run": json.loads(store.db.note("last_run") or "null"),
        }
    finally:
        store.close()
    say(rawjson.dump(status) if getattr(options, "json", False) else _in_words(status))
    return Exit.OK


def _in_words(status: dict[str, Any]) -> str:
    account, run = status["account"], status["last_run"]
    kinds = ", ".join(f"{count} {kind}" for kind, count in status["records"].items()) or "none"
    lines = [
        f"Account    {account['name']} ({account['number']}) at {status['url']}",
        f"Records    {kinds}",
        f"Unsent     {status['unsent']}",
    ]
    if run:
        result = run["result"] if not run["error"] else f"failed: {run['error']}"
        lines.append(f"Last run   {run['at']}, {result}; {run['sent']} sent")
        lines += [f"Refused    {line}" for line in run["refused_rows"]]
    else:
        lines.append("Last run   never")
    lines += [
        f"Refused    {r['kind']} {r['id']}: {r['code']} {r['detail']}" for r in status["refused"]
    ]
    return "\n".join(lines)
