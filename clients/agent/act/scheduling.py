"""Activities of the phones, written to Act!: moved and changed, cleared and opened again."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from clients.agent.act import (
    appointments,
    calendar,
    cancelling,
    catalogues,
    checks,
    clearing,
    merging,
    phone_letters,
    planning,
    series,
    tasks,
)
from clients.agent.act.appointments import ACTIVITY, CLEARED, TIMES, WHOLE, Order
from clients.agent.act.kinds import format_of, path_of
from clients.agent.act.merging import Fields, Merged
from clients.agent.act.records import Row
from clients.agent.act.rejections import Rejected, said
from clients.agent.act.work import Present, Work
from clients.agent.connectors.base import Applied, Chunk, Edit

_OLD = "This Act! has no route on which activities are written: make the change in Act! itself."
_VANISHED = "After it Act! no longer shows the activity."


def apply(work: Work, edit: Edit) -> Applied:
    """Apply an edit to Act!. Raises BadRecord, or a Refusal where Act! cannot be written now."""
    letter: Row = {}
    try:
        checks.kind(ACTIVITY, work.rules.kinds)
        if work.opened.can.kinds[ACTIVITY].route != "tasks":
            raise Rejected(_OLD)
    except Rejected as rejected:
        return Applied("rejected", edit.id, edit.sent, rejected.sentence)
    try:
        letter = _seen(edit.seen)
        if edit.op == "delete":
            return cancelling.cancel(work, edit, letter)
        order = appointments.order(edit, work.rules)
        letter = order.letter
        if edit.base is None and work.state.row(ACTIVITY, edit.id) is None:
            return planning.plan(work, edit, order)
        if order.deletes:
            return cancelling.cancel(work, edit, letter, whole_series=order.series)
        return _change(work, edit, order)
    except Rejected as rejected:
        return _refused(work, edit, letter, rejected)


def _change(work: Work, edit: Edit, order: Order) -> Applied:
    present = tasks.again(work, edit.id, order.letter)
    is_begun = work.state.intents.known(edit.token) is not None
    if not (present.travels or is_begun):
        raise Rejected(present.stays)
    catalogues.name_alike(work.line, order.letter, _seen(edit.seen) or present.letter)
    merged = _merged(work, edit, order, present)
    if is_begun and merged.standing:
        # An earlier try got so far; what clashes now, the office has changed since then.
        merged = merged.with_offices()
    if merged.clashes and work.policy != "phone":
        return work.conflict(edit, present, merged.clashes)
    if merged.dropped and not (merged.changes or merged.standing):
        raise Rejected(said(merged.dropped))
    if order.series:
        return series.change(work, edit, order, present, merged)
    return _Change(work, edit, order, present, merged, is_begun).applied()


def _merged(work: Work, edit: Edit, order: Order, present: Present) -> Merged:
    merged = merging.merge(
        _seen(edit.seen) if edit.seen else None,
        order.letter,
        present.letter,
        appointments.may_change(work.rules, present.hidden, series=order.series),
    )
    if any(name in merged.changes for name in TIMES):
        seen = _seen(edit.seen) or order.letter
        merged = _of_one_form(merged, seen, order.letter, present.letter)
    # A name travels with its number, by which Act! decides.
    dropped = [path for path in merged.dropped if path not in catalogues.NAMES]
    beside = ["on_behalf_of"] if order.on_behalf_of else []
    if not order.clears or CLEARED not in (*merged.changes, *merged.standing):
        beside += [name for name in ("result", "history") if getattr(order, name)]
    return replace(merged, dropped=[*dropped, *order.dropped, *beside])


def _of_one_form(merged: Merged, seen: Row, phone: Row, present: Row) -> Merged:
    """Days and hours do not mix: where the office has turned the one into the other, all is told
    as the phone has it."""
    if calendar.has_days(present) in (calendar.has_days(seen), calendar.has_days(phone)):
        return merged
    whole = {name: phone.get(name) for name in TIMES}
    whole |= {name: phone.get(name) is True for name in WHOLE}
    changes = {n: v for n, v in whole.items() if not merging.alike(v, present.get(n, False))}
    clashes = {*merged.clashes, *changes}
    return replace(merged, changes={**merged.changes, **changes}, clashes=sorted(clashes))


@dataclass
class _Change:
    """One edit of one activity on its way into Act!. `missing`: what Act! was asked and has not."""

    work: Work
    edit: Edit
    order: Order
    present: Present
    merged: Merged
    is_begun: bool
    missing: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    also: Chunk = field(default_factory=Chunk)

    def applied(self) -> Applied:
        changes = {p: v for p, v in self.merged.changes.items() if p != CLEARED}
        to_be = appointments.to_be(self.present.letter, changes)
        self._check(changes, to_be)
        body = appointments.body(changes, to_be, self.present.row)
        asked = self._to_clear(body)
        if self.merged.changes:
            self.work.begin(self.edit)
        if changes and not self._patch(changes, to_be, body):
            return self.work.ended(self.edit, "applied", None, _VANISHED)
        if CLEARED in self.merged.changes or (self.order.clears and self._is_about_clearing()):
            self._turn(changes, to_be, asked)
        return self._ended()

    def _check(self, changes: Fields, to_be: Row) -> None:
        if not changes:
            return
        checks.changes(self.work, ACTIVITY, changes)
        checks.emptied(ACTIVITY, self.present.letter, changes)
        appointments.check_order(to_be)
        tasks.keep_apart(self.work, self.edit.id, self.present.letter, to_be)

    def _is_about_clearing(self) -> bool:
        return CLEARED in (*self.merged.changes, *self.merged.standing)

    def _to_clear(self, body: Row) -> Row | None:
        """What is asked with the clearing, or was by an earlier try; looked up before any write."""
        if not (self.order.clears and self._is_about_clearing()):
            return None
        if CLEARED in self.merged.changes or self.is_begun:
            return clearing.request(self.work, {**self.present.row, **body}, self.order)
        self.missing += [name for name in ("result", "history") if getattr(self.order, name)]
        return None

    def _patch(self, changes: Fields, to_be: Row, body: Row) -> bool:
        """Whether Act! shows the activity after it."""
        work, id = self.work, self.edit.id
        path = path_of(ACTIVITY, str(self.present.row["id"]))

        def send() -> bool:
            work.line.write("PATCH", path, body, format_of(ACTIVITY))
            return True

        def landed() -> bool | None:
            arrived, _ = merging.taken(changes, tasks.again(work, id, to_be).letter)
            return bool(arrived) or None

        tasks.write(work, send, landed)
        after = tasks.find(work, id, to_be)
        if after is None:
            return False
        self.present = after
        arrived, self.missing = merging.taken(changes, after.letter)
        if not (arrived or self.merged.standing or CLEARED in self.merged.changes):
            raise Rejected(said([*self.merged.dropped, *self.missing]))
        return True

    def _turn(self, changes: Fields, to_be: Row, asked: Row | None) -> None:
        """Clear it, or open it again. What was written before stands, whatever comes of this."""
        try:
            if self.order.clears:
                self._clear(to_be, asked)
            else:
                self.present = clearing.unclear(self.work, self.edit.id, to_be, self.present)
        except Rejected as rejected:
            if not changes:
                raise
            self.notes.append(rejected.sentence)
        if (self.present.row.get(CLEARED) is True) is not self.order.clears:
            self.missing.append(CLEARED)

    def _clear(self, to_be: Row, asked: Row | None) -> None:
        intent = self.work.state.intents.known(self.edit.token)
        since = intent.since if intent else clearing.since(self.present.row)
        done = clearing.done(self.work, self.edit.id, to_be, self.present, asked, since)
        self.present, self.also = done.present, done.also
        self.missing += done.missing
        self.notes.append(done.note)

    def _ended(self) -> Applied:
        dropped = [*self.merged.dropped, *self.missing]
        notes = [said(dropped, self.merged.overridden, self.merged.offices), *self.notes]
        if not self.present.travels:
            notes.append(tasks.leaves(self.present))
        detail = " ".join(filter(None, notes))
        return self.work.ended(self.edit, "applied", self.present, detail, self.also)


def _refused(work: Work, edit: Edit, letter: Row, rejected: Rejected) -> Applied:
    """The outcome with the activity as it is now."""
    is_known = edit.base is not None or work.state.row(ACTIVITY, edit.id) is not None
    try:
        present = tasks.find(work, edit.id, letter) if is_known else None
    except Rejected:
        # Act! cannot show it alone: the phones keep what they have.
        return Applied("rejected", edit.id, edit.sent, rejected.sentence)
    return work.ended(edit, "rejected", present, rejected.sentence)


def _seen(text: str | None) -> Row:
    return phone_letters.content(text) if text else {}
