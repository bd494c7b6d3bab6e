"""Deleting in Act! what a phone deleted, unless the office has changed it since."""

from __future__ import annotations

from functools import partial

from clients.agent.act import merging, phone_letters
from clients.agent.act.kinds import path_of
from clients.agent.act.refusals import NotFound
from clients.agent.act.rejections import REFUSALS, Rejected, of_refusal
from clients.agent.act.repeating import surely
from clients.agent.act.work import Present, Work
from clients.agent.connectors.base import Applied, Edit


def delete(work: Work, edit: Edit, present: Present) -> Applied:
    """Raises Rejected, or a Refusal."""
    changed = changed_since(edit, present)
    if changed and work.policy != "phone":
        return work.conflict(edit, present, changed)
    work.begin(edit)
    remove(work, edit.kind, present.judged.row.place)
    after = work.present(edit.kind, present.judged.row.place)
    if after is not None:
        raise Rejected("Act! still has it, though it said that it deleted it.")
    said = "The office had changed it since." if changed else ""
    return work.ended(edit, "applied", None, said)


def remove(work: Work, kind: str, place: str) -> None:
    """Delete a record by its place. Raises Rejected, or a Refusal."""

    def write() -> bool:
        work.line.write("DELETE", path_of(kind, place))
        return True

    try:
        surely(work.line, write, partial(_is_gone, work, kind, place))
    except NotFound:
        return
    except REFUSALS as refusal:
        raise of_refusal(kind, refusal, "Delete") from refusal


def _is_gone(work: Work, kind: str, place: str) -> bool | None:
    return work.present(kind, place) is None or None


def changed_since(edit: Edit, present: Present) -> list[str]:
    """The fields that differ from what the phone saw; all of them where that is not known."""
    there = merging.fields(present.letter)
    was = merging.fields(phone_letters.content(edit.seen)) if edit.seen else {}
    return sorted(path for path in there.keys() | was.keys() if there.get(path) != was.get(path))
