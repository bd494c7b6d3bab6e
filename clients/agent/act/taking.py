"""Taking in what Act! sent: each record judged, scrubbed, written as a letter, and remembered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from clients.agent.act import privacy
from clients.agent.act.judging import Judged, Judging
from clients.agent.act.kinds import WITH_ACCESS
from clients.agent.act.records import PRODUCTS, BadRecord, Row
from clients.agent.act.refusals import Refusal
from clients.agent.act.state import State
from clients.agent.act.sync_set import Verdict
from clients.agent.connectors.base import Chunk, Key

SPOILT = (
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)
"""What a record of an unforeseen form may raise where it is judged or written."""

Products = Callable[[Sequence[Row]], Sequence[list[Row] | Refusal]]
"""The product lines of opportunities, in the same order."""

Access = Callable[[str, Sequence[str]], Sequence[Row | Refusal]]
"""Who may see the records of a kind, in the order of their ids."""


@dataclass(frozen=True)
class _Unread:
    """A record that is there, and `why` it is to be tried again; "" where no try would help."""

    key: Key
    place: str
    why: str
    edited: str


@dataclass
class Taking:
    """What one reading takes in.

    `refusals`: what is told to a person, once each. `frozen`: the kinds whose cursors wait at a
    record that has to be tried again.
    """

    state: State
    judging: Judging
    products: Products
    access: Access
    refusals: dict[str, None] = field(default_factory=dict)
    frozen: set[str] = field(default_factory=set)

    def chunk(
        self, kind: str, rows: Iterable[Row], *, sweep: int = 0, moves_cursor: bool = False
    ) -> Chunk:
        """The rows of one list, oldest first where they move the kind's cursor.

        `sweep`: the number of the sweep that saw them.
        """
        met = [one for one in self._take_all(kind, list(rows)) if one is not None]
        taken = [one for one in met if isinstance(one, Judged)]

        def keep() -> None:
            for one in met:
                if isinstance(one, Judged):
                    self.state.put(one.row, one.links, sweep)
                elif not self._note(one, sweep):
                    self.frozen.add(kind)
                if moves_cursor and kind not in self.frozen:
                    self._move_cursor(kind, one.edited)

        return Chunk(
            records=[one.record for one in taken if one.record],
            gone=[Key(kind, one.row.id) for one in taken if not one.record],
            unreadable=[one.key for one in met if not isinstance(one, Judged)],
            keep=keep,
        )

    def gone(self, keys: Iterable[Key]) -> Chunk:
        """Records that are no longer to be seen in Act!."""
        gone = list(keys)

        def keep() -> None:
            for key in gone:
                self.state.forget(*key)

        return Chunk(gone=gone, keep=keep)

    def failed(self, key: Key, place: str, why: str) -> Chunk:
        """A record that Act! did not give."""

        def keep() -> None:
            self.state.failures.note(key, place, why, self.state.run())

        return Chunk(unreadable=[key], keep=keep)

    def catch_up(self, kind: str) -> None:
        """Move the cursor to the newest record, after all were read, in whichever order."""
        if kind not in self.frozen and (newest := self.state.newest(kind)):
            self._move_cursor(kind, newest)

    def tell(self, sentence: str) -> None:
        """Have the person told, once in a run."""
        self.refusals[sentence] = None

    def _take_all(self, kind: str, rows: list[Row]) -> list[Judged | _Unread | None]:
        unsaid = self._look_up_access(kind, rows)
        verdicts = [unsaid.get(id(row)) or self._verdict(kind, row) for row in rows]
        self.judging.forget_access()
        self.judging.learn_page(
            kind,
            {
                str(row.get("id")): verdict.travels
                for row, verdict in zip(rows, verdicts, strict=True)
                if isinstance(verdict, Verdict)
            },
        )
        lines: dict[int, list[Row] | Refusal] = {}
        if kind == "opportunity":
            # Only of those that travel: each is a request of its own.
            wanted = [n for n, verdict in enumerate(verdicts) if _travels(verdict)]
            asked = self.products([rows[n] for n in wanted])
            lines = dict(zip(wanted, asked, strict=True))
        taken: list[Judged | _Unread | None] = []
        for n, (row, verdict) in enumerate(zip(rows, verdicts, strict=True)):
            found = lines.get(n)
            if isinstance(found, Refusal):
                taken.append(self._unread(kind, row, found.sentence))
            elif isinstance(verdict, Verdict):
                taken.append(
                    self._take(kind, row if found is None else {**row, PRODUCTS: found}, verdict)
                )
            else:
                taken.append(self._unread(kind, row, verdict))
        self.judging.learn_page(kind, {})
        return taken

    def _look_up_access(self, kind: str, rows: list[Row]) -> dict[int, str]:
        """Ask who may see the records whose rows do not tell; why Act! does not, by `id(row)`."""
        if kind not in WITH_ACCESS:
            return {}
        unclear = [row for row in rows if privacy.is_unclear(row)]
        answers = self.access(kind, [str(row.get("id")) for row in unclear])
        unsaid: dict[int, str] = {}
        for row, answer in zip(unclear, answers, strict=True):
            if isinstance(answer, Refusal):
                unsaid[id(row)] = answer.sentence
            else:
                self.judging.learn_access(kind, str(row.get("id")), answer)
        return unsaid

    def _verdict(self, kind: str, row: Row) -> Verdict | str:
        """The verdict, or why there is none."""
        try:
            return self.judging.verdict(kind, row)
        except BadRecord as bad:
            self.tell(str(bad))
            return ""
        except SPOILT as error:
            return _spoilt(error)

    def _take(self, kind: str, row: Row, verdict: Verdict) -> Judged | _Unread | None:
        try:
            return self.judging.judge(kind, row, verdict)
        except BadRecord as bad:
            # Nothing that a retry could mend: it is told, and left behind.
            self.tell(str(bad))
            return self._unread(kind, row, "")
        except SPOILT as error:
            return self._unread(kind, row, _spoilt(error))

    def _unread(self, kind: str, row: Row, why: str) -> _Unread | None:
        """None where it has no id by which it could be named."""
        try:
            key, place = self.judging.key(kind, row), self.judging.place(kind, row)
        except BadRecord as bad:
            self.tell(str(bad))
            return None
        return _Unread(key, place, why, self.judging.edited(row))

    def _note(self, unread: _Unread, sweep: int) -> bool:
        """Whether the cursor may go on without it."""
        self.state.see(unread.key.kind, [unread.key.id], sweep)
        return not unread.why or self._set_aside(unread)

    def _set_aside(self, unread: _Unread) -> bool:
        failures = self.state.failures
        return failures.note(unread.key, unread.place, unread.why, self.state.run())

    def _move_cursor(self, kind: str, edited: str) -> None:
        moved = self.judging.capped(edited)
        if moved > (self.state.cursor(kind) or ""):
            self.state.set_cursor(kind, moved)


def _travels(verdict: Verdict | str) -> bool:
    return isinstance(verdict, Verdict) and verdict.travels


def _spoilt(error: Exception) -> str:
    # The exception's own words may hold content.
    return f"it has an unforeseen form ({type(error).__name__})"
