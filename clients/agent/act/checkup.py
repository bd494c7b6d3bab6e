"""Looking an Act! over for `doctor`: everything that a run needs of it, and nothing is written.

Whoever looks signs in once at most, by the door that a run uses: a password that was refused is
not tried again.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

from clients.agent import certificates
from clients.agent.act import probe, refusals, rights
from clients.agent.act.line import LOCK_ROUTE, Line
from clients.agent.act.opening import Door, open_up
from clients.agent.act.refusals import NotFound, QueryRefused, RightMissing
from clients.agent.act.settings import Settings
from clients.agent.act.state import State
from clients.agent.checks import Examination, LeftOut
from clients.clocks import is_off, told
from clients.database import Database

_NO_LOCK = "UNLOCK"


def examine(examination: Examination, known: dict[str, Any], db: Database, data_dir: Path) -> None:
    """Look at one thing after the other; LeftOut where a trouble stands before the rest."""
    with examination.of("act"):
        settings = Settings.of(known)
        door = Door(settings, data_dir)
    with closing(door):
        look = _Look(examination, settings, State(db))
        with examination.of("act"), door.watched() as line:
            look.version(line)
        certificates.examine(examination, "act-cert", settings.address().base, settings.authority())
        with examination.of("act-sign-in"), door.watched() as line:
            look.sign_in(line)
        with examination.of("act-lock"), door.watched() as line:
            look.lock(line)
        with examination.of("act-rights"), door.watched() as line:
            look.rights(line)
        with examination.of("act-kinds"), door.watched() as line:
            look.kinds(line)
        with examination.of("act-rules"), door.watched() as line:
            look.rules(line)
    look.left_over()


class _Look:
    def __init__(self, examination: Examination, settings: Settings, state: State) -> None:
        self._tell = examination
        self._settings = settings
        self._state = state

    def version(self, line: Line) -> None:
        version = probe.api_version(line)
        self._tell.ok("act", f"Act! Web API {version} answers at {line.address.base}.")
        ahead = line.pace.ahead
        if ahead is None:
            return
        if not is_off(ahead):
            self._tell.ok("act-clock", "Act!'s clock agrees with this machine's.")
            return
        way = "ahead of" if ahead > 0 else "behind"
        self._tell.warning(
            "act-clock",
            f"Act!'s clock is {told(ahead)} {way} this machine's: set both by the network's time.",
        )

    def sign_in(self, line: Line) -> None:
        line.sign_in()
        settings = self._settings
        self._tell.ok("act-sign-in", f"{settings.user} signs in to {settings.database}.")

    def lock(self, line: Line) -> None:
        try:
            lock = line.get(LOCK_ROUTE)
        except (NotFound, QueryRefused):
            self._tell.ok("act-lock", "This Act! does not tell whether its database is locked.")
            return
        state = lock.get("lockTypeId") if isinstance(lock, dict) else None
        if state in (None, _NO_LOCK):
            self._tell.ok("act-lock", "The database is not locked.")
        else:
            raise refusals.of_lock(str(lock.get("reasonId") or "maintenance"))

    def rights(self, line: Line) -> None:
        found = rights.read(line, self._settings.user)
        if found is None or not found.are_known:
            self._tell.warning(
                "act-rights",
                f"Act! does not tell the rights of {self._settings.user} in known words: see in "
                f"Tools, Manage Users, that it has {rights.API_ACCESS} and {rights.ALL_DATA}.",
            )
            return
        doubts = [*found.doubts(), *found.doubts_of_writing()]
        for doubt in doubts:
            self._tell.warning("act-rights", doubt)
        if not doubts:
            self._tell.ok(
                "act-rights",
                f"{rights.API_ACCESS} and {rights.ALL_DATA} are given, and Act! names no right "
                "that edits from phones lack.",
            )

    def kinds(self, line: Line) -> None:
        refused = []
        for kind in probe.KINDS:
            try:
                probe.first_route(line, kind)
            except RightMissing as refusal:
                refused.append(kind)
                self._tell.trouble("act-kinds", refusal)
        if refused:
            raise LeftOut
        self._tell.ok("act-kinds", f"All kinds can be read: {', '.join(probe.KINDS)}.")

    def rules(self, line: Line) -> None:
        opened = open_up(line, self._settings, self._state, sweeping=False)
        self._tell.ok(
            "act-rules", f"{self._settings.rules} is understood: {len(opened.rules.kinds)} kinds."
        )
        for can in opened.can.lines():
            self._tell.ok("act-can", can if can.endswith(".") else f"{can}.")

    def left_over(self) -> None:
        if count := self._state.conflicts.count():
            self._tell.warning(
                "act-conflicts",
                f"{count} edits wait for somebody to say which version stands: "
                "look at them with conflicts.",
            )
        if count := self._state.failures.count():
            self._tell.warning(
                "act-records",
                f"{count} records could not be read in Act!: 'status' names each with its reason.",
            )
