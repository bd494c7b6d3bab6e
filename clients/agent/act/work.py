"""What whoever writes to Act! works with: the line, what is remembered, and the office's rules."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal

from clients.agent.act import asking, finding, letters, merging, privacy
from clients.agent.act.intents import Intent
from clients.agent.act.judging import Judged, Judging
from clients.agent.act.kinds import format_of
from clients.agent.act.line import Line
from clients.agent.act.opening import Opened
from clients.agent.act.pages import pages
from clients.agent.act.records import Row
from clients.agent.act.refusals import Refusal
from clients.agent.act.rules import Policy, Rules
from clients.agent.act.state import State
from clients.agent.act.sync_set import SENTENCES
from clients.agent.connectors.base import Applied, Chunk, Edit

Ending = Literal["applied", "conflict", "rejected"]


@dataclass(frozen=True)
class Present:
    """A record as Act! shows it now.

    `letter` is what would travel of it, also where it stays. `hidden`: the members that do not
    leave because they name a record that stays.
    """

    row: Row
    judged: Judged
    letter: Row
    hidden: Collection[str]

    @property
    def travels(self) -> bool:
        return self.judged.record is not None

    @property
    def data(self) -> str | None:
        return self.judged.record.data if self.judged.record else None

    @property
    def stays(self) -> str:
        """Why it does not travel; without the rule, which may name people of the office."""
        return SENTENCES[self.judged.verdict.reason]


@dataclass(frozen=True)
class Work:
    """One edit's tools. `policy`: whose value stands where both have changed a field."""

    line: Line
    state: State
    opened: Opened
    judging: Judging
    policy: Policy

    @property
    def rules(self) -> Rules:
        return self.opened.rules

    def present(self, kind: str, place: str) -> Present | None:
        """The record as it is now, None where Act! shows none. Raises BadRecord, or a Refusal."""
        row = asking.one(self.line, kind, place)
        return None if row is None else self.judge(kind, row)

    def listed(self, kind: str, path: str, filter: str | None) -> Iterator[Row]:
        """All records of a list of this kind, in the form in which its texts are read."""
        orderby = self.opened.can.kinds[kind].orderby
        extra = format_of(kind)
        for page in pages(self.line, path, filter=filter, orderby=orderby, extra=extra):
            yield from page

    def judge(self, kind: str, row: Row) -> Present:
        row = finding.completed(self.line, self.judging, kind, row)
        judged = self.judging.judge(kind, row, self.judging.verdict(kind, row))
        scrubbed = privacy.scrub(kind, row, lambda kind, id: not self.judging.is_in(kind, id))
        letter = json.loads(letters.data(kind, scrubbed, self.rules))
        return Present(row, judged, letter, [name for name in row if name not in scrubbed])

    def is_well(self, kind: str) -> bool:
        """Whether Act! answers at all, so that a failure was about one record, or about a kind."""
        try:
            self.line.rows("companies" if kind == "contact" else "contacts", {"$top": "1"})
        except Refusal:
            return False
        return True

    def begin(self, edit: Edit) -> Intent:
        """To be called before anything is written."""
        return self.state.intents.begin(edit, self.judging.now)

    def remember(self, present: Present) -> None:
        """Take the record in as a reading does, in the transaction of the outcome.

        As seen by the present sweep: one that goes on behind its kind would else miss it.
        """
        sweep = int(self.state.note("sweep") or 0)
        self.state.put(present.judged.row, present.judged.links, sweep)

    def made(self, edit: Edit, present: Present) -> Chunk:
        """The note that this record came of the phone's."""
        note = self.state.made.note
        return Chunk(
            keep=partial(note, edit.kind, edit.id, present.judged.row.id, self.judging.now)
        )

    def conflict(self, edit: Edit, present: Present, fields: Iterable[str]) -> Applied:
        """The outcome of an edit that the office's own stands against."""
        names = merging.named(fields)
        said = f"The office has changed this record since: {', '.join(names) or 'all of it'}. "
        if self.policy != "ask":
            return self.ended(edit, "conflict", present, f"{said}Nothing of the edit was written.")
        note = partial(self.state.conflicts.note, edit, present.data, names, self.judging.now)
        said += "Both versions wait in the office until somebody settles it there."
        return self.ended(edit, "conflict", present, said, Chunk(keep=note))

    def ended(
        self,
        edit: Edit,
        state: Ending,
        present: Present | None,
        detail: str = "",
        also: Chunk | None = None,
    ) -> Applied:
        """The outcome, with the record's present state; None where it is gone or never was."""
        also = also or Chunk()
        id = edit.id if present is None else present.judged.row.id

        def keep() -> None:
            also.keep()
            if present is None:
                self.state.forget(edit.kind, edit.id)
            else:
                self.remember(present)
            self.state.intents.drop(edit.token)

        data = None if present is None else present.data
        whole = Chunk(also.records, also.gone, also.unreadable, keep)
        return Applied(state, id, data, detail, whole)
