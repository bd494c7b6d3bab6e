"""Edits of all kinds but activities: read, merged with what the office did, written, compared."""

from __future__ import annotations

from functools import partial

from clients.agent.act import checks, creating, deleting, merging, patches, phone_letters
from clients.agent.act import product_lines as lines
from clients.agent.act.kinds import SECONDARY, format_of, path_of
from clients.agent.act.merging import Fields, Merged
from clients.agent.act.phone_letters import Asked
from clients.agent.act.records import PARENT, PRODUCTS, Row
from clients.agent.act.rejections import GONE, REFUSALS, Rejected, of_refusal, said
from clients.agent.act.repeating import surely
from clients.agent.act.work import Present, Work
from clients.agent.connectors.base import Applied, Edit

_STAYS = "It is not on the phones any more: it was made private in Act!, or left the sync set."


def apply(work: Work, edit: Edit) -> Applied:
    """Apply an edit to Act!. Raises BadRecord, or a Refusal where Act! cannot be written now."""
    try:
        checks.kind(edit.kind, work.rules.kinds)
        known = work.state.row(edit.kind, edit.id)
        place = known.place if known else _place(edit)
    except Rejected as rejected:
        # A label, say, goes back as it was; of a kind that is off, nothing is on the phones.
        return Applied("rejected", edit.id, edit.sent, rejected.sentence)
    if known is None and edit.op == "put" and edit.base is None:
        return creating.create(work, edit)
    present = work.present(edit.kind, place) if place else None
    if present is None:
        if edit.op == "delete":
            return work.ended(edit, "applied", None)
        return work.ended(edit, "rejected", None, GONE)
    if not present.travels:
        return work.ended(edit, "rejected", present, _STAYS)
    try:
        return (deleting.delete if edit.op == "delete" else _change)(work, edit, present)
    except Rejected as rejected:
        if work.state.intents.known(edit.token):
            # A part of it may have been written.
            present = work.present(edit.kind, place)
        return work.ended(edit, "rejected", present, rejected.sentence)


def _place(edit: Edit) -> str:
    """Where a record is asked for that is not remembered, "" where nobody says it."""
    if edit.kind != SECONDARY:
        return edit.id
    parent = phone_letters.content(edit.seen or edit.data or "{}").get(PARENT)
    return f"{parent}/{edit.id}" if parent else ""


def _change(work: Work, edit: Edit, present: Present) -> Applied:
    asked = phone_letters.read(edit, work.rules)
    base = phone_letters.content(edit.seen) if edit.seen else None
    merged = merging.merge(
        base,
        asked.letter,
        present.letter,
        lambda path: phone_letters.may_change(path, work.rules, edit.kind, present.hidden),
    )
    if merged.standing and work.state.intents.known(edit.token):
        # What an earlier try has written stands as asked; what the office changed since is its.
        merged = merged.with_offices()
    if merged.clashes and work.policy != "phone":
        return work.conflict(edit, present, merged.clashes)
    if not merged.changes:
        return _nothing_written(work, edit, present, asked, merged)
    checks.changes(work, edit.kind, merged.changes)
    checks.emptied(edit.kind, present.letter, merged.changes)
    work.begin(edit)
    write(work, edit.kind, present, merged.changes)
    return _compared(work, edit, present, asked, merged)


def _nothing_written(
    work: Work, edit: Edit, present: Present, asked: Asked, merged: Merged
) -> Applied:
    dropped = [*merged.dropped, *asked.strange]
    detail = said(dropped, offices=merged.offices)
    if dropped and not merged.standing:
        return work.ended(edit, "rejected", present, detail)
    return work.ended(edit, "applied", present, detail)


def _compared(work: Work, edit: Edit, before: Present, asked: Asked, merged: Merged) -> Applied:
    """The outcome by what Act! shows after the write, whatever it answered."""
    present = work.present(edit.kind, before.judged.row.place)
    if present is None:
        return work.ended(edit, "applied", None, "After it Act! no longer shows the record.")
    arrived, missing = merging.taken(merged.changes, present.letter)
    detail = said(
        [*merged.dropped, *asked.strange, *missing], merged.overridden, offices=merged.offices
    )
    if not arrived and not merged.standing:
        return work.ended(edit, "rejected", present, detail)
    if not present.travels:
        detail = f"{detail} It leaves the phones. {present.stays}".strip()
    return work.ended(edit, "applied", present, detail)


def write(work: Work, kind: str, present: Present, changes: Fields) -> None:
    """Write the changes of a record that is there. Raises Rejected, or a Refusal."""
    place = present.judged.row.place
    body = patches.body(kind, changes, present.row)
    try:
        if body.keys() > {"id"}:
            surely(
                work.line,
                partial(_patch, work, kind, place, body),
                partial(_stands, work, kind, place, changes),
            )
        lines.write(work.line, str(present.row.get("id")), changes, _lines_of(present))
    except REFUSALS as refusal:
        raise of_refusal(kind, refusal, "Change") from refusal


def _patch(work: Work, kind: str, place: str, body: Row) -> bool:
    work.line.write("PATCH", path_of(kind, place), body, format_of(kind))
    return True


def _stands(work: Work, kind: str, place: str, changes: Fields) -> bool | None:
    """Whether something of the changes is in Act!: until now none was."""
    present = work.present(kind, place)
    if present is None:
        raise Rejected(GONE)
    own = {path: value for path, value in changes.items() if not path.startswith(f"{PRODUCTS}.")}
    arrived, _ = merging.taken(own, present.letter)
    return bool(arrived) or None


def _lines_of(present: Present) -> list[Row]:
    listed: list[Row] = present.row.get(PRODUCTS) or []
    return listed
