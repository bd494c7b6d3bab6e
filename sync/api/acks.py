"""`POST /acks`: the reader's place moves; a server also says what became of edits."""

import uuid
from typing import Annotated, Literal

import msgspec
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from msgspec import Meta

from mailbox import acknowledge
from mailbox.acknowledge import Acknowledged, Report
from sync import bell, sessions
from sync.api import problems, shape
from sync.api.base import Endpoint, answer
from sync.api.changes import cursor_invalid, place_of, refuse_mark

_RecordId = Annotated[str, Meta(pattern=r"\A[!-~]{1,64}\Z")]
_Version = Annotated[int, Meta(ge=0, le=2**63 - 1)]


class OutcomeReport(msgspec.Struct):
    """What a server says became of one change that a device had sent."""

    batch: Annotated[str, Meta(description="`batch` of the change, as the page named it.")]
    index: Annotated[int, Meta(description="`index` of the change in that batch.")]
    state: Literal["applied", "conflict", "rejected"]
    id: Annotated[
        _RecordId | None, Meta(description="The record's id in the CRM; replaces the device's own.")
    ] = None
    version: Annotated[
        _Version | None, Meta(description="The version that the record has now.")
    ] = None
    detail: Annotated[
        str | None, Meta(description="A sentence for the person at the device; 500 characters.")
    ] = None


_Reports = list[OutcomeReport]


class Ack(msgspec.Struct):
    """How far a reader has come. A server also reports outcomes, with or without a cursor."""

    cursor: Annotated[
        str | None, Meta(description="The `cursor` of a page that was stored for good.")
    ] = None
    outcomes: Annotated[
        _Reports | None, Meta(description="Of a server alone; the first final one stays.")
    ] = None


class AcksView(Endpoint):
    """What is acknowledged waits no more."""

    def post(self, request: HttpRequest) -> HttpResponse:
        said = shape.decode(self.read_body(request), Ack)
        caller = self.caller
        outcomes = (said.outcomes or []) if caller.role == "server" else []
        reports = [_report(outcome) for outcome in outcomes]
        if not said.cursor and (said.outcomes is None or caller.role == "device"):
            raise problems.invalid_request("An acknowledgement names a cursor, or outcomes.")
        refuse_mark(caller.mark)
        place = place_of(said.cursor, caller.reader_id, caller.generation)
        # One transaction: an acknowledgement that is not booked would be missing in its session.
        with transaction.atomic():
            done = acknowledge.acknowledge(
                peer_id=caller.peer_id,
                reader_id=caller.reader_id,
                mailbox_id=caller.mailbox_id,
                generation=caller.generation,
                place=place.place if place else None,
                reports=reports,
                now=self.now,
            )
            if not done.mark:
                self._book(request, done, place.place if place else None)
                if reports:
                    bell.tell(caller.account_id)
        if done.mark == acknowledge.RESYNCED:
            raise cursor_invalid()
        refuse_mark(done.mark)
        rejected = [{"index": index, "code": "not-found"} for index in done.not_found]
        return answer({"waiting": done.waiting, "rejected": rejected})

    def _book(self, request: HttpRequest, done: Acknowledged, place: int | None) -> None:
        booking = sessions.Booking(
            session=request.headers.get("Sync-Session"),
            received=done.passed,
            place=place,
            synced=self.caller.role == "device" and done.waiting == 0,
        )
        sessions.book(self.caller, booking, now=self.now)


def _report(outcome: OutcomeReport) -> Report:
    shape.refuse_nul(detail=outcome.detail)
    try:
        batch = uuid.UUID(outcome.batch)
    except ValueError:
        batch = None
    index = outcome.index if 0 <= outcome.index < 2**31 else -1
    detail = (outcome.detail or "")[:500]
    return Report(batch, index, outcome.state, outcome.id, outcome.version, detail)
