"""`install-service`: what has the agent start with the machine, whoever is logged in there."""

from __future__ import annotations

import argparse
import sys
import sysconfig
from contextlib import closing
from pathlib import Path

import clients
from clients import files, pairing
from clients.agent import accounts, scheduled_task, systemd
from clients.agent.act import password
from clients.agent.connectors import choice
from clients.agent.launch import Launch
from clients.agent.run import MODULE
from clients.agent.store import Store
from clients.terminal import say, say_json
from clients.trouble import Exit, Trouble

SERVICE = """\
Write what has the agent start with this machine and run on, whoever is logged in: a systemd unit,
or on Windows a task for its Task Scheduler. It runs as the owner of the data folder, and starts
again by itself however it ends. The two steps that install it are shown; they need an
administrator, and nothing is installed before.

Pair, and run connect for Act!, or run --once for CSV files, before."""
_KINDS = {"windows": scheduled_task} | ({} if sys.platform == "win32" else {"systemd": systemd})


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--for",
        dest="system",
        choices=_KINDS,
        default=list(_KINDS)[-1],
        help="what starts programs on the machine (default: this machine's)",
    )
    parser.add_argument(
        "--output", type=Path, metavar="DIR", help="where to write it (default: the data folder)"
    )


def command(options: argparse.Namespace) -> int:
    """Write the file, and say what is to be done with it."""
    launch = _launch(options)
    kind = _KINDS[options.system]
    folder = options.output or launch.home
    file = (folder / kind.FILE).absolute()
    try:
        files.replace(file, kind.content(launch))
    except OSError as error:
        raise Trouble(
            f"{file} cannot be written ({error.strerror}): name another folder with --output.",
            exit_code=Exit.USAGE,
        ) from error
    steps = kind.steps(file)
    if getattr(options, "json", False):
        say_json({"file": str(file), "steps": steps})
        return Exit.OK
    say(f"{file} was written. As an administrator:")
    for number, step in enumerate(steps, start=1):
        say(f"  {number}. {step}")
    return Exit.OK


def _launch(options: argparse.Namespace) -> Launch:
    """How the agent is started as it was just now, once it can be: all accounts are paired."""
    owns = accounts.chosen(options)
    folders: list[Path] = []
    sources: list[Path] = []
    for own in owns:
        data_dir = own.options.data_dir.absolute()
        paired = pairing.load(data_dir, MODULE)
        folders.append(data_dir)
        with closing(Store(data_dir, paired.account_number)) as store:
            known = choice.merged(own.options, store)
        if not known:
            raise Trouble(
                "Where the records are is not known yet: run connect for an Act! database, or "
                "run --once with --connector csv --source DIR.",
                exit_code=Exit.USAGE,
            )
        if "act" in known and not password.lies_in_file(data_dir):
            raise Trouble(
                "The Act! password lies in a keyring, which is locked while nobody is logged in: "
                "run connect --no-keyring, which keeps it in a file for the owner alone.",
                code="act-keyring-locked",
            )
        sources += [Path(known["source"])] if "source" in known else []
    return Launch(
        arguments=(sys.executable, "-m", MODULE, *_words(options, folders), "run"),
        working=_working_folder(folders[0]),
        home=folders[0],
        folders=tuple(folders),
        sources=tuple(sources),
    )


def _words(options: argparse.Namespace, folders: list[Path]) -> tuple[str, ...]:
    config, profile = getattr(options, "config", None), getattr(options, "profile", None)
    if config is None:
        return ("--data-dir", str(folders[0]))
    named = ("--profile", profile) if profile else ()
    return ("--config", str(config.absolute()), *named)


def _working_folder(data_dir: Path) -> Path:
    """A checkout is found by the folder that it is; what is installed is found from everywhere."""
    holder = Path(clients.__file__).absolute().parents[1]
    return data_dir if holder == Path(sysconfig.get_path("purelib")) else holder
