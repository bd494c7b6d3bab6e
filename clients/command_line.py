"""What both programs' command lines share: options, signals, and how failures end."""

from __future__ import annotations

import argparse
import os
import signal
import sqlite3
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from clients import __version__, pairing
from clients.database import sole_user
from clients.problems import WireError
from clients.terminal import say, use_utf8, warn
from clients.trouble import EXIT_CODES, Exit, Trouble, explain, is_full

FAILURES = (Trouble, WireError, OSError, sqlite3.Error)
Handler = Callable[[argparse.Namespace], int]


def make_parser(module: str, description: str, epilog: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"python -m {module}",
        description=description,
        epilog=f"{epilog}\n{EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=__version__)
    parser.set_defaults(data_dir=Path.home() / ".handheld-mailbox" / module.rpartition(".")[2])
    _add_common(parser)
    return parser


def add_command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    handler: Handler,
    help: str,
    description: str | None = None,
) -> argparse.ArgumentParser:
    parser = commands.add_parser(
        name,
        help=help,
        description=description or f"{help[0].upper()}{help[1:]}.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(handler=handler)
    _add_common(parser)
    return parser


def add_pair(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    handler: Handler,
    *,
    url_required: bool = True,
) -> argparse.ArgumentParser:
    parser = add_command(
        commands,
        "pair",
        handler,
        "connect this folder to a mailbox with a code from the portal",
    )
    parser.add_argument("code", metavar="CODE", help="eight signs, such as 7KQ2-M9XF; 10 minutes")
    parser.add_argument(
        "--url", required=url_required, help="the mailbox, such as http://127.0.0.1:8000"
    )
    parser.add_argument("--name", help="what the portal calls this program (default: host name)")
    return parser


def pair(options: argparse.Namespace, role: str) -> pairing.Pairing:
    """Pair the data folder, with no other run in it."""
    pairing.prepare(options.data_dir)
    with sole_user(options.data_dir):
        return pairing.pair(
            options.data_dir,
            role=role,
            code=options.code,
            url=options.url,
            name=options.name,
        )


def add_moved_url(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--url", help="the mailbox's address where it is another than at the pairing; remembered"
    )


def load(options: argparse.Namespace, module: str) -> pairing.Pairing:
    """The data folder's pairing, at the address that the options name if they name one."""
    paired = pairing.load(options.data_dir, module)
    return pairing.move(options.data_dir, paired, options.url) if options.url else paired


def run(parser: argparse.ArgumentParser, arguments: Sequence[str] | None) -> int:
    """Parse, do, and end every failure in one sentence and an exit code."""
    use_utf8()
    # Being killed loses nothing, so the end of a service needs no more than Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    options = parser.parse_args(arguments)
    handler: Handler | None = getattr(options, "handler", None)
    if handler is None:
        parser.print_help()
        return Exit.USAGE
    try:
        return handler(options)
    except KeyboardInterrupt:
        say("Stopped.")
        return Exit.OK if getattr(options, "endless", False) else Exit.FAILED
    except BrokenPipeError:
        # `list … | head`: the reader has seen enough, and Python would complain at its end.
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115
        return Exit.OK
    except FAILURES as error:
        trouble = in_words(error, options)
        warn(trouble.sentence)
        return trouble.exit_code


def in_words(error: Exception, options: argparse.Namespace) -> Trouble:
    """One of FAILURES as the person at the keyboard is told of it."""
    if isinstance(error, WireError):
        return explain(error)
    if isinstance(error, Trouble):
        return error
    if is_full(error):
        return Trouble(
            f"The disk of the data folder {options.data_dir} is full: make room, and try again.",
            code="disk-full",
        )
    return Trouble(
        f"The data folder {options.data_dir} cannot be used ({error}): check --data-dir."
    )


def _add_common(parser: argparse.ArgumentParser) -> None:
    # Accepted before and after the command: the later one wins, a missing one changes nothing.
    parser.add_argument(
        "--data-dir",
        type=Path,
        default=argparse.SUPPRESS,
        metavar="DIR",
        help="where this program keeps its pairing and its data",
    )
    parser.add_argument(
        "--json", action="store_true", default=argparse.SUPPRESS, help="one JSON object on stdout"
    )
