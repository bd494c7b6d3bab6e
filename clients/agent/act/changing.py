"""Edits of all kinds but activities, written to Act!."""

from __future__ import annotations

from clients.agent.act.work import Work
from clients.agent.connectors.base import Applied, Edit


def apply(work: Work, edit: Edit) -> Applied:
    """Apply an edit to Act!. Raises BadRecord, or a Refusal where Act! cannot be written now."""
    return Applied("rejected", edit.id, edit.seen, "Not written yet: make the change in Act!.")
