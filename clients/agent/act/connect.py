"""Making an agent's first acquaintance with an Act! database, and showing what would travel."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from clients import files
from clients.agent.act import default_rules, probe, rights
from clients.agent.act.line import Line
from clients.agent.act.opening import Door, open_up
from clients.agent.act.pages import SIZE
from clients.agent.act.password import Kept
from clients.agent.act.probe import Capabilities
from clients.agent.act.records import KINDS
from clients.agent.act.running import Run, Told
from clients.agent.act.settings import Settings
from clients.agent.act.state import State
from clients.agent.act.sync_set import SENTENCES
from clients.database import Database


@dataclass(frozen=True)
class Connected:
    """What `connect` found: what this Act! can, what is doubtful, and where things are kept."""

    can: Capabilities
    doubts: list[str]
    password_in: str
    wrote_rules: bool


def connect(
    settings: Settings, state: Database, data_dir: Path, password: str, *, keyring: bool = True
) -> Connected:
    """Sign in, find out what this Act! can, check the rules, and keep all that.

    `keyring`: whether the password may go there. Raises Trouble, with nothing kept, where Act!
    refuses or the rules mean nothing to it.
    """
    address = settings.address()
    line = Line(
        address,
        settings.database,
        settings.user,
        lambda: password,
        ca_file=settings.authority(),
    )
    rules = settings.rules_file()
    is_new = not rules.exists()
    with closing(line):
        can = probe.probe(line, SIZE)
        told = rights.read(line, settings.user)
        doubts = list(told.doubts()) if told else []
        if not is_new:
            with closing(Database(Path(":memory:"))) as scratch:
                open_up(line, settings, _knowing(can, scratch), sweeping=True)
    if is_new:
        files.replace(rules, default_rules.DEFAULT.encode())
    kept_in = Kept(data_dir, address, settings.database, settings.user).keep(
        password, keyring=keyring
    )
    remembered = State(state)
    with state.transaction():
        remembered.set_note("capabilities", can.to_json())
    return Connected(can, doubts, kept_in, is_new)


@dataclass(frozen=True)
class Review:
    """A dry run: how many records of each kind travel, and how many stay for which reason.

    `unread`: how many exist that could not be read; `refusals`: a sentence each for those that
    cannot travel as they are.
    """

    travels: dict[str, int]
    stays: dict[str, dict[str, int]]
    unread: int
    refusals: list[str]

    def to_json(self) -> dict[str, Any]:
        return {
            "travels": self.travels,
            "stays": self.stays,
            "unread": self.unread,
            "refusals": self.refusals,
        }

    def lines(self) -> Iterable[str]:
        for kind in KINDS:
            stays = self.stays.get(kind, {})
            yield f"{kind:<18}{self.travels.get(kind, 0):>8} travel, {sum(stays.values())} stay"
            for reason, count in sorted(stays.items()):
                yield f"{count:>14} × {SENTENCES[reason]}"
        if self.unread:
            yield f"{self.unread} records could not be read now; a run tries them again."
        yield from self.refusals


def review(settings: Settings, state: Database, data_dir: Path, *, now: datetime) -> Review:
    """Read and judge everything as it travels `now`, and write nothing anywhere.

    Raises Trouble where a part of it could not be read: half a count would mislead.
    """
    with closing(Door(settings, data_dir)) as door, door.watched() as line:
        known = State(state).note("capabilities")
        can = Capabilities.from_json(known) if known else probe.probe(line, SIZE)
        scratch = Database(Path(":memory:"))
        with closing(scratch):
            judged, told = _knowing(can, scratch), Told()
            opened = open_up(line, settings, judged, sweeping=True)
            run = Run(
                line,
                judged,
                opened,
                told,
                now=now,
                whole=True,
                allow_mass_delete=True,
            )
            for chunk in run.chunks():
                with scratch.transaction():
                    chunk.keep()
            if told.faults:
                raise told.faults[0]
            return _counted(judged, told)


def _counted(state: State, told: Told) -> Review:
    travels: dict[str, int] = {}
    stays: dict[str, dict[str, int]] = {}
    for kind, goes, reason, count in state.reasons():
        if goes:
            travels[kind] = travels.get(kind, 0) + count
        else:
            stays.setdefault(kind, {})[reason] = count
    return Review(travels, stays, state.failures.count(), list(told.refusals))


def _knowing(can: Capabilities, db: Database) -> State:
    """A state that knows what Act! can, and nothing else."""
    state = State(db)
    with db.transaction():
        state.set_note("capabilities", can.to_json())
    return state
