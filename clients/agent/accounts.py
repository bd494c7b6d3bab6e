"""Doing something for every account that a command is about, each with failures of its own."""

from __future__ import annotations

import argparse
import threading
from collections.abc import Callable
from dataclasses import dataclass

from clients import command_line
from clients.agent import profiles
from clients.terminal import speaking_for, warn
from clients.trouble import Exit, Trouble

_LAST_WORDS = 5.0


@dataclass(frozen=True)
class Own:
    """One account's share of a command; `profile` is empty where no configuration is used."""

    profile: str
    options: argparse.Namespace


def chosen(options: argparse.Namespace) -> list[Own]:
    """The accounts that the command is about: of the configuration, or the data folder's one."""
    config, name = getattr(options, "config", None), getattr(options, "profile", None)
    if config is None:
        if name is not None:
            raise Trouble(
                f"Where the profile {name} stands is not known: add --config FILE.",
                exit_code=Exit.USAGE,
            )
        return [Own("", options)]
    return [
        Own(profile.name, profiles.told(options, profile))
        for profile in profiles.choose(profiles.load(config), name)
    ]


def in_turn(owns: list[Own], do: Callable[[Own], None]) -> dict[str, Trouble]:
    """Do it for one after the other; what went wrong, by profile, after it was told.

    Without a configuration there is nobody else to go on with: the failure comes out as it is.
    """
    troubles: dict[str, Trouble] = {}
    for own in owns:
        if not own.profile:
            do(own)
        elif trouble := _attempt(own, do):
            troubles[own.profile] = trouble
    return troubles


def side_by_side(owns: list[Own], do: Callable[[Own, threading.Event], None]) -> int:
    """Do it for all at once until each has ended, or until Ctrl-C; the exit code.

    `do` ends soon after the event is set.
    """
    stop = threading.Event()
    troubles: dict[str, Trouble] = {}

    def work(own: Own) -> None:
        if trouble := _attempt(own, lambda own: do(own, stop)):
            troubles[own.profile] = trouble

    # Daemons: a request that hangs must not hold up the end, and being killed loses nothing.
    threads = [threading.Thread(target=work, args=(own,), daemon=True) for own in owns]
    for thread in threads:
        thread.start()
    try:
        for thread in threads:
            while thread.is_alive():
                thread.join(1.0)
    except KeyboardInterrupt:
        stop.set()
        for thread in threads:
            thread.join(_LAST_WORDS / len(threads))
        raise
    return exit_code(troubles)


def exit_code(troubles: dict[str, Trouble]) -> int:
    """The first failure's, as a single account's would be."""
    return next((trouble.exit_code for trouble in troubles.values()), Exit.OK)


def _attempt(own: Own, do: Callable[[Own], None]) -> Trouble | None:
    with speaking_for(own.profile):
        try:
            do(own)
        except command_line.FAILURES as error:
            trouble = command_line.in_words(error, own.options)
            warn(trouble.sentence)
            return trouble
    return None
