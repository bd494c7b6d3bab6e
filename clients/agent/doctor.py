"""`doctor`: everything that the agent needs, looked at now, a line each."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
from collections.abc import Iterable
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from clients import __version__, pairing
from clients.agent import accounts, certificates, checks, standing
from clients.agent.accounts import Own
from clients.agent.checks import Check, Examination, LeftOut
from clients.agent.connectors import checkup, choice
from clients.agent.run import MODULE
from clients.agent.store import Store
from clients.clocks import is_off, shown, told
from clients.database import Database, sole_user
from clients.pairing import Pairing
from clients.terminal import say, say_json
from clients.trouble import Trouble

DOCTOR = """\
Look over everything that the agent needs: the mailbox and this pairing, Act! with its certificate,
sign-in, lock, rights and rules (or the CSV files), the clocks, the disk, and when the next sync
comes. Nothing is written anywhere, and a running agent is not disturbed.

A line each: 'ok'; 'warning', which keeps nothing from working today; 'trouble', with its remedy.
The exit code is that of the first trouble, and 0 where there is none."""
_GIGABYTE = 1e9
_LEAST, _LITTLE = 0.1 * _GIGABYTE, 1.0 * _GIGABYTE
_LATE = timedelta(minutes=10)


def command(options: argparse.Namespace) -> int:
    """Examine every account that the command is about."""
    as_json = bool(getattr(options, "json", False))
    found: dict[str, list[Check]] = {}

    def look(own: Own) -> None:
        found[own.profile] = examine(own.options)
        if not as_json:
            for check in found[own.profile]:
                say(check.line())

    troubles = accounts.in_turn(accounts.chosen(options), look)
    if as_json:
        told_ = {name: _json(of) for name, of in found.items()}
        failed = {name: {"trouble": trouble.sentence} for name, trouble in troubles.items()}
        say_json(told_[""] if "" in told_ else {"profiles": told_ | failed})
    return accounts.exit_code(troubles) or checks.exit_code(
        check for of in found.values() for check in of
    )


def _json(found: Iterable[Check]) -> dict[str, Any]:
    listed = list(found)
    return {"state": checks.worst(listed), "checks": [check.to_json() for check in listed]}


def examine(options: argparse.Namespace) -> list[Check]:
    """All checks of one account, in the order in which one stands on the other."""
    examination = Examination()
    examination.ok(
        "program",
        f"Agent {__version__} on Python {platform.python_version()} ({platform.system()}).",
    )
    with suppress(LeftOut):
        with examination.of("pairing"):
            paired = pairing.load(options.data_dir, MODULE)
        _look_at_disk(examination, options.data_dir)
        with suppress(LeftOut):
            _look_at_mailbox(examination, paired, options.data_dir)
        with examination.of("data"):
            store = Store(options.data_dir, paired.account_number)
        with closing(store):
            settings = choice.merged(options, store)
            with suppress(LeftOut):
                checkup.examine(examination, settings, store.db, options.data_dir)
            _look_at_runs(examination, store.db, options.data_dir)
    return examination.checks


def _look_at_disk(examination: Examination, data_dir: Path) -> None:
    with examination.of("disk"):
        free = shutil.disk_usage(data_dir).free
        if not os.access(data_dir, os.W_OK):
            raise Trouble(
                f"The data folder {data_dir} cannot be written: "
                "give it to the account that runs the agent.",
                code="local-error",
            )
        if free < _LEAST:
            raise Trouble(
                f"{free / 1e6:.0f} MB are free where {data_dir} lies: make room on that disk.",
                code="disk-full",
            )
    left = f"{free / _GIGABYTE:.1f} GB are free where {data_dir} lies"
    if free < _LITTLE:
        examination.warning("disk", f"{left}: make room before it is full.")
    else:
        examination.ok("disk", f"{left}.")


def _look_at_mailbox(examination: Examination, paired: Pairing, data_dir: Path) -> None:
    with examination.of("mailbox"):
        api = paired.connect(data_dir, patient=False)
        with closing(api):
            answer = api.mailbox()
    examination.ok(
        "mailbox",
        f"{paired.url} answers, and the pairing with {paired.account_name} "
        f"({paired.account_number}) holds; {answer.waiting} edits of phones wait.",
    )
    certificates.examine(examination, "mailbox-cert", paired.url)
    if api.ahead is None or not is_off(api.ahead):
        examination.ok("clock", "The mailbox's clock agrees with this machine's.")
        return
    way = "behind" if api.ahead > 0 else "ahead of"
    examination.warning(
        "clock",
        f"This machine's clock is {told(api.ahead)} {way} the mailbox's: "
        "set it by the network's time.",
    )


def _look_at_runs(examination: Examination, db: Database, data_dir: Path) -> None:
    run = standing.last(db)
    if run and run["error"]:
        since = shown(datetime.fromisoformat(run.get("since") or run["at"]))
        says = run.get("says") or "see above for its reason."
        examination.warning("last-run", f"Syncs fail since {since} ({run['error']}): {says}")
    elif run:
        ended = shown(datetime.fromisoformat(run["at"]))
        examination.ok("last-run", f"The last sync ended well on {ended}.")
    _look_at_next_run(examination, db, data_dir)


def _look_at_next_run(examination: Examination, db: Database, data_dir: Path) -> None:
    if not _is_running(data_dir):
        examination.warning(
            "next-run",
            "No agent runs here, so nothing comes by itself: start run, or let install-service "
            "have it start with the machine.",
        )
        return
    planned = standing.planned(db)
    if planned is None:
        examination.ok("next-run", "An agent runs here and syncs at this moment.")
    elif planned + _LATE < datetime.now(UTC):
        examination.warning(
            "next-run",
            f"The agent that runs here was to sync on {shown(planned)} and did not: restart it.",
        )
    else:
        examination.ok(
            "next-run",
            f"An agent runs here; the next sync comes on {shown(planned)}, with news at once.",
        )


def _is_running(data_dir: Path) -> bool:
    try:
        with sole_user(data_dir):
            return False
    except Trouble:
        return True
