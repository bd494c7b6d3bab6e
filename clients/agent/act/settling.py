"""Conflicts that somebody settled for the phone, written to Act!."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from clients.agent.act import applying
from clients.agent.act.conflicts import Conflict
from clients.agent.act.refusals import Refusal
from clients.agent.act.work import Work
from clients.agent.connectors.base import Applied, Chunk, Key, Record


def chunks(work: Work, told: dict[str, None]) -> Iterator[Chunk]:
    """Write what the phone changed over whatever stands there now, and take in what came of it.

    `work` has the policy `phone`. `told` gets a sentence for what Act! did not take.
    """
    for conflict in work.state.conflicts.settled():
        try:
            applied = applying.apply(work, work.state.conflicts.edit(conflict))
        except Refusal as refusal:
            # It stays settled: the next run tries again, after a look.
            told[refusal.sentence] = None
            return
        waits = applied.state != "applied" and applied.data is not None
        if applied.state != "applied" or applied.detail:
            told[_sentence(conflict, applied, waits=waits)] = None
        yield _chunk(work, conflict, applied, waits=waits)


def _sentence(conflict: Conflict, applied: Applied, *, waits: bool) -> str:
    again = " It waits again: settle it for the office to give it up." if waits else ""
    return (
        f"The conflict {conflict.number} on the {conflict.kind} {conflict.id}, settled for "
        f"the phone, ended as {applied.state}. {applied.detail}{again}"
    )


def _chunk(work: Work, conflict: Conflict, applied: Applied, *, waits: bool) -> Chunk:
    """`waits`: the record is there and Act! did not take it, so that nothing of it is lost yet."""
    also = applied.also
    if applied.data is None:
        now = replace(also, gone=[*also.gone, Key(conflict.kind, applied.id)])
    else:
        record = Record(conflict.kind, applied.id, applied.data)
        now = replace(also, records=[*also.records, record])
    conflicts = work.state.conflicts
    end = conflicts.wait_again if waits else conflicts.drop

    def keep() -> None:
        also.keep()
        end(conflict.number)

    return replace(now, keep=keep)
