"""Deleting activities in Act!: one, one of a series, or the series."""

from __future__ import annotations

from clients.agent.act import deleting, series, tasks
from clients.agent.act.appointments import ACTIVITY
from clients.agent.act.kinds import path_of, series_path
from clients.agent.act.records import Row
from clients.agent.act.rejections import Rejected
from clients.agent.act.work import Present, Work
from clients.agent.connectors.base import Applied, Edit

_STILL = "Act! still has it, though it said that it deleted it."
_LEFT = "Act! keeps those of the series that were moved to another day: {}."


def cancel(work: Work, edit: Edit, letter: Row, *, whole_series: bool = False) -> Applied:
    """The outcome of a delete; `letter` tells where the activity may lie. Raises Rejected."""
    present = tasks.find(work, edit.id, letter)
    is_begun = work.state.intents.known(edit.token) is not None
    if present and not (present.travels or is_begun):
        raise Rejected(present.stays)
    # What is left of a series that an earlier try has deleted is changed by that alone.
    is_left = whole_series and is_begun
    changed = deleting.changed_since(edit, present) if present and not is_left else []
    if present and changed and work.policy != "phone":
        return work.conflict(edit, present, changed)
    said = "The office had changed it since." if changed else ""
    if whole_series:
        return _cancel_series(work, edit, letter, said)
    if present:
        work.begin(edit)
        _cancel_one(work, edit, letter, present)
    return work.ended(edit, "applied", None, said)


def _cancel_one(work: Work, edit: Edit, letter: Row, present: Present) -> None:
    path = path_of(ACTIVITY, str(present.row["id"]))

    def send() -> bool:
        work.line.write("DELETE", path)
        return True

    tasks.write(work, send, lambda: tasks.find(work, edit.id, letter) is None or None, "Delete")
    if tasks.find(work, edit.id, letter) is not None:
        raise Rejected(_STILL)


def _cancel_series(work: Work, edit: Edit, letter: Row, said: str) -> Applied:
    id = tasks.series_of(edit.id)
    if series.row(work, id) is not None:
        work.begin(edit)

        def send() -> bool:
            work.line.write("DELETE", series_path(id))
            return True

        tasks.write(work, send, lambda: series.row(work, id) is None or None, "Delete")
        if series.row(work, id) is not None:
            raise Rejected(_STILL)
    own, also = series.whole(work, edit.id, letter, is_gone=True)
    if left := len(also.records) + (own is not None):
        said = f"{said} {_LEFT.format(left)}".strip()
    return work.ended(edit, "applied", own, said, also)
