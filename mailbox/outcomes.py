"""A batch and what became of its changes, as its sender sees it."""

import uuid
from typing import Any

from mailbox.models import Batch, Content, Outcome
from mailbox.wall import acting_for_mailbox


def find_batch(
    batch_uuid: uuid.UUID, peer_id: uuid.UUID, *, mailbox_id: int
) -> tuple[Batch, list[dict[str, Any]]] | None:
    """A peer's own batch with its outcomes; another's is as unknown as one that never was."""
    with acting_for_mailbox(mailbox_id):
        batch = Batch.objects.filter(uuid=batch_uuid, peer_id=peer_id).first()
        return None if batch is None else (batch, _of_batch(batch))


def _of_batch(batch: Batch) -> list[dict[str, Any]]:
    """The outcomes of a device's batch, in the order of its changes; a server's has none.

    The content is looked for first: applying takes it away and brings the outcomes at once.
    """
    content = Content.objects.filter(batch=batch).defer("data").first()
    outcomes = [
        _outcome(o.index, o.ref, o.state, o.record_id, o.version, o.detail)
        for o in Outcome.objects.filter(batch=batch).order_by("index")
    ]
    if outcomes or content is None:
        return outcomes
    columns = zip(content.indexes, content.refs, content.record_ids, strict=True)
    return [_outcome(index, ref, "waiting", record_id) for index, ref, record_id in columns]


def _outcome(
    index: int,
    ref: str | None,
    state: str,
    record_id: str,
    version: int | None = None,
    detail: str = "",
) -> dict[str, Any]:
    return {
        "index": index,
        "ref": ref,
        "state": state,
        "id": record_id,
        "version": version,
        "detail": detail,
    }
