"""Finding a record in Act! by its id or name, to tell why it is or is not on a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from clients.agent.act import asking, privacy
from clients.agent.act.judging import Judging
from clients.agent.act.kinds import ORDER, WITH_ACCESS
from clients.agent.act.line import Line
from clients.agent.act.pages import pages
from clients.agent.act.probe import Capabilities
from clients.agent.act.records import PRODUCTS, BadRecord, Row
from clients.agent.act.refusals import Refusal
from clients.agent.act.state import State
from clients.agent.connectors.base import MOST_FOUND, Found

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_NAMED = {
    "contact": "fullName",
    "company": "name",
    "group": "name",
    "opportunity": "name",
}
"""The kinds that are looked for by name, and the member that holds it."""


def judged(line: Line, judging: Judging, kind: str, row: Row) -> Found:
    """The record as it would travel now, or why it stays."""
    try:
        row = completed(line, judging, kind, row)
        verdict = judging.verdict(kind, row)
        record = judging.judge(kind, row, verdict).record
    except BadRecord as bad:
        return Found(kind, bad.id, None, stays=str(bad))
    id = judging.key(kind, row).id
    if record is None:
        return Found(kind, id, None, stays=verdict.sentence)
    return Found(kind, id, record.data)


def completed(line: Line, judging: Judging, kind: str, row: Row) -> Row:
    """The row with what has to be asked for beside it; who may see it is learnt by `judging`."""
    id = str(row.get("id"))
    if kind in WITH_ACCESS and privacy.is_unclear(row):
        judging.learn_access(kind, id, _access(line, kind, id))
    if kind == "opportunity" and judging.verdict(kind, row).travels:
        return {**row, PRODUCTS: _products(line, row)}
    return row


def find(line: Line, state: State, judging: Judging, can: Capabilities, wanted: str) -> list[Found]:
    """The records of that id, else those whose name holds `wanted`; at most MOST_FOUND."""
    by_id = _by_id(line, state, judging, wanted) or _by_new_id(line, judging, wanted)
    return by_id or list(_by_name(line, judging, can, wanted))


def _by_id(line: Line, state: State, judging: Judging, id: str) -> list[Found]:
    found = []
    for row in state.rows_of(id):
        shown = asking.one(line, row.kind, row.place)
        if shown is None:
            found.append(Found(row.kind, id, None, gone=True))
            continue
        found.append(judged(line, judging, row.kind, shown))
    return found


def _by_new_id(line: Line, judging: Judging, id: str) -> list[Found]:
    """A record that no reading has met yet."""
    if not _GUID.fullmatch(id):
        return []
    shown = {kind: asking.one(line, kind, id) for kind in ORDER}
    return [judged(line, judging, kind, row) for kind, row in shown.items() if row is not None]


def _by_name(line: Line, judging: Judging, can: Capabilities, wanted: str) -> Iterator[Found]:
    """Act! is not asked to look: which of its filters find a part of a name is not known."""
    sought, left = wanted.casefold(), MOST_FOUND
    for kind, member in _NAMED.items():
        for page in pages(line, can.kinds[kind].route):
            for row in page:
                if left and sought in str(row.get(member) or "").casefold():
                    left -= 1
                    yield judged(line, judging, kind, row)


def _access(line: Line, kind: str, id: str) -> Row:
    (answer,) = asking.access(line, kind, [id])
    if isinstance(answer, Refusal):
        raise answer
    return answer


def _products(line: Line, opportunity: Row) -> list[Row]:
    (answer,) = asking.products(line, [opportunity])
    if isinstance(answer, Refusal):
        raise answer
    return answer
