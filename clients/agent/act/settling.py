"""Conflicts that somebody settled for the phone, written to Act!."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

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
            applied = applying.apply(work, conflict.edit)
        except Refusal as refusal:
            # It stays settled: the next run tries again, after a look.
            told[refusal.sentence] = None
            return
        if applied.state != "applied" or applied.detail:
            told[
                f"The conflict {conflict.number} on the {conflict.kind} {conflict.id}, settled for "
                f"the phone, ended as {applied.state}. {applied.detail}"
            ] = None
        yield _chunk(work, conflict, applied)


def _chunk(work: Work, conflict: Conflict, applied: Applied) -> Chunk:
    also = applied.also
    if applied.data is None:
        now = replace(also, gone=[*also.gone, Key(conflict.kind, applied.id)])
    else:
        record = Record(conflict.kind, applied.id, applied.data)
        now = replace(also, records=[*also.records, record])
    return replace(now, keep=partial(_keep, work, conflict, also))


def _keep(work: Work, conflict: Conflict, also: Chunk) -> None:
    also.keep()
    work.state.conflicts.drop(conflict.number)
