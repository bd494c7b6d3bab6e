"""Secondary contacts: no list holds them all, so their contacts are asked one after the other."""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from clients.agent.act import envelopes
from clients.agent.act.asking import OF_ONE
from clients.agent.act.kinds import SECONDARY, secondary_path
from clients.agent.act.line import AT_ONCE, Line
from clients.agent.act.pages import pages
from clients.agent.act.probe import Capabilities
from clients.agent.act.records import PARENT, Row
from clients.agent.act.refusals import NotFound, Refusal
from clients.agent.act.state import State
from clients.agent.act.taking import Taking
from clients.agent.connectors.base import Chunk, Key

_FRESH = 20 * 3600.0
"""Seconds for which a contact's list is believed at most."""

_AROUND = 23 * 3600.0
"""Seconds within which all are asked for: a day, and an hour to spare for a run that takes long."""

_SOON = 1800.0
_AT_LEAST = 500
_TOGETHER = 40
_CAP = 5000
"""Rows that a list holds at most without saying that there are more (seen live)."""


@dataclass(frozen=True)
class Walk:
    """One run's part of the way around; `now` in seconds since 1970."""

    line: Line
    state: State
    taking: Taking
    can: Capabilities
    now: float

    def chunks(self, *, whole: bool = False) -> Iterator[Chunk]:
        """Changed contacts at once, and as many others as bring all around within a day.

        `whole`: all of them. Raises a Refusal where Act! does not answer at all.
        """
        yield from self._walk(0.0, math.inf)
        before, share = (self.now, math.inf) if whole else self._share()
        yield from self._walk(before, share)
        yield Chunk(keep=partial(self.state.set_note, "walk", self.now))

    def _share(self) -> tuple[float, float]:
        """Whose lists are too old to be believed by the next run, and how many of them are asked.

        The next run is taken to come as long after this one as this one came after the last. A
        first sync must not wait for all around before its first record is on a phone.
        """
        last = self.state.note("walk")
        passed = max(0.0, self.now - float(last)) if last else 0.0
        fresh = min(_FRESH, _AROUND - passed)
        if fresh <= passed:
            return self.now, math.inf
        return self.now - fresh, max(_AT_LEAST, self.state.rounds.count() * passed / fresh)

    def _walk(self, before: float, left: float) -> Iterator[Chunk]:
        while left > 0 and (contacts := self.state.rounds.next(before, _TOGETHER)):
            left -= len(contacts)
            answers = (self._batched(contacts) if self.can.batch else None) or self._singly(
                contacts
            )
            for contact, answer in zip(contacts, answers, strict=True):
                yield from self._taken(contact, answer)

    def _batched(self, contacts: list[str]) -> list[list[Row] | Refusal] | None:
        """All in one request; None where one of them spoilt it, for then all have failed."""
        try:
            answers = self.line.batch([(secondary_path(contact), {}) for contact in contacts])
            lists = [[] if answer is None else envelopes.rows(answer) for answer in answers]
        except OF_ONE:
            return None
        cap = self.can.page_cap or _CAP
        return [
            # A list as long as a page may be is asked for page by page.
            self._ask(contact) if len(rows) >= cap else _with_parent(contact, rows)
            for contact, rows in zip(contacts, lists, strict=True)
        ]

    def _singly(self, contacts: list[str]) -> list[list[Row] | Refusal]:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(self._ask, contacts))

    def _ask(self, contact: str) -> list[Row] | Refusal:
        try:
            listed = pages(self.line, secondary_path(contact))
            return _with_parent(contact, [row for page in listed for row in page])
        except NotFound:
            # The contact itself is gone; whoever reads the contacts will find that out.
            return []
        except OF_ONE as refusal:
            return refusal

    def _taken(self, contact: str, answer: list[Row] | Refusal) -> Iterator[Chunk]:
        known = self.state.linking(SECONDARY, Key("contact", contact))
        if isinstance(answer, Refusal):
            self.taking.tell(
                f"The secondary contacts of the contact {contact} were left for later. "
                f"{answer.sentence}"
            )
            later = partial(self.state.rounds.walked, contact, self.now - _FRESH + _SOON)
            yield Chunk(unreadable=known, keep=later)
            return
        yield self.taking.chunk(SECONDARY, answer)
        told = {str(row.get("id")) for row in answer}
        yield self.taking.gone(key for key in known if key.id not in told)
        yield Chunk(keep=partial(self.state.rounds.walked, contact, self.now))


def _with_parent(contact: str, rows: list[Row]) -> list[Row]:
    return [{**row, PARENT: contact} for row in rows]
