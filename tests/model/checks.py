"""What is stored and shown, held against the model."""

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from tests.model.oracle import SERVER, Oracle, Page
from tests.model.world import World

_BOXES = """
SELECT m.direction, m.rows, m.bytes, m.live,
    (SELECT count(*) FROM (
        SELECT FROM mailbox_change WHERE mailbox_id = m.id AND place IS NOT NULL
        UNION ALL SELECT FROM mailbox_upchange WHERE mailbox_id = m.id) lying),
    (SELECT coalesce(sum(size), 0) FROM (
        SELECT size FROM mailbox_change WHERE mailbox_id = m.id
        UNION ALL SELECT size FROM mailbox_upchange WHERE mailbox_id = m.id) lying),
    (SELECT count(*) FROM mailbox_change WHERE mailbox_id = m.id AND op = 'put')
FROM mailbox_mailbox m WHERE m.id = ANY(%s)
"""
_READERS = """
SELECT coalesce(r.peer_id::text, 'server'), r.waiting, r.by_kind, r.mark,
    (SELECT coalesce(jsonb_object_agg(kind, n), '{}') FROM (
        SELECT kind, count(*) AS n FROM (
            SELECT kind FROM mailbox_change WHERE mailbox_id = r.mailbox_id AND place > r.acked
            UNION ALL
            SELECT kind FROM mailbox_upchange WHERE mailbox_id = r.mailbox_id AND place > r.acked
        ) lying GROUP BY kind) counted)
FROM mailbox_reader r WHERE r.mailbox_id = ANY(%s)
"""
_DOWN = """
SELECT kind, record_id, op, version, data FROM mailbox_change WHERE mailbox_id = %s
    AND place IS NOT NULL ORDER BY place
"""
_STUBS = (
    "SELECT kind, record_id, version FROM mailbox_change WHERE mailbox_id = %s AND place IS NULL"
)
_UP = """
SELECT u.kind, u.record_id, u.op, u.base_version, u.data, b.uuid::text, u.index
FROM mailbox_upchange u JOIN mailbox_batch b ON b.id = u.batch_id
WHERE u.mailbox_id = %s ORDER BY u.place
"""


def tables(world: World, model: Oracle, mailboxes: Mapping[str, int]) -> None:
    """Every count against a recount, and every row and reader against the model."""
    ids = list(mailboxes.values())
    for direction, rows, size, live, *recounted in world.look(_BOXES, [ids]):
        assert [rows, size, live] == recounted, f"counts of {direction}"
    readers = {}
    for name, waiting, by_kind, mark, recounted in world.look(_READERS, [ids]):
        assert by_kind == recounted, f"counts of {name}"
        assert waiting == sum(by_kind.values()), f"counts of {name}"
        readers[name] = by_kind, mark
    assert readers == {
        name: (model.waiting(name), reader.mark) for name, reader in model.readers.items()
    }
    records = [(*key, r.op, r.version, r.text, r.place) for key, r in model.down.items()]
    lying = sorted((row for row in records if row[-1] is not None), key=lambda row: row[-1] or 0)
    assert world.look(_DOWN, [mailboxes["down"]]) == [row[:-1] for row in lying]
    stubs = {(*key, record.version) for key, record in model.down.items() if record.is_stub}
    assert set(world.look(_STUBS, [mailboxes["down"]])) == stubs
    edits = [(e.letter.kind, e.letter.id, e.letter.op, e.letter.version, e.letter.text, e.batch,
              e.letter.index) for e in model.up]  # fmt: skip
    assert world.look(_UP, [mailboxes["up"]]) == edits


def page(content: bytes, expected: Page, waiting: int) -> None:
    """A page in its order, letter for letter, with what it says of itself."""
    told = json.loads(content)
    assert [_without_letter(change) for change in told["changes"]] == _rows(expected)
    for _, letter, _ in expected.rows:
        if letter.text is not None:
            assert b'"data":' + letter.text.encode() + b"}" in content, "a letter was opened"
    shown = told["complete"], told["full"], told["waiting"]
    assert shown == (expected.complete, expected.full, waiting)


def _without_letter(change: dict[str, Any]) -> dict[str, Any]:
    assert ("data" in change) == (change["op"] == "put")
    return {name: value for name, value in change.items() if name != "data"}


def _rows(expected: Page) -> list[dict[str, Any]]:
    rows = []
    for _, letter, edit in expected.rows:
        row: dict[str, Any] = {"kind": letter.kind, "id": letter.id, "op": letter.op}
        if edit is None:
            row["version"] = letter.version
        else:
            row |= {"base_version": letter.version, "batch": edit.batch, "index": letter.index}
            row |= {"ref": letter.ref, "device": edit.device}
        rows.append(row)
    return rows


def mailbox(told: dict[str, Any], model: Oracle, name: str, state: str) -> None:
    """The answer of `GET /mailbox`."""
    by_kind = model.waiting(name)
    waiting = told["waiting"]
    assert (waiting["total"], waiting["by_kind"]) == (sum(by_kind.values()), by_kind)
    assert (waiting["since"] is None, waiting["oldest"] is None) == (not by_kind, not by_kind)
    assert told.get("resync", "") == model.readers[name].mark
    assert told["account"]["state"] == state
    if name == SERVER:
        assert told["highest_version"] == model.highest


def problem(answer: Any, status: int, code: str) -> None:
    """A refusal of this kind."""
    assert answer.status_code == status, (answer.status_code, answer.content[:300])
    assert json.loads(answer.content)["code"] == code


def anonymous(answer: Any) -> tuple[int, dict[str, Any]]:
    """An answer without the one thing that differs between any two."""
    told = json.loads(answer.content)
    told.pop("request_id", None)
    return answer.status_code, told


def batch(told: dict[str, Any], model: Oracle, id: str) -> None:
    """The answer of `GET /batches/{id}`."""
    pushed = model.pushed[id]
    assert (told["state"], told["accepted"]) == (pushed.state, len(pushed.letters))
    if pushed.state == "applied":
        assert (told["applied"], told["stale"]) == (
            pushed.applied, len(pushed.letters) - pushed.applied
        )  # fmt: skip
    if pushed.direction == "up":
        shown = [
            (o["index"], o["ref"], o["state"], o["id"], o["version"]) for o in told["outcomes"]
        ]
        assert shown == _outcomes(model, id)


def _outcomes(model: Oracle, id: str) -> Sequence[tuple[Any, ...]]:
    became = []
    for letter in model.pushed[id].letters:
        outcome = model.outcomes.get((id, letter.index))
        state, named, version = "waiting", letter.id, None
        if outcome is not None:
            state, named, version = outcome.state, outcome.id or letter.id, outcome.version
        became.append((letter.index, letter.ref, state, named, version))
    return became


def unknown_id() -> str:
    return str(uuid.uuid4())
