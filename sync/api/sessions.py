"""`POST /sessions` and `POST /sessions/{id}/finish`."""

from datetime import UTC, datetime
from typing import Annotated, Literal

import msgspec
from django.http import HttpRequest, HttpResponse
from msgspec import Meta

from sync import hot, sessions
from sync.api import problems, shape
from sync.api.base import Endpoint, answer, id_or_404
from sync.api.mailbox import document
from sync.models import Session

_Count = Annotated[int, Meta(ge=0, le=2**31 - 1)]
_Moment = Annotated[datetime, Meta(tz=True)]


_Version = Annotated[str, Meta(max_length=40)]
_Pending = Annotated[
    _Count | None,
    Meta(description="The program's own changes that the mailbox has not accepted yet."),
]


class Gap(msgspec.Struct):
    """A time during which the program's machine slept."""

    from_: _Moment = msgspec.field(name="from")
    until: _Moment


SLEPT_KEPT = 1000  # gaps of one session, the newest
_Gaps = list[Gap]


class SessionStart(msgspec.Struct):
    """A sync begins."""

    reason: Literal["scheduled", "manual", "wake-up", "start", "retry"]
    client_version: _Version | None = None
    now: Annotated[_Moment | None, Meta(description="The program's own clock.")] = None
    next_contact_in: Annotated[
        _Count | None, Meta(description="Seconds until it will be heard of again.")
    ] = None
    pending: _Pending = None
    slept: Annotated[
        _Gaps | None, Meta(description="Gaps that the program noticed since its last report.")
    ] = None


class SessionError(msgspec.Struct):
    """Why a sync failed."""

    code: Annotated[str, Meta(max_length=64)] = ""
    detail: str = ""


class SessionCounts(msgspec.Struct):
    """What the program counted; the mailbox's own counts go before them."""

    sent: _Count | None = None
    received: _Count | None = None


class SessionFinish(msgspec.Struct):
    """A sync ends."""

    result: Literal["ok", "failed"]
    error: SessionError | None = None
    counts: SessionCounts | None = None
    pending: _Pending = None


class SessionsView(Endpoint):
    """A sync begins; the answer is the Mailbox answer with the session's id."""

    def post(self, request: HttpRequest) -> HttpResponse:
        said = shape.decode(self.read_body(request), SessionStart)
        shape.refuse_nul(client_version=said.client_version)
        begun = sessions.Start(
            reason=said.reason,
            client_version=said.client_version or "",
            now=_utc(said.now) if said.now else None,
            next_contact_in=said.next_contact_in,
            pending=said.pending,
            slept=tuple(
                {"from": _utc(gap.from_).isoformat(), "until": _utc(gap.until).isoformat()}
                for gap in (said.slept or ())[-SLEPT_KEPT:]
            ),
        )  # fmt: skip
        session_id = sessions.start(self.caller, begun, now=self.now)
        self.apply_overdue()
        found = hot.poll(self.token_hash, self.caller.role, self.now)
        if found is None:  # revoked while this request was under way
            raise problems.token_invalid()
        body = document(*found, self.now)
        return answer({"session": str(session_id), **body}, 201)


def _utc(moment: datetime) -> datetime:
    """In UTC; raises 400 where some zone on earth could not show it any more."""
    if not 1 < moment.year < 9999:
        raise problems.invalid_request("A time has to lie in the years 2 to 9998.")
    return moment.astimezone(UTC)


class FinishView(Endpoint):
    """A sync ends. A late finish is told how the session had ended."""

    def post(self, request: HttpRequest, session: str) -> HttpResponse:
        said = shape.decode(self.read_body(request), SessionFinish)
        error = said.error or SessionError()
        shape.refuse_nul(code=error.code, detail=error.detail)
        counts = said.counts or SessionCounts()
        found = (
            Session.objects.filter(pk=id_or_404(session), peer_id=self.caller.peer_id)
            .select_related("peer")
            .first()
        )
        if found is None:
            raise problems.not_found()
        sessions.end_if_idle(found, now=self.now)
        ended = sessions.Finish(
            result=said.result,
            error_code=error.code,
            error_detail=error.detail[:500],
            sent=counts.sent,
            received=counts.received,
            pending=said.pending,
        )
        result = sessions.finish(found, ended, now=self.now)
        return answer({"session": str(found.pk), "result": result})
