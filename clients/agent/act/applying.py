"""One edit from a phone, written to Act! by its kind."""

from __future__ import annotations

from clients.agent.act import changing, scheduling
from clients.agent.act.asking import OF_ONE
from clients.agent.act.failures import ASIDE_AFTER
from clients.agent.act.records import BadRecord
from clients.agent.act.refusals import Refusal, RightMissing, TimedOut
from clients.agent.act.rejections import of_refusal
from clients.agent.act.taking import SPOILT
from clients.agent.act.work import Work
from clients.agent.connectors.base import Applied, Chunk, Edit

_UNSURE = " What was written of it before may stand in Act!, and comes back with a later sync."


def apply(work: Work, edit: Edit) -> Applied:
    """Apply an edit durably, once. Raises a Refusal where Act! cannot be written now."""
    write = scheduling.apply if edit.kind == "activity" else changing.apply
    try:
        return write(work, work.state.made.told(edit))
    except BadRecord as bad:
        return _left(work, edit, str(bad))
    except SPOILT as error:
        # It would end every sync at this place, and no other edit would ever get its turn.
        return _left(work, edit, f"It has an unforeseen form ({type(error).__name__}).")
    except (*OF_ONE, RightMissing, TimedOut) as refusal:
        if not work.is_well(edit.kind) or _is_to_be_looked_for(work, edit):
            raise
        return _left(work, edit, _why(edit, refusal))


def _is_to_be_looked_for(work: Work, edit: Edit) -> bool:
    """What was begun may stand in Act!, so it is looked for in the next runs; not for ever."""
    begun = work.state.intents.known(edit.token) is not None
    return begun and work.state.intents.failed(edit.token) < ASIDE_AFTER


def _why(edit: Edit, refusal: Refusal) -> str:
    if isinstance(refusal, RightMissing):
        return of_refusal(edit.kind, refusal, "Access").sentence
    return f"Act! does not show this record now. {refusal.sentence}"


def _left(work: Work, edit: Edit, why: str) -> Applied:
    """Its present state cannot be told: the phones keep what they have."""
    begun = work.state.intents.known(edit.token) is not None

    def keep() -> None:
        work.state.intents.drop(edit.token)
        if edit.sent is None:
            # Not on the phones as far as is known: the next reading judges it anew.
            work.state.forget(edit.kind, edit.id)

    return Applied("rejected", edit.id, edit.sent, why + _UNSURE * begun, Chunk(keep=keep))
