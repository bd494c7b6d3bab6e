"""The command line's part for an Act! database: `connect` and `review`."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from clients import pairing
from clients.agent.accounts import Own
from clients.agent.act import connect, password
from clients.agent.act.address import DEFAULT
from clients.agent.act.settings import Settings
from clients.agent.connectors import choice
from clients.agent.run import MODULE
from clients.agent.store import Store
from clients.database import sole_user
from clients.terminal import say, say_json
from clients.trouble import Exit, Trouble

CONNECT = """\
Make this agent acquainted with an Act! database: sign in, find out what this Act! can be asked,
and write the rules file that says what of it goes to the phones.

What the options do not name is asked for; the password always is, and is kept in the system's
keyring, or in a file that you alone can read. Nothing is written to Act!."""
REVIEW = """\
Count what would travel, by kind, and what stays in the office, by reason. A dry run: everything is
read and judged as 'run' does it, and nothing is written anywhere."""
_RULES = "rules.toml"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Where Act! is. A missing one changes nothing of what is remembered."""
    group = parser.add_argument_group("Act!")
    group.add_argument("--act-url", metavar="URL", help=f"the Web API (beside Act!: {DEFAULT})")
    group.add_argument("--act-database", metavar="NAME", help="the name of the Act! database")
    group.add_argument("--act-user", metavar="NAME", help="the display name of an Act! user")
    group.add_argument("--rules", type=Path, metavar="FILE", help="the file that says what travels")
    group.add_argument(
        "--ca-file", type=Path, metavar="FILE", help="an authority for the server's certificate"
    )
    group.add_argument(
        "--plain-http",
        action="store_true",
        default=None,
        help="allow http to another machine, where anybody on the way can read along",
    )
    group.add_argument(
        "--no-keyring",
        action="store_true",
        help="keep the password in a file for the owner alone, as a service needs it",
    )


def run_connect(own: Own) -> None:
    """Ask, try, and remember."""
    options = own.options
    paired = pairing.load(options.data_dir, MODULE)
    with (
        sole_user(options.data_dir),
        closing(Store(options.data_dir, paired.account_number)) as store,
    ):
        settings = _asked(options, choice.act_settings(options, store))
        # Before the password is asked for: a wrong address must not cost its typing.
        settings.address()
        secret = password.ask(settings.user, settings.database)
        found = connect.connect(
            settings,
            store.db,
            options.data_dir,
            secret,
            keyring=not options.no_keyring,
        )
        choice.keep(store, {"connector": "act", "act": settings.to_json()})
    if getattr(options, "json", False):
        say_json(
            {
                "capabilities": found.can.lines(),
                "doubts": found.doubts,
                "rules": settings.rules,
                "password_in": found.password_in,
            }
        )
        return
    for line in (*found.can.lines(), *found.doubts):
        say(line)
    say(f"The password lies in {found.password_in}.")
    say(
        f"{settings.rules} {'was written' if found.wrote_rules else 'is kept as it is'}: "
        "it says what travels. Look at 'review' next, then start 'run'."
    )


def run_review(own: Own) -> None:
    options = own.options
    paired = pairing.load(options.data_dir, MODULE)
    with closing(Store(options.data_dir, paired.account_number)) as store:
        settings = Settings.of(choice.act_settings(options, store))
        found = connect.review(settings, store.db, options.data_dir, now=datetime.now(UTC))
    if getattr(options, "json", False):
        say_json(found.to_json())
        return
    for line in found.lines():
        say(line)


def _asked(options: argparse.Namespace, known: dict[str, Any]) -> Settings:
    for name, label, usual in (
        ("url", "Address of the Act! Web API", DEFAULT),
        ("database", "Name of the Act! database", None),
        ("user", "Act! user", None),
    ):
        if name not in known:
            known[name] = _answer(name, label, usual)
    known.setdefault("rules", str((options.data_dir / _RULES).absolute()))
    return Settings.of(known)


def _answer(name: str, label: str, usual: str | None) -> str:
    if not sys.stdin.isatty():
        if usual:
            return usual
        raise Trouble(
            f"The {label[0].lower()}{label[1:]} is not known: add --act-{name}.",
            exit_code=Exit.USAGE,
        )
    shown = f"{label} [{usual}]: " if usual else f"{label}: "
    return input(shown).strip() or usual or ""
