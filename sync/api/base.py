"""The one base of every endpoint: it owns the order in which a request is checked.

Path and method, maintenance, token, install, rate, role, erase and account; what follows (key,
content type, size, shape, names, marks, cursor, room) each view asks for in that order.
"""

import logging
import math
import uuid
from datetime import datetime, timedelta
from typing import Any, ClassVar

import orjson
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from psycopg.errors import ReadOnlySqlTransaction
from psycopg_pool import PoolTimeout
from rest_framework.views import APIView

from accounts import clock, pairing, tokens
from accounts.database import discard_broken
from accounts.models import Peer, is_inactive
from mailbox.resync import PeerGone
from sync import applying, hot, sessions
from sync.api import body as bodies
from sync.api import problems
from sync.api.problems import Problem
from sync.limiter import Limiter

logger = logging.getLogger(__name__)

LOOK_AGAIN_AFTER = timedelta(seconds=1)

_limiter = Limiter(per_minute=settings.REQUESTS_PER_MINUTE, burst=settings.REQUESTS_BURST)


def answer(body: Any, status: int = 200) -> HttpResponse:
    """A JSON answer; times become RFC 3339 in UTC with `Z`."""
    content = orjson.dumps(body, option=orjson.OPT_UTC_Z)
    return HttpResponse(content, status=status, content_type="application/json")


def id_or_404(text: str) -> uuid.UUID:
    """An id in a path; a malformed one answers like an unknown one."""
    try:
        return uuid.UUID(text)
    except ValueError:
        raise problems.not_found() from None


class Endpoint(APIView):
    """A resource of the contract. Subclasses say who may call it and write its methods.

    Django REST framework's own dispatch authenticates before it chooses the method and
    negotiates formats; the contract does neither, so `dispatch` is this class's own.
    """

    needs_token: ClassVar[bool] = True
    roles: ClassVar[tuple[str, ...]] = ("server", "device")
    when_inactive: ClassVar[bool] = True
    when_erased: ClassVar[bool] = False

    now: datetime
    caller: hot.Caller
    token_hash: bytes

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return self._checked(request, *args, **kwargs)
        except Problem as problem:
            return problems.response(problem, request)
        except PeerGone:
            return problems.response(problems.token_invalid(), request)
        except SuspiciousOperation:
            refusal = problems.invalid_request("The query has a form that nothing here asks for.")
            return problems.response(refusal, request)
        except Exception as error:  # noqa: BLE001 (whatever it is, the caller is answered)
            return problems.response(_failure(error), request)
        finally:
            bodies.let_go(request)

    def _checked(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        handler = self._handler(request)
        if settings.MAINTENANCE:
            raise problems.maintenance()
        self.now = clock.now()
        if self.needs_token:
            self.caller = self._authenticate(request)
            self._check_install(request)
            self._note_contact()
            self._check_rate()
            self._check_role()
        # Whoever sends a body slowly holds no database connection meanwhile.
        if request.method in ("POST", "PUT") and not connection.in_atomic_block:
            connection.close()
        response: HttpResponse = handler(request, *args, **kwargs)
        return response

    def read_body(self, request: HttpRequest) -> bytes:
        """The request's body, and the time of its arrival as `now`.

        Whoever was let in before a slow body is looked at again after it.
        """
        text = bodies.read(request)
        began, self.now = self.now, clock.now()
        if self.needs_token and self.now - began > LOOK_AGAIN_AFTER:
            self.caller = self._authenticate(request)
            self._check_role()
        return text

    def _handler(self, request: HttpRequest) -> Any:
        method = (request.method or "").lower()
        allowed = [m for m in ("get", "post", "put", "delete") if hasattr(self, m)]
        if method not in allowed:
            listed = ", ".join(allowed).upper()
            raise Problem(
                405, "method-not-allowed", f"Only {listed} is allowed here.", Allow=listed
            )
        return getattr(self, method)

    def _authenticate(self, request: HttpRequest) -> hot.Caller:
        token = bearer(request)
        self.token_hash = tokens.digest(token or "")
        caller = self.find_caller(token) if token else None
        if caller is None:
            raise problems.token_invalid()
        return caller

    def find_caller(self, token: str) -> hot.Caller | None:
        """Who holds this token; the poll's endpoint asks for more in the same statement."""
        return hot.caller(self.token_hash, str(tokens.role_of(token)), self.now)

    def _check_install(self, request: HttpRequest) -> None:
        text = request.headers.get("Install-Id")
        if text is None:
            return
        try:
            install_id = uuid.UUID(text.strip())
        except ValueError:
            install_id = None  # whatever it is, it is not the paired one
        if install_id != self.caller.install_id:
            if install_id is not None:
                pairing.note_clone(self.caller.peer_id, install_id, now=self.now)
            raise Problem(
                409,
                "device-cloned",
                "This pairing belongs to another install; pair this one with a code of its own.",
            )

    def _check_rate(self) -> None:
        wait = _limiter.seconds_until_allowed(self.caller.peer_id)
        if wait:
            raise Problem(
                429,
                "slow-down",
                "This program asks too often; wait a moment.",
                retry_after=max(1, math.ceil(wait)),
            )

    def _check_role(self) -> None:
        if self.caller.role not in self.roles:
            raise Problem(403, "role-not-allowed", f"This is not for a {self.caller.role} to ask.")
        if self.caller.erase_requested and not self.when_erased:
            raise Problem(403, "peer-erased", "This device is to be erased; nothing else is done.")
        if not self.when_inactive and is_inactive(self.caller.account_state(self.now)):
            raise inactive(self.caller.account_state(self.now))

    def _note_contact(self) -> None:
        """Any authenticated request is contact, whatever becomes of it; at most once a minute.

        A token that was used once can no longer be replaced by a repeated pairing.
        """
        caller = self.caller
        if caller.token_used_at is None:
            Peer.objects.filter(pk=caller.peer_id, token_used_at=None).update(
                token_used_at=self.now
            )
        up_to_date = caller.role == "device" and caller.waiting == 0 and not caller.mark
        sessions.contact(caller, now=self.now, synced=up_to_date)

    def apply_overdue(self) -> bool:
        """Apply a slice in this request where the workers let a batch lie: Redis may be gone."""
        if not self.caller.overdue:
            return False
        applying.apply_slice(self.caller.mailbox_id, now=self.now)
        return True


def _failure(error: Exception) -> Problem:
    """503 where PostgreSQL is away, or takes no writes since it still recovers; else our fault."""
    recovering = isinstance(error.__cause__, ReadOnlySqlTransaction)
    if recovering or isinstance(error, (OperationalError, InterfaceError, PoolTimeout)):
        logger.warning("database not available: %s", type(error).__name__)
        discard_broken()
        return problems.maintenance()
    logger.error("request failed", exc_info=error)
    return Problem(500, "internal", "The mailbox failed; please try again later.")


def inactive(state: str) -> Problem:
    """403: nothing is collected or sent for an account in this state."""
    return Problem(
        403,
        "account-inactive",
        f"This account is {state}: nothing is sent or collected. Please ask its owner.",
    )


def bearer(request: HttpRequest) -> str | None:
    """The bearer token, or None where the header is missing or of another kind."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    token = token.strip()
    return token if scheme.lower() == "bearer" and tokens.role_of(token) else None


class UnknownPath(Endpoint):
    """Every path below the API that is none."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return problems.response(problems.not_found(), request)
