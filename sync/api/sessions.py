"""`POST /sessions` and `POST /sessions/{id}/finish`."""

from datetime import UTC, datetime
from typing import Annotated, Literal

import msgspec
from django.http import HttpRequest, HttpResponse
from msgspec import Meta

from sync import commands, hot, sessions
from sync.api import body as bodies
from sync.api import problems, shape
from sync.api.base import Endpoint, answer, id_or_404
from sync.api.mailbox import document
from sync.models import Session

_Count = Annotated[int, Meta(ge=0, le=2**31 - 1)]
_Moment = Annotated[datetime, Meta(tz=True)]


class _Gap(msgspec.Struct):
    from_: _Moment = msgspec.field(name="from")
    until: _Moment


class _Start(msgspec.Struct):
    reason: Literal["scheduled", "manual", "wake-up", "start", "retry"]
    client_version: Annotated[str, Meta(max_length=40)] | None = None
    now: _Moment | None = None
    next_contact_in: _Count | None = None
    pending: _Count | None = None
    slept: Annotated[list[_Gap], Meta(max_length=1000)] | None = None


class _Error(msgspec.Struct):
    code: Annotated[str, Meta(max_length=64)] = ""
    detail: str = ""


class _Counts(msgspec.Struct):
    sent: _Count | None = None
    received: _Count | None = None


class _Finish(msgspec.Struct):
    result: Literal["ok", "failed"]
    error: _Error | None = None
    counts: _Counts | None = None
    pending: _Count | None = None


class SessionsView(Endpoint):
    """A sync begins; the answer is the Mailbox answer with the session's id."""

    def post(self, request: HttpRequest) -> HttpResponse:
        said = shape.decode(bodies.read(request), _Start)
        shape.refuse_nul(client_version=said.client_version)
        begun = sessions.Start(
            reason=said.reason,
            client_version=said.client_version or "",
            now=said.now,
            next_contact_in=said.next_contact_in,
            pending=said.pending,
            slept=tuple(
                {"from": gap.from_.astimezone(UTC).isoformat(),
                 "until": gap.until.astimezone(UTC).isoformat()}
                for gap in said.slept or ()
            ),
        )  # fmt: skip
        session_id = sessions.start(self.caller, begun, now=self.now)
        self.apply_overdue()
        found = hot.poll(self.token_hash, self.caller.role, self.now)
        if found is None:  # revoked while this request was under way
            raise problems.not_found()
        body = document(*found, self.now)
        return answer({"session": str(session_id), **body}, 201)


class FinishView(Endpoint):
    """A sync ends. A late finish is told how the session had ended."""

    def post(self, request: HttpRequest, session: str) -> HttpResponse:
        said = shape.decode(bodies.read(request), _Finish)
        error = said.error or _Error()
        shape.refuse_nul(code=error.code, detail=error.detail)
        counts = said.counts or _Counts()
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
        commands.end_sync_now(self.caller.peer_id, now=self.now)
        return answer({"session": str(found.pk), "result": result})
