"""The line to one Act! Web API: requests with manners, and their answers read or refused.

The manners: two requests at once, 30 s each; a read that failed on the network or in the server is
tried three times, everything else once; Act!'s word on its rate is followed.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

import httpx
import stamina
import stamina.instrumentation

from clients import __version__, authorities, rawjson
from clients.agent.act import batches, diagnosis, envelopes, refusals
from clients.agent.act.address import Address
from clients.agent.act.login import Headers, Login
from clients.agent.act.pace import Clock, Pace
from clients.agent.act.records import Row
from clients.agent.act.refusals import Broken, Locked, NotFound, Refusal, SignInRefused
from clients.trouble import Exit, Trouble

# The person is told once, in words, when the tries are over.
stamina.instrumentation.set_on_retry_hooks([])

Query = Mapping[str, str]

AT_ONCE = 2
PATIENCE = 30.0
_TRIES = 3
_PAUSES = 5
LOCK_ROUTE = "database/maintenance/lock"

_Taken = TypeVar("_Taken")


class Line:
    """One user's connection to one database, for several threads.

    Paths are what follows `/api/` in the table of routes, such as `contacts`; an id in a path has
    to be quoted by the caller. Every method raises a Refusal unless the answer is a success.
    `requests` counts all that were sent, sign-ins and repetitions too.
    """

    def __init__(
        self,
        address: Address,
        database: str,
        user: str,
        password: Callable[[], str],
        *,
        ca_file: Path | None = None,
        clock: Clock | None = None,
    ) -> None:
        clock = clock or Clock()
        self.address = address
        self.requests = 0
        self._counting = threading.Lock()
        self._gate = threading.BoundedSemaphore(AT_ONCE)
        self.pace = Pace(clock)
        self._login = Login(address, database, user, password, ask=self._authorize, clock=clock)
        self._patience = PATIENCE
        self._http = httpx.Client(
            headers={
                "Accept": "application/json",
                "User-Agent": f"handheld-mailbox-agent/{__version__}",
            },
            timeout=PATIENCE,
            verify=_trusted(ca_file),
            # A proxy for the world outside knows nothing of this machine.
            trust_env=not address.is_local,
        )

    def close(self) -> None:
        self._http.close()

    def system(self) -> dict[str, Any]:
        """`/api/system`, which asks for no sign-in: whether an Act! Web API stands there at all.

        It holds `apiVersion` among others; raises NotAct where the answer is not Act!'s.
        """

        def take() -> dict[str, Any]:
            response = self._send("GET", self.address.api("system"))
            if not response.is_success:
                raise diagnosis.of_answer(response, self.address)
            if diagnosis.is_html(response):
                raise refusals.nothing_there(self.address)
            system = envelopes.decoded(response)
            if not isinstance(system, dict) or "apiVersion" not in system:
                raise refusals.nothing_there(self.address)
            return system

        try:
            return self._patiently(take)
        except NotFound as refusal:
            raise refusals.nothing_there(self.address) from refusal

    def sign_in(self) -> None:
        """Have a token, or say why there is none."""
        self._patiently(self._login.headers)

    def get(self, path: str, query: Query | None = None) -> Any:
        """The decoded JSON of one answer."""
        return self._patiently(lambda: envelopes.decoded(self._data(path, query)))

    def get_or_none(self, path: str, query: Query | None = None) -> Any:
        """As `get`, and None where Act! itself says that there is no such record.

        Another 404 (a page of the web server, an unknown route) says nothing about a record, and
        is raised.
        """
        try:
            return self.get(path, query)
        except NotFound:
            return None

    def rows(self, path: str, query: Query | None = None) -> list[Row]:
        """The records of one list. An answer in an unknown form is asked for again, then raised."""
        return self._patiently(lambda: envelopes.rows(envelopes.decoded(self._data(path, query))))

    def batch(self, asked: Sequence[tuple[str, Query]]) -> list[Any]:
        """The answers of several reads in one request, in their order, None for each 404.

        Only where the probe saw `$batch` work. One read that fails fails them all.
        """
        urls = [self._url(path, query) for path, query in asked]

        def take() -> list[Any]:
            parts = batches.decode(self._posted(urls), len(urls))
            return [self._part(part) for part in parts]

        return self._patiently(take)

    def write(self, method: str, path: str, body: object = None, query: Query | None = None) -> Any:
        """Change something, and the decoded answer, None where it is empty.

        Asked once: whoever does not know whether it was taken has to look before it is repeated.
        """
        url = self._url(path, query)
        content = None if body is None else rawjson.dump(body).encode()

        def send(headers: Headers) -> httpx.Response:
            sent = {**headers, b"Content-Type": b"application/json"}
            return self._send(method, url, sent, content=content)

        try:
            response = self._signed(send)
        except refusals.QueryRefused:
            failure = refusals.change_refused()
        else:
            return envelopes.decoded(response) if response.content.strip() else None
        raise failure

    def _part(self, part: httpx.Response) -> Any:
        if part.is_success:
            return envelopes.decoded(part)
        refusal = diagnosis.of_answer(part, self.address)
        if isinstance(refusal, NotFound):
            return None
        raise refusal

    def _patiently(self, take: Callable[[], _Taken]) -> _Taken:
        try:
            for attempt in stamina.retry_context(
                on=_passes, attempts=_TRIES, timeout=None, wait_initial=1.0, wait_max=4.0
            ):
                with attempt:
                    return take()
        except (Broken, SignInRefused) as refusal:
            # During a restore Act! fails, or knows no database: that mends itself.
            raise self.locked() or refusal from None
        raise AssertionError("the last attempt returns or raises")

    def locked(self) -> Locked | None:
        """Whether the database says that it is locked; asked once, and without signing in."""
        try:
            response = self._send("GET", self.address.api(LOCK_ROUTE), self._login.present())
            lock = envelopes.decoded(response) if response.is_success else None
        except Refusal:
            return None
        if not isinstance(lock, dict) or lock.get("lockTypeId") not in ("LOCK", "PENDING_LOCK"):
            return None
        return refusals.of_lock(str(lock.get("reasonId") or "maintenance"))

    def _data(self, path: str, query: Query | None) -> httpx.Response:
        url = self._url(path, query)
        return self._signed(lambda headers: self._send("GET", url, headers))

    def _url(self, path: str, query: Query | None) -> httpx.URL:
        # In the form that was proven live: `$` as it is, and no `+` for a space, which a gateway
        # may take for a plus.
        packed = urlencode(query or {}, quote_via=quote, safe="$")
        return httpx.URL(self.address.api(path)).copy_with(query=packed.encode() or None)

    def _posted(self, urls: list[httpx.URL]) -> httpx.Response:
        def post(headers: Headers) -> httpx.Response:
            sent = {**headers, b"Content-Type": batches.CONTENT_TYPE.encode()}
            content = batches.encode(urls, headers)
            return self._send("POST", self.address.api("$batch"), sent, content=content)

        return self._signed(post)

    def _signed(self, send: Callable[[Headers], httpx.Response]) -> httpx.Response:
        headers = self._login.headers()
        response = send(headers)
        if response.status_code == 401:
            response = send(self._login.again(headers))
        if not response.is_success:
            raise diagnosis.of_answer(response, self.address)
        return response

    def _authorize(self, url: str, headers: Headers) -> httpx.Response:
        return self._send("GET", url, headers)

    def _send(
        self,
        method: str,
        url: httpx.URL | str,
        headers: Headers | None = None,
        *,
        content: bytes | None = None,
    ) -> httpx.Response:
        """Send a request in its turn; after the pauses that Act! asks for, again."""
        request = self._http.build_request(method, url, headers=headers, content=content)
        for _ in range(_PAUSES):
            response = self._in_turn(request)
            if response.status_code != 429:
                return response
        return self._in_turn(request)

    def _in_turn(self, request: httpx.Request) -> httpx.Response:
        with self._gate:
            self.pace.take_turn()
            with self._counting:
                self.requests += 1
            response = self._once(request)
            self.pace.heard(response)
            return response

    def _once(self, request: httpx.Request) -> httpx.Response:
        try:
            return self._whole(request)
        except httpx.RequestError as error:
            failure = diagnosis.of_silence(error, self.address)
        # Raised out here: httpx's error holds the request, and that one holds the credentials.
        raise failure

    def _whole(self, request: httpx.Request) -> httpx.Response:
        """The answer with its body, within PATIENCE also where it comes in drops."""
        ends = time.monotonic() + self._patience
        response = self._http.send(request, stream=True)
        try:
            body = bytearray()
            for chunk in response.iter_raw():
                body += chunk
                if time.monotonic() > ends:
                    raise httpx.ReadTimeout("slow", request=request)
        finally:
            response.close()
        reason = response.reason_phrase.encode("ascii", "replace")
        return httpx.Response(
            response.status_code,
            headers=response.headers,
            content=bytes(body),
            extensions={"reason_phrase": reason},
        )


def _passes(error: Exception) -> bool:
    return isinstance(error, Refusal) and error.passes


def _trusted(ca_file: Path | None) -> ssl.SSLContext:
    """The usual authorities, and the customer's own beside them."""
    context = authorities.trusted()
    if ca_file is not None:
        try:
            context.load_verify_locations(ca_file)
        except (OSError, ValueError) as error:
            raise Trouble(
                f"The file of the authority {ca_file} cannot be used "
                f"({error.strerror or 'no certificate' if isinstance(error, OSError) else error}): "
                "name a file with its certificate in PEM form.",
                exit_code=Exit.USAGE,
            ) from error
    return context
