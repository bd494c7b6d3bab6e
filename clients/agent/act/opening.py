"""The beginning of every reading: signing in, what this Act! can, and what of it is to travel."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from clients import rawjson
from clients.agent.act import metadata, probe, rules_file
from clients.agent.act import rules as ruling
from clients.agent.act.conditions import tests
from clients.agent.act.fields import Field
from clients.agent.act.in_use import InUse
from clients.agent.act.line import Line
from clients.agent.act.pages import SIZE
from clients.agent.act.password import Kept
from clients.agent.act.probe import Capabilities
from clients.agent.act.refusals import SignInRefused
from clients.agent.act.rules import Rules
from clients.agent.act.settings import Settings
from clients.agent.act.state import State
from clients.database import Database


@dataclass(frozen=True)
class Opened:
    """One run's view of Act!.

    `groups`: the names, by id, of those whose members the rules ask for. `fields`: those that
    travel, with their labels. `fingerprint` changes
    where records may have to be judged otherwise than before.
    """

    can: Capabilities
    rules: Rules
    groups: dict[str, str]
    fields: list[Field]
    picklists: dict[str, list[str]]
    in_use: dict[str, list[str]]
    fingerprint: str


class Door:
    """One line to Act!, made when it is needed. A refused password is tried once, and noted."""

    def __init__(self, settings: Settings, data_dir: Path) -> None:
        self._settings = settings
        self._kept = Kept(data_dir, settings.address(), settings.database, settings.user)
        self._line: Line | None = None
        self._tried = False

    @contextmanager
    def watched(self) -> Iterator[Line]:
        """The line; raises whatever speaking over it raises."""
        try:
            yield self._open()
        except SignInRefused:
            if self._tried:
                self._kept.refused()
            self.close()
            raise

    def close(self) -> None:
        if self._line:
            self._line.close()
        self._line = None

    def _open(self) -> Line:
        if self._line is None:
            settings = self._settings
            self._tried = False
            self._line = Line(
                settings.address(),
                settings.database,
                settings.user,
                self._password,
                ca_file=settings.authority(),
            )
        return self._line

    def _password(self) -> str:
        password = self._kept.read()
        self._tried = True
        return password


def open_up(line: Line, settings: Settings, state: State, *, sweeping: bool) -> Opened:
    """Read the rules and hold them against this Act!. Writes nothing.

    Raises Trouble (usage) where a name in the rules means nothing here; nothing is then read.
    """
    written = rules_file.load(settings.rules_file())
    can = _capabilities(line, state)
    kept = state.note("picklists")
    lists = metadata.picklists(line) if kept is None or sweeping else kept
    of_kind = metadata.read(line, lists)
    groups = metadata.groups_by_id(line) if metadata.asks_for_groups(written) else {}
    managers = metadata.users(line) if metadata.asks_for_managers(written) else []
    told = metadata.to_check(of_kind, groups.values(), managers)
    held = InUse(line, state.note("in_use") or {})
    rules = ruling.check(written, told, held.has)
    return Opened(
        can=can,
        rules=rules,
        groups=metadata.asked_groups(rules, groups),
        fields=ruling.labelled(rules, told),
        picklists=lists,
        in_use=held.known,
        fingerprint=_fingerprint(settings.rules_file(), rules, can.api_version),
    )


def look_anew(db: Database) -> None:
    """Have the next reading judge everything, as after a change of the rules."""
    State(db).set_note("fingerprint", None)


def _capabilities(line: Line, state: State) -> Capabilities:
    """As kept, where the version is the same and no kind has won its first record since."""
    kept = state.note("capabilities")
    can = Capabilities.from_json(kept) if kept else None
    if can is None or can.api_version != probe.api_version(line):
        return probe.probe(line, SIZE)
    if any(of.empty and state.newest(kind) is not None for kind, of in can.kinds.items()):
        return probe.probe(line, SIZE)
    return can


def _fingerprint(file: Path, rules: Rules, version: str) -> str:
    """The same for the same file as long as its labels stand for the same fields."""
    names = [test.name.path for test in tests(rules.sync_set)]
    chosen = {
        kind: [name.path for name in (*choice.only, *choice.without)]
        for kind, choice in sorted(rules.choices.items())
    }
    said = rawjson.dump([names, chosen, version, str(rules.zone)])
    return hashlib.sha256(file.read_bytes() + said.encode()).hexdigest()
