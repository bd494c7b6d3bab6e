"""One edit from a phone, written to Act! by its kind."""

from __future__ import annotations

from functools import partial

from clients.agent.act import changing, scheduling
from clients.agent.act.asking import OF_ONE
from clients.agent.act.records import BadRecord
from clients.agent.act.work import Work
from clients.agent.connectors.base import Applied, Chunk, Edit


def apply(work: Work, edit: Edit) -> Applied:
    """Apply an edit durably, once. Raises a Refusal where Act! cannot be written now."""
    write = scheduling.apply if edit.kind == "activity" else changing.apply
    try:
        return write(work, edit)
    except BadRecord as bad:
        return _left(work, edit, str(bad))
    except OF_ONE as refusal:
        # What was begun may stand in Act!, so it is looked for in the next run.
        if work.state.intents.known(edit.token) or not work.is_well():
            raise
        return _left(work, edit, f"Act! does not show this record now. {refusal.sentence}")


def _left(work: Work, edit: Edit, why: str) -> Applied:
    """Its present state cannot be told: the phone keeps what it had."""
    drop = partial(work.state.intents.drop, edit.token)
    return Applied("rejected", edit.id, edit.seen, why, Chunk(keep=drop))
