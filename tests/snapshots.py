"""A snapshot as a server makes it, for tests that speak the contract in-process over HTTP."""

import uuid
from typing import Any

from tests.office import Program, apply_all, said


class Snapshot:
    """One that a server opened; it counts what was accepted of its parts."""

    def __init__(self, server: Program, version: int, *kinds: str) -> None:
        asked = {"version": version, "kinds": list(kinds or ("contact",))}
        self.server = server
        self.accepted = 0
        self.opened = said(server.post("/snapshots", asked), 201)
        self.id: str = self.opened["snapshot"]

    def push(self, *changes: Any, key: str | None = None) -> Any:
        """A part, as it is answered."""
        return part(self.server, self.id, *changes, key=key)

    def deliver(self, *changes: Any) -> None:
        """A part that is accepted and applied."""
        self.accepted += said(self.push(*changes), 202)["accepted"]
        apply_all()

    def commit(self, changes: int | None = None) -> Any:
        """As it is answered; `changes`: what was delivered, unless another number is given."""
        named = {"changes": self.accepted if changes is None else changes}
        return self.server.post(f"/snapshots/{self.id}/commit", named)

    def finish(self, *changes: Any) -> None:
        """Deliver the last part, commit, and have the deletes made."""
        if changes:
            self.deliver(*changes)
        said(self.commit(), 202)
        apply_all()
        assert self.state == "applied"

    @property
    def state(self) -> str:
        state: str = said(self.server.get(f"/snapshots/{self.id}"))["state"]
        return state


def part(server: Program, snapshot: Any, *changes: Any, key: str | None = None) -> Any:
    """A batch that names a snapshot."""
    body = {"snapshot": snapshot, "changes": list(changes)}
    return server.post("/batches", body, Idempotency_Key=key or str(uuid.uuid4()))
