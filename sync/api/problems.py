"""Errors as RFC 9457 problem documents."""

from http import HTTPStatus
from typing import Any

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse

TITLES = {
    "invalid-json": "The body is no JSON",
    "invalid-request": "The request does not have the form that is asked for",
    "idempotency-key-missing": "A batch needs an Idempotency-Key",
    "cursor-invalid": "This cursor is not one of yours",
    "token-invalid": "The token is missing or not valid",
    "account-inactive": "The account is not active",
    "role-not-allowed": "This is not for a peer of your role",
    "peer-erased": "This device is to be erased",
    "not-found": "There is nothing here",
    "pairing-code-unknown": "This pairing code is not known",
    "method-not-allowed": "This method is not allowed here",
    "in-progress": "A request with this Idempotency-Key is in progress",
    "device-cloned": "Another install uses this pairing",
    "cursor-expired": "What you had not collected has expired",
    "epoch-changed": "The mailbox has begun a new epoch",
    "cursor-ahead": "Your cursor lies beyond what the mailbox holds",
    "snapshot-incomplete": "Not all of the snapshot is applied",
    "snapshot-open": "Another snapshot is open",
    "snapshot-closed": "This snapshot is closed",
    "batch-too-large": "The batch is too large",
    "encoding-unsupported": "This content encoding is not supported",
    "media-type-unsupported": "This content type is not supported",
    "idempotency-key-reused": "This Idempotency-Key was used with another body",
    "slow-down": "Too many requests",
    "maintenance": "The mailbox is not available for a moment",
    "mailbox-full": "The mailbox is full",
    "internal": "The mailbox failed; this is our fault",
}


class Problem(Exception):
    """A refusal, as the client will read it. `detail` is a full sentence.

    `members` are what the document holds beside the usual ones.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        retry_after: int | None = None,
        members: dict[str, Any] | None = None,
        **headers: str,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail
        self.retry_after = retry_after
        self.members = members or {}
        self.headers = headers


def response(problem: Problem, request: HttpRequest) -> HttpResponse:
    """The problem document for `request`, with its id."""
    body: dict[str, Any] = {
        "type": f"{settings.PORTAL_URL}/api/v1/docs#{problem.code}",
        "title": TITLES[problem.code],
        "status": problem.status,
        "detail": problem.detail,
        "code": problem.code,
        "request_id": getattr(request, "request_id", ""),
    } | problem.members
    answer = HttpResponse(b"", status=problem.status, content_type="application/problem+json")
    for name, value in problem.headers.items():
        answer[name.replace("_", "-")] = value
    if problem.retry_after is not None:
        body["retry_after"] = problem.retry_after
        answer["Retry-After"] = str(problem.retry_after)
    answer.content = orjson.dumps(body)
    answer.reason_phrase = HTTPStatus(problem.status).phrase
    return answer


def invalid_request(detail: str) -> Problem:
    """400: the body is JSON, but not of the form that is asked for."""
    return Problem(400, "invalid-request", detail)


def token_invalid() -> Problem:
    """401: missing, unknown and revoked tokens answer alike."""
    return Problem(
        401,
        "token-invalid",
        "The token is missing, unknown or revoked; pair this program again.",
        WWW_Authenticate="Bearer",
    )


def not_found() -> Problem:
    """404, alike for what never was and for what is another's."""
    return Problem(404, "not-found", "There is nothing under this address for you.")


def maintenance() -> Problem:
    """503: PostgreSQL is away, a lock was not had in time, or a pause was announced."""
    return Problem(503, "maintenance", "The mailbox is not available for a moment.", retry_after=10)
