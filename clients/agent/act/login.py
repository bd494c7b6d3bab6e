"""Signing in to Act!: one token, renewed in time, and a wrong password tried once alone."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Callable
from typing import Any, Protocol

import httpx

from clients.agent.act import diagnosis, refusals
from clients.agent.act.address import Address
from clients.agent.act.pace import MINUTE, Clock, moment
from clients.agent.act.refusals import SignInRefused
from clients.trouble import Exit, Trouble

ASSUMED_LIFE = 65 * MINUTE
"""`AuthTimeoutInMinutes` of an install seen live; taken where the token does not tell its own."""

_RENEWED_AT = 0.8
_TOKEN = re.compile(r"[\w-]+\.[\w-]+\.[\w-]*", re.ASCII)


Headers = dict[bytes, bytes]


class Ask(Protocol):
    """Sends one request to `/authorize` and returns the answer, whatever its status."""

    def __call__(self, url: str, headers: Headers) -> httpx.Response: ...


class Login:
    """The token of one run. Safe for several threads: one of them signs in, the others wait.

    Raises SignInRefused once Act! has refused the password, without asking it ever again: more
    tries would lock the user out. The password is asked of `password` when it is needed, and is
    kept nowhere.
    """

    def __init__(
        self,
        address: Address,
        database: str,
        user: str,
        password: Callable[[], str],
        *,
        ask: Ask,
        clock: Clock,
    ) -> None:
        if ":" in user:
            raise _usage("An Act! user name with a colon cannot sign in: rename the user in Act!.")
        if not all(text and text.isprintable() for text in (database, user)):
            raise _usage("Name the Act! database and the user, as Act! itself shows them.")
        self._address = address
        self._database = database
        self._user = user
        self._password = password
        self._ask = ask
        self._clock = clock
        self._lock = threading.Lock()
        self._token: str | None = None
        self._renew_at = self._ends_at = 0.0
        self._refused: SignInRefused | None = None

    @property
    def database_header(self) -> Headers:
        """Needed to sign in; harmless on data routes, where the token names the database too."""
        return {b"Act-Database-Name": self._database.encode()}

    def headers(self) -> Headers:
        """What a data request carries; signs in or renews the token where it is time."""
        with self._lock:
            now = self._clock.now()
            if self._token is None or now >= self._ends_at:
                self._sign_in()
            elif now >= self._renew_at:
                self._renew(self._token)
            return self._bearer()

    def again(self, refused: Headers) -> Headers:
        """The headers after a 401 on a request that carried `refused`, from a new sign-in.

        Where another thread has signed in meanwhile, its token does.
        """
        with self._lock:
            if self._token is None or self._bearer() == refused:
                self._sign_in()
            return self._bearer()

    def present(self) -> Headers:
        """The headers as they stand: nobody signs in for them."""
        with self._lock:
            return self._bearer() if self._token else self.database_header

    def _sign_in(self) -> None:
        if self._refused:
            raise self._refused
        self._token = None
        packed = base64.b64encode(f"{self._user}:{self._password()}".encode())
        response = self._authorize(b"Basic " + packed)
        if not response.is_success:
            refusal = diagnosis.of_sign_in(response, self._address, self._user, self._database)
            if isinstance(refusal, SignInRefused):
                self._refused = refusal
            raise refusal
        token = _token_of(response)
        if token is None:
            raise refusals.nothing_there(self._address)
        self._take(token)

    def _renew(self, token: str) -> None:
        response = self._authorize(b"Bearer " + token.encode())
        fresh = _token_of(response) if response.is_success else None
        if fresh and fresh != token:
            self._take(fresh)
        else:
            # Not every Act! exchanges tokens; the password always gives one.
            self._sign_in()

    def _authorize(self, credentials: bytes) -> httpx.Response:
        headers = {**self.database_header, b"Authorization": credentials}
        return self._ask(self._address.authorize, headers)

    def _take(self, token: str) -> None:
        now = self._clock.now()
        life = life_of(token, now)
        self._token = token
        self._renew_at = now + _RENEWED_AT * life
        self._ends_at = now + life

    def _bearer(self) -> Headers:
        token = (self._token or "").encode()
        return {**self.database_header, b"Authorization": b"Bearer " + token}


def life_of(token: str, now: float) -> float:
    """How long a token lives from now, in seconds, by its own claims, else ASSUMED_LIFE.

    With `iat` beside `exp` the server's clock may be wrong. `iat` was seen as an ISO date.
    """
    claims = _claims(token)
    ends, begins = _moment(claims.get("exp")), _moment(claims.get("iat"))
    if ends is None:
        return ASSUMED_LIFE
    life = ends - (now if begins is None else begins)
    return life if life > 0 else ASSUMED_LIFE


def _claims(token: str) -> dict[str, Any]:
    middle = token.split(".")[1]
    try:
        claims = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    except ValueError:
        return {}
    return claims if isinstance(claims, dict) else {}


def _moment(claim: object) -> float | None:
    return float(claim) if isinstance(claim, int | float) else moment(str(claim))


def _token_of(response: httpx.Response) -> str | None:
    """The bare token, which comes as text/html, at times in quotes; None where it is none."""
    token = response.text.strip().strip('"').strip()
    return token if _TOKEN.fullmatch(token) else None


def _usage(sentence: str) -> Trouble:
    return Trouble(sentence, exit_code=Exit.USAGE)
