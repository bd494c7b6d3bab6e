"""`POST /acks`: the reader's place moves; a server also says what became of edits."""

import uuid
from array import array
from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from msgspec import Meta

from mailbox import acknowledge
from mailbox.acknowledge import Acknowledged, Report
from sync import bell, sessions
from sync.api import problems, shape, splitter
from sync.api.base import Endpoint, answer
from sync.api.changes import cursor_invalid, place_of, refuse_mark
from sync.api.limits import PAGE_CHANGES
from sync.api.problems import Problem

# An outcome takes up to thirty times its text's memory, so of a large body a slice at a time.
LARGE = 65_536
SLICE = 250
# The mailbox is locked while they are taken: those of ten pages may be in one request.
AT_MOST = 10 * PAGE_CHANGES

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
        _Reports | None,
        Meta(description="Of a server alone, 5,000 at most; the first final one stays."),
    ] = None


class AcksView(Endpoint):
    """What is acknowledged waits no more."""

    def post(self, request: HttpRequest) -> HttpResponse:
        cursor, reports = _read(self.read_body(request))
        caller = self.caller
        if not cursor and (reports is None or caller.role == "device"):
            raise problems.invalid_request("An acknowledgement names a cursor, or outcomes.")
        refuse_mark(caller.mark)
        place = place_of(cursor, caller.reader_id, caller.generation)
        taken = (caller.role == "server" and reports) or []
        # One transaction: an acknowledgement that is not booked would be missing in its session.
        with transaction.atomic():
            done = self._acknowledge(place.place if place else None, taken)
            if not done.mark:
                self._book(request, done, place.place if place else None)
                if taken:
                    bell.tell(caller.account_id)
        if done.mark == acknowledge.RESYNCED:
            raise cursor_invalid()
        refuse_mark(done.mark)
        rejected = [{"index": index, "code": "not-found"} for index in done.not_found]
        return answer({"waiting": done.waiting, "rejected": rejected})

    def _acknowledge(self, place: int | None, reports: "Sequence[Report] | _Cut") -> Acknowledged:
        """The place moves with the first slice of the reports; the lock is kept behind it."""
        done = self._acknowledge_slice(place, reports[:SLICE])
        for begin in range(SLICE, 0 if done.mark else len(reports), SLICE):
            more = self._acknowledge_slice(None, reports[begin : begin + SLICE])
            done.not_found.extend(begin + index for index in more.not_found)
        return done

    def _acknowledge_slice(self, place: int | None, reports: Sequence[Report]) -> Acknowledged:
        return acknowledge.acknowledge(
            peer_id=self.caller.peer_id,
            reader_id=self.caller.reader_id,
            mailbox_id=self.caller.mailbox_id,
            generation=self.caller.generation,
            place=place,
            reports=reports,
            now=self.now,
        )

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


class _Cut:
    """The outcomes of a large body; those of a slice are decoded when it is taken."""

    def __init__(self, text: bytes, bounds: "array[int]") -> None:
        self._text = text
        self._bounds = bounds  # begin and end of each

    def __len__(self) -> int:
        return len(self._bounds) // 2

    def __getitem__(self, part: slice) -> list[Report]:
        begins, ends = self._bounds[::2][part], self._bounds[1::2][part]
        return [self._report(begin, end) for begin, end in zip(begins, ends, strict=True)]

    def check(self) -> None:
        """Raises 400 for the first that has not the form that is asked for."""
        for begin in range(0, len(self), SLICE):
            self[begin : begin + SLICE]

    def _report(self, begin: int, end: int) -> Report:
        return _report(shape.decode(self._text[begin:end], OutcomeReport))


def _too_many() -> Problem:
    return Problem(413, "batch-too-large", f"An acknowledgement holds at most {AT_MOST} outcomes.")


def _read(text: bytes) -> tuple[str | None, Sequence[Report] | _Cut | None]:
    """The cursor, and the outcomes where the body names any."""
    if len(text) <= LARGE:
        said = shape.decode(text, Ack)
        if said.outcomes is None:
            return said.cursor, None
        return said.cursor, [_report(outcome) for outcome in said.outcomes]
    shape.check_utf8(text)
    try:
        return _read_large(text)
    except splitter.NotJson:
        raise shape.refusal(text, "The body has to be an object.") from None


def _read_large(text: bytes) -> tuple[str | None, _Cut | None]:
    outcomes: _Cut | None = None

    def end_of(name: str, begin: int) -> int:
        nonlocal outcomes
        if name == "outcomes":
            outcomes = None  # named twice, the last one counts
            if not text.startswith(b"null", begin):
                bounds, end = shape.cut(text, begin, name, AT_MOST, _too_many())
                outcomes = _Cut(text, bounds)
                return end
        return splitter.value_end(text, begin)

    cursor = b"null"
    for name, begin, end in splitter.members(text, end_of=end_of):
        if name == "cursor":
            cursor = text[begin:end]
    said = shape.decode(b'{"cursor":%s}' % cursor, Ack)
    if outcomes is not None:
        outcomes.check()
    return said.cursor, outcomes
