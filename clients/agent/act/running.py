"""One reading of Act! from beginning to end: every kind in its order, and what hangs together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import partial

from clients.agent.act import asking, fields
from clients.agent.act.asking import OF_ONE
from clients.agent.act.group_members import Memberships
from clients.agent.act.judging import Judging
from clients.agent.act.kinds import FIELD, ORDER, SECONDARY
from clients.agent.act.line import Line
from clients.agent.act.opening import Opened
from clients.agent.act.reading import Reading
from clients.agent.act.refusals import NotFound, Refusal
from clients.agent.act.secondary import Walk
from clients.agent.act.state import State
from clients.agent.act.taking import Taking
from clients.agent.connectors.base import Chunk
from clients.trouble import Trouble

SWEEP_EVERY = 6 * 3600.0
"""Seconds from one sweep to the next."""


@dataclass
class Told:
    """What became of a reading.

    `faults`: what went wrong with a kind, or with Act! as a whole; the next reading then sweeps.
    `unread`: the kinds that could not be told in full.
    """

    faults: list[Trouble] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)
    refusals: dict[str, None] = field(default_factory=dict)

    def fault(self, kind: str, trouble: Trouble) -> None:
        self.unread.add(kind)
        if trouble.sentence not in [known.sentence for known in self.faults]:
            self.faults.append(trouble)


def is_due(state: State, now: datetime) -> bool:
    """Whether a reading has to sweep: every 6 h, after a suspect one, and after a clock jumped."""
    swept = state.note("swept")
    passed = now.timestamp() - float(swept) if swept else SWEEP_EVERY
    return bool(state.note("suspect")) or not 0 <= passed < SWEEP_EVERY


@dataclass(frozen=True)
class Sweep:
    """A sweep by its `number`; `at`: when it began, in seconds since 1970.

    `compared`: the kinds that are done with. A sweep that was killed goes on behind them.
    """

    number: int
    at: float
    compared: list[str] = field(default_factory=list)

    @classmethod
    def next(cls, state: State, now: datetime) -> Sweep:
        return cls(int(state.note("sweep") or 0) + 1, now.timestamp())

    @classmethod
    def killed(cls, state: State, now: datetime) -> Sweep | None:
        """The one that did not come to its end, unless another would be due by now."""
        kept = state.note("sweeping")
        if kept and 0 <= now.timestamp() - kept["at"] < SWEEP_EVERY:
            return cls(**kept)
        return None


class Run:
    """One reading; `told` is filled on the way."""

    def __init__(
        self,
        line: Line,
        state: State,
        opened: Opened,
        told: Told,
        *,
        now: datetime,
        whole: bool,
        allow_mass_delete: bool,
    ) -> None:
        self._line = line
        self._state = state
        self._opened = opened
        self._told = told
        self._now = now
        self._is_first = state.is_empty()
        # Other rules, or another Act!, judge otherwise: all is looked at anew.
        judges_anew = not self._is_first and state.note("fingerprint") != opened.fingerprint
        self._whole = whole or judges_anew
        self._sweeps = self._whole or is_due(state, now)
        goes_on = Sweep.killed(state, now) if self._sweeps and not self._whole else None
        self._sweep = goes_on or Sweep.next(state, now)
        rules = opened.rules
        self._taking = Taking(
            state,
            Judging(state, rules, now=now, groups=opened.groups),
            partial(asking.products, line),
            partial(asking.access, line),
            told.refusals,
        )
        self._reading = Reading(
            line,
            state,
            self._taking,
            opened.can,
            window=rules.window.bounds(now, rules.zone),
            sweep=self._sweep.number,
        )
        self._allow_mass_delete = allow_mass_delete
        self._swept: list[str] = []
        self._doubts = False

    def chunks(self) -> Iterator[Chunk]:
        """Everything; a Refusal that is about Act! as a whole ends it with what was read so far."""
        yield Chunk(keep=self._begin)
        left = [FIELD, *ORDER, SECONDARY]
        try:
            yield from self._fields()
            left.remove(FIELD)
            yield from self._members()
            for kind in ORDER:
                yield from self._kind(kind)
                left.remove(kind)
            yield from self._gone()
            yield from self._reading.rolled()
            yield from self._reading.due(doubting=self._doubts)
            yield from self._secondary()
        except Refusal as refusal:
            for kind in (*left, *self._swept):
                self._told.fault(kind, refusal)
        yield Chunk(keep=self._end)

    @property
    def looked_at_all(self) -> bool:
        """Whether everything was looked at, and nothing is in doubt."""
        return self._sweeps and not self._told.faults

    def _begin(self) -> None:
        state = self._state
        state.count("run")
        state.set_note("sweep", self._sweep.number)
        self._keep_sweep()
        state.set_note("capabilities", self._opened.can.to_json())
        state.set_note("picklists", self._opened.picklists)
        state.set_note("in_use", self._opened.in_use)
        if state.is_empty():
            state.set_note("fingerprint", self._opened.fingerprint)

    def _end(self) -> None:
        state = self._state
        state.set_note("sweeping", None)
        state.drop_unknown_due()
        # What is set aside waits for the usual sweep: one such record must not cause one a run.
        suspect = bool(self._told.faults) or state.failures.is_fresh(state.run())
        state.set_note("suspect", suspect)
        # What pages passed over in a first reading was not known to be missing: look once more.
        if self._sweeps and not self._told.faults and not (self._whole and self._is_first):
            state.set_note("swept", self._sweep.at)
        if self._whole and not self._told.faults:
            state.set_note("fingerprint", self._opened.fingerprint)

    def _kind(self, kind: str) -> Iterator[Chunk]:
        if kind not in self._opened.rules.kinds and not self._whole:
            return
        try:
            yield from self._read(kind)
        except (*OF_ONE, NotFound) as trouble:
            self._told.fault(kind, trouble)

    def _read(self, kind: str) -> Iterator[Chunk]:
        can = self._opened.can.kinds[kind]
        if self._whole:
            yield from self._reading.whole(kind)
            self._swept.append(kind)
            return
        if can.edited_filter:
            yield from self._reading.edited(kind)
        if not can.edited_filter or (self._sweeps and kind not in self._sweep.compared):
            yield from self._reading.compared(kind)
            self._sweep.compared.append(kind)
            yield Chunk(keep=self._keep_sweep)
        if self._sweeps or not can.edited_filter:
            self._swept.append(kind)

    def _keep_sweep(self) -> None:
        goes_on = self._sweeps and not self._whole
        self._state.set_note("sweeping", asdict(self._sweep) if goes_on else None)

    def _gone(self) -> Iterator[Chunk]:
        """Deletes, once all kinds were looked at: where too much of one is missing, of none."""
        held = [held for kind in self._swept if (held := self._reading.held(kind))]
        self._doubts = bool(held) and not self._allow_mass_delete
        for kind in self._swept:
            if not self._doubts:
                yield from self._reading.gone(kind)
            elif trouble := self._reading.held(kind):
                self._told.fault(kind, trouble)
            else:
                self._told.unread.add(kind)

    def _fields(self) -> Iterator[Chunk]:
        rows = [fields.row(one) for one in self._opened.fields]
        yield self._taking.chunk(FIELD, rows)
        told = {str(row["id"]) for row in rows}
        yield self._taking.gone(key for key in self._state.keys(FIELD) if key.id not in told)

    def _members(self) -> Iterator[Chunk]:
        troubles: list[Trouble] = []
        yield from Memberships(
            self._line, self._state, self._opened.groups, self._allow_mass_delete, troubles
        ).chunks()
        for trouble in troubles:
            self._told.fault("contact", trouble)

    def _secondary(self) -> Iterator[Chunk]:
        if SECONDARY in self._opened.rules.kinds or self._whole:
            walk = Walk(
                self._line,
                self._state,
                self._taking,
                self._opened.can,
                self._now.timestamp(),
            )
            yield from walk.chunks(whole=self._whole)
            yield from self._reading.due(doubting=self._doubts)
