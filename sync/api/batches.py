"""`POST /batches` and `GET /batches/{id}`."""

import hashlib
import re
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from accounts.database import end_connection
from mailbox import accept, outcomes, snapshots
from mailbox.accept import Letters, Refused, Stored
from mailbox.snapshots import Part
from sync import bell, sessions
from sync.api import body as bodies
from sync.api import envelope, problems
from sync.api.base import Endpoint, answer, id_or_404, inactive
from sync.api.problems import Problem
from sync.api.snapshots import find_snapshot, snapshot_closed

_KEY = re.compile(r"\A[!-~]{1,128}\Z")


class BatchesView(Endpoint):
    """A push: stored and flushed when it is answered, applied soon after."""

    when_inactive = False

    def post(self, request: HttpRequest) -> HttpResponse:
        key = _idempotency_key(request)
        text = self.read_body(request)
        batch = envelope.read(text, self.caller.role)
        checkpoint = batch.checkpoint if self.caller.role == "server" else None
        stored = self._store(request, key, text, batch, checkpoint)
        if len(text) > bodies.LARGE:
            end_connection()
        if not stored.replayed:
            bell.ring(self.caller.push_mailbox_id)
        reply = answer(
            {
                "batch": str(stored.uuid),
                "state": "received",
                "accepted": stored.accepted,
                "rejected": stored.rejected,
            },
            202,
        )
        if stored.replayed:
            reply["Idempotent-Replayed"] = "true"
        return reply

    def _store(
        self,
        request: HttpRequest,
        key: str,
        text: bytes,
        batch: envelope.Envelope,
        checkpoint: str | None,
    ) -> Stored:
        part, refusal = self._part(batch)
        try:
            with transaction.atomic():
                stored = accept.store(
                    mailbox_id=self.caller.push_mailbox_id,
                    peer_id=self.caller.peer_id,
                    key=key,
                    body_sha256=hashlib.sha256(text).digest(),
                    letters=batch.letters,
                    rejected=batch.rejected,
                    refused_names=batch.refused_names,
                    checkpoint=checkpoint,
                    part=part,
                    refusal=refusal or self._full(batch.letters),
                    now=self.now,
                )
                if not stored.replayed:
                    self._book(request, stored)
        except accept.SenderInactive as error:
            raise inactive(str(error)) from None
        except snapshots.Closed:
            raise snapshot_closed() from None
        except accept.KeyReused:
            raise Problem(
                422,
                "idempotency-key-reused",
                "This Idempotency-Key came with another body before; use a new key.",
            ) from None
        except accept.InProgress:
            raise Problem(
                409,
                "in-progress",
                "The same request is being stored at this moment; ask again.",
                retry_after=1,
            ) from None
        return stored

    def _book(self, request: HttpRequest, stored: Stored) -> None:
        booking = sessions.Booking(
            session=request.headers.get("Sync-Session"),
            sent=stored.accepted,
            batches=int(stored.accepted > 0),
        )
        sessions.book(self.caller, booking, now=self.now)

    def _part(self, batch: envelope.Envelope) -> tuple[Part | None, Problem | None]:
        """What the batch adds to the snapshot that it names, or why it cannot."""
        if batch.snapshot is None or self.caller.role != "server":
            return None, None
        found = find_snapshot(batch.snapshot, self.caller.push_mailbox_id, self.now)
        if found is None:
            return None, problems.not_found()
        if found.state != snapshots.OPEN:
            return None, snapshot_closed()
        return Part(found.id, batch.names), None

    def _full(self, letters: Letters) -> Problem | None:
        caller = self.caller
        if caller.rows < settings.MAILBOX_MAX_CHANGES and caller.bytes < settings.MAILBOX_MAX_BYTES:
            return None
        if all(op == "delete" for op in letters.ops):
            return None
        return Problem(
            507, "mailbox-full", "The mailbox has no room left; deletes are still taken."
        )


class BatchView(Endpoint):
    """What became of a batch, for its sender."""

    def get(self, request: HttpRequest, batch: str) -> HttpResponse:
        caller = self.caller
        looked_up = outcomes.find_batch(
            id_or_404(batch), caller.peer_id, mailbox_id=caller.push_mailbox_id
        )
        if looked_up is None:
            raise problems.not_found()
        found, became = looked_up
        body: dict[str, Any] = {
            "batch": str(found.uuid),
            "state": found.state,
            "accepted": found.accepted,
            "applied": found.applied,
            "stale": found.stale,
            "rejected": [Refused.kept(refused) for refused in found.rejected],
        }
        if caller.role == "device":
            body["outcomes"] = became
        return answer(body)


def _idempotency_key(request: HttpRequest) -> str:
    key = request.headers.get("Idempotency-Key", "")
    if not _KEY.match(key):
        raise Problem(
            400,
            "idempotency-key-missing",
            "A batch needs an Idempotency-Key of 1 to 128 visible ASCII characters.",
        )
    return key
