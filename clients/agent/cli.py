"""The agent's command line."""

from __future__ import annotations

import argparse
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from clients import command_line, pairing, schedule
from clients.agent import accounts, doctor, explain, profiles, service, status
from clients.agent.accounts import Own
from clients.agent.act import commands as act
from clients.agent.act import conflict_commands as conf
from clients.agent.connectors import choice
from clients.agent.run import MODULE, run
from clients.terminal import say, say_json
from clients.trouble import Exit, Trouble
from clients.wire import KIND

_EPILOG = f"""\
first steps:
  1. In the portal, make a pairing code for a server.
  2. python -m clients.agent pair 7KQ2-M9XF --url http://127.0.0.1:8000
  3. python -m clients.agent run --connector csv --source ./records --kind contacts=contact
     The connector's options are remembered: later, 'run' alone is enough.
  Or, for an Act! database:
  3. python -m clients.agent connect
  4. python -m clients.agent review
  5. python -m clients.agent run

several accounts, one agent: a file agents.toml with a section for each
{profiles.EXAMPLE}
  python -m clients.agent --config agents.toml --profile steinberg pair 7KQ2-M9XF
  python -m clients.agent --config agents.toml run
"""
_RUN = """\
Carry changes between the office's records and the mailbox: now, and again at every interval.

With --connector csv every file NAME.csv in --source that has a column 'id' holds the records of
one kind. New, changed and vanished rows go to the phones; a phone's edit is written into the file.
If half of a file's rows or more vanish at once, nothing is deleted until --allow-mass-delete says
that it is meant; that option counts for this run alone.

Where the portal asks for all data again, where the mailbox was restored from a backup, and where
this program's data folder was lost, everything goes out as a snapshot: what the office does not
have is then deleted on the phones. A kind that cannot be read stays there as it is, and is told
with the run that can read it.

With --connector act, which 'connect' has remembered, the records are those of an Act! database,
read over its Web API. If a tenth of a kind (at least 20 records) is missing at once, or a whole
kind, nothing of it is deleted without --allow-mass-delete.

With --config all profiles run side by side, or the one that --profile names. What fails in one
account never stops the others."""
_EXPLAIN = """\
Tell where a record stands: its version, whether it still lies in the office, when the mailbox
accepted it and in which batch, what the mailbox says of that batch, and where to look further.

RECORD is the record's id, or a part of its name in any case: 'explain ALFKI', 'explain anders'.
Of a record in Act! that is not on the phones it tells why, with the rule."""


def main(arguments: Sequence[str] | None = None) -> int:
    return command_line.run(_parser(), arguments)


