"""`POST /batches` and `GET /batches/{id}`."""

import hashlib
import re
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from mailbox import accept, outcomes
from mailbox.accept import Letters, Refused, Stored
from sync import bell, sessions
from sync.api import envelope, problems
from sync.api.base import Endpoint, answer, id_or_404, inactive
from sync.api.problems import Problem

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
        try:
            with transaction.atomic():
                stored = accept.store(
                    mailbox_id=self.caller.push_mailbox_id,
                    peer_id=self.caller.peer_id,
                    key=key,
                    body_sha256=hashlib.sha256(text).digest(),
                    letters=batch.letters,
                    rejected=batch.rejected,
                    checkpoint=checkpoint,
                    refusal=self._refusal(batch),
                    now=self.now,
                )
                if not stored.replayed:
                    self._book(request, stored)
        except accept.SenderInactive as error:
            raise inactive(str(error)) from None
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

    def _refusal(self, batch: envelope.Envelope) -> Problem | None:
        """Why a new batch is not stored. No snapshot can be open: whatever is named is unknown."""
        if batch.snapshot is not None and self.caller.role == "server":
            return problems.not_found()
        if not self._has_room(batch.letters):
            return Problem(
                507, "mailbox-full", "The mailbox has no room left; deletes are still taken."
            )
        return None

    def _has_room(self, letters: Letters) -> bool:
        caller = self.caller
        if caller.rows < settings.MAILBOX_MAX_CHANGES and caller.bytes < settings.MAILBOX_MAX_BYTES:
            return True
        return all(op == "delete" for op in letters.ops)


class BatchView(Endpoint):
    """What became of a batch, for its sender."""

    def get(self, request: HttpRequest, batch: str) -> HttpResponse:
        found = outcomes.find_batch(id_or_404(batch), self.caller.peer_id)
        if found is None:
            raise problems.not_found()
        body: dict[str, Any] = {
            "batch": str(found.uuid),
            "state": found.state,
            "accepted": found.accepted,
            "applied": found.applied,
            "stale": found.stale,
            "rejected": [Refused(**refused) for refused in found.rejected],
        }
        if self.caller.role == "device":
            body["outcomes"] = outcomes.of_batch(found)
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
