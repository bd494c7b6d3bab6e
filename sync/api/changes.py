"""`GET /changes`: a page of what lies there, the letters passed through as they came."""

from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse

from mailbox import cursors, read
from mailbox.cursors import CursorInvalid, Place
from mailbox.resync import CURSOR_AHEAD, set_mark
from mailbox.wall import acting_for_mailbox
from sync import sessions
from sync.api import problems
from sync.api.base import Endpoint, answer
from sync.api.limits import PAGE_CHANGES
from sync.api.problems import Problem
from sync.presence import is_due

DEFAULT_LIMIT = 200

MARKED = {
    "cursor-expired": "Changes that you had not collected have expired; ask for a resync.",
    "cursor-ahead": "The mailbox was set back behind your place; ask for a resync.",
    "epoch-changed": "The mailbox was restored from a backup; ask for a resync.",
}


class ChangesView(Endpoint):
    """Reading moves nothing and removes nothing."""

    when_inactive = False

    def get(self, request: HttpRequest) -> HttpResponse:
        limit = _limit(request)
        caller = self.caller
        refuse_mark(caller.mark)
        after = place_of(request.GET.get("after"), caller.reader_id, caller.generation)
        self.apply_overdue()
        page = read.page(
            caller.reader_id,
            mailbox_id=caller.mailbox_id,
            direction=caller.direction,
            after=after,
            limit=limit,
            now=self.now,
        )
        refuse_mark(page.mark)
        if page.generation != caller.generation:
            raise cursor_invalid()
        if after is not None and after.place > page.head:
            with acting_for_mailbox(caller.mailbox_id):
                set_mark(caller.reader_id, CURSOR_AHEAD, generation=page.generation, now=self.now)
            refuse_mark(CURSOR_AHEAD)
        self._note(request, page)
        cursor = cursors.make(
            reader_id=caller.reader_id, generation=page.generation, place=page.next
        )
        return answer(
            {
                "changes": [_document(change) for change in page.changes],
                "cursor": cursor,
                "complete": page.complete,
                "full": page.full,
                "waiting": page.waiting,
            }
        )

    def _note(self, request: HttpRequest, page: read.Page) -> None:
        """Book the reading on a session, but at most once a minute: a page costs no write."""
        caller = self.caller
        if is_due(caller.session_last_request, self.now):
            synced = caller.role == "device" and page.waiting == 0
            booking = sessions.Booking(session=request.headers.get("Sync-Session"), synced=synced)
            sessions.book(caller, booking, now=self.now)


def _document(change: read.DownChange | read.UpChange) -> dict[str, Any]:
    body: dict[str, Any] = {"kind": change.kind, "id": change.id, "op": change.op}
    if isinstance(change, read.DownChange):
        body["version"] = change.version
    else:
        body |= {
            "base_version": change.base_version,
            "batch": change.batch,
            "index": change.index,
            "ref": change.ref,
            "device": change.device,
        }
    if change.data is not None:
        body["data"] = orjson.Fragment(change.data)
    return body


def place_of(text: str | None, reader_id: int, generation: int) -> Place | None:
    """The place of a cursor; None where none was given. Raises 400 `cursor-invalid`."""
    if not text:
        return None
    try:
        return cursors.parse(text, reader_id=reader_id, generation=generation)
    except CursorInvalid:
        raise cursor_invalid() from None


def cursor_invalid() -> Problem:
    """400: the client drops the cursor and asks without it."""
    return Problem(
        400, "cursor-invalid", "This cursor is damaged or not yours; ask without a cursor."
    )


def refuse_mark(mark: str) -> None:
    """Raises 410 for a reader that lost something, until it asks for a resync."""
    if mark:
        raise Problem(410, mark, MARKED[mark])


def _limit(request: HttpRequest) -> int:
    text = request.GET.get("limit", str(DEFAULT_LIMIT))
    if text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= PAGE_CHANGES:
        return int(text)
    raise problems.invalid_request(f"`limit` has to be a number from 1 to {PAGE_CHANGES}.")