def _parser() -> argparse.ArgumentParser:
    parser = command_line.make_parser(
        MODULE, "The agent beside the CRM: it brings changes to the mailbox and back.", _EPILOG
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    command_line.add_pair(commands, _pair, url_required=False)
    runner = command_line.add_command(commands, "run", _run, "sync now and at every interval", _RUN)
    _add_run_options(runner)
    connector = command_line.add_command(
        commands, "connect", _connect, "make acquaintance with an Act! database", act.CONNECT
    )
    act.add_options(connector)
    command_line.add_command(
        commands, "review", _review, "count what of Act! would travel, and what stays", act.REVIEW
    )
    command_line.add_command(
        commands, "status", _status, "tell what was sent, what waits here and how the last run went"
    )
    command_line.add_command(
        commands, "conflicts", _conflicts, "list what phone and office changed both", conf.CONFLICTS
    )
    settler = command_line.add_command(
        commands, "resolve", _resolve, "say which version of a conflict stands", conf.RESOLVE
    )
    settler.add_argument("which", metavar="WHICH")
    settler.add_argument("winner", choices=conf.WINNERS)
    explainer = command_line.add_command(
        commands, "explain", _explain, "tell where one record stands", _EXPLAIN
    )
    explainer.add_argument("record", metavar="ID|NAME")
    command_line.add_command(
        commands, "doctor", doctor.command, "look over all that the agent needs", doctor.DOCTOR
    )
    installer = command_line.add_command(
        commands,
        "install-service",
        service.command,
        "have the agent start with this machine",
        service.SERVICE,
    )
    service.add_options(installer)
    for one in (parser, *commands.choices.values()):
        _add_profile(one)
    return parser


def _add_profile(parser: argparse.ArgumentParser) -> None:
    # As with the common options: before or after the command, a missing one changes nothing.
    parser.add_argument(
        "--config",
        type=Path,
        default=argparse.SUPPRESS,
        metavar="FILE",
        help="a file of profiles, one for each account",
    )
    parser.add_argument(
        "--profile", default=argparse.SUPPRESS, metavar="NAME", help="only this one of the file"
    )


def _add_run_options(parser: argparse.ArgumentParser) -> None:
    command_line.add_moved_url(parser)
    parser.add_argument(
        "--every",
        type=schedule.duration,
        metavar="SPAN",
        help="how often, such as 30m (default: the account's interval)",
    )
    parser.add_argument("--once", action="store_true", help="sync once and end")
    parser.add_argument("--connector", choices=choice.CONNECTORS, help="where the records are")
    parser.add_argument("--source", type=Path, metavar="DIR", help="the folder of the CSV files")
    parser.add_argument(
        "--kind",
        action="append",
        type=_kind,
        default=[],
        metavar="STEM=KIND",
        help="call the records of STEM.csv KIND; may be repeated",
    )
    parser.add_argument(
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
    owns = accounts.chosen(options)
    if len(owns) > 1:
        raise Trouble(
            "A code is for one account: name it with --profile NAME.", exit_code=Exit.USAGE
        )
    own = owns[0].options
    if own.url is None:
        raise Trouble(
            "Which mailbox is meant is not known: add --url, such as http://127.0.0.1:8000.",
            exit_code=Exit.USAGE,
        )
    paired = command_line.pair(own, "server")
    if _wants_json(options):
        say_json({"peer": paired.peer, "account": paired.account_number})
    else:
        say(f"Paired with {paired.account_name} ({paired.account_number}) as {paired.name}.")
    return Exit.OK


def _connect(options: argparse.Namespace) -> int:
    owns = accounts.chosen(options)
    if len(owns) > 1:
        raise Trouble(
            "One password is for one account: name it with --profile NAME.", exit_code=Exit.USAGE
        )
    act.run_connect(owns[0])
    return Exit.OK


def _review(options: argparse.Namespace) -> int:
    return accounts.exit_code(accounts.in_turn(accounts.chosen(options), act.run_review))


def _run(options: argparse.Namespace) -> int:
    options.endless = not options.once
    owns = accounts.chosen(options)
    if len(owns) > 1 and options.allow_mass_delete:
        raise Trouble(
            "One word must not delete in several accounts: name one with --profile NAME.",
            exit_code=Exit.USAGE,
        )
    if options.endless and owns[0].profile:
        return accounts.side_by_side(owns, lambda own, stop: run(own.options, stop))
    stop = threading.Event()
    return accounts.exit_code(accounts.in_turn(owns, lambda own: run(own.options, stop)))


def _status(options: argparse.Namespace) -> int:
    told: dict[str, dict[str, Any]] = {}

    def tell(own: Own) -> None:
        data_dir = own.options.data_dir
        told[own.profile] = status.facts(data_dir, pairing.load(data_dir, MODULE))
        if not _wants_json(options):
            say(status.text(told[own.profile]))

    troubles = accounts.in_turn(accounts.chosen(options), tell)
    if _wants_json(options):
        failed = {name: {"trouble": trouble.sentence} for name, trouble in troubles.items()}
        say_json(told[""] if "" in told else {"profiles": told | failed})
    return accounts.exit_code(troubles)


def _conflicts(options: argparse.Namespace) -> int:
    told: list[dict[str, Any]] = []

    def look(own: Own) -> None:
        found = conf.waiting(own)
        told.extend({"profile": own.profile, **one} if own.profile else one for one in found)
        if not _wants_json(options):
            for one in found:
                say(conf.line(one))

    troubles = accounts.in_turn(accounts.chosen(options), look)
    if _wants_json(options):
        say_json({"conflicts": told})
    elif not told and not troubles:
        say("No conflict waits.")
    return accounts.exit_code(troubles)


def _resolve(options: argparse.Namespace) -> int:
    owns = accounts.chosen(options)
    if len(owns) > 1:
        raise Trouble(
            "A conflict is of one account: name it with --profile NAME.", exit_code=Exit.USAGE
        )
    conf.resolve(owns[0], options.which, options.winner)
    return Exit.OK


def _explain(options: argparse.Namespace) -> int:
    found: list[dict[str, Any]] = []

    def look(own: Own) -> None:
        data_dir = own.options.data_dir
        facts = explain.find(data_dir, pairing.load(data_dir, MODULE), options.record)
        found.extend({"profile": own.profile, **one} if own.profile else one for one in facts)
        if not _wants_json(options):
            for line in explain.lines(facts):
                say(line)

    troubles = accounts.in_turn(accounts.chosen(options), look)
    if _wants_json(options):
        say_json({"found": found})
    if not found and not troubles:
        raise Trouble(
            f"No record here has {options.record!r} as its id or in its name: "
            "check how it is written, or let 'run --once' read the office's records first."
        )
    return accounts.exit_code(troubles)


def _wants_json(options: argparse.Namespace) -> bool:
    return bool(getattr(options, "json", False))
