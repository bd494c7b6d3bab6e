"""The client's side of the wire contract, version 1, over HTTP."""

from __future__ import annotations

import gzip
import re
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import httpx
import stamina
import stamina.instrumentation

from clients import __version__, authorities, rawjson
from clients.answers import BatchState, Mailbox, Page, Pairing, Receipt, SnapshotState
from clients.clocks import ahead
from clients.problems import NotAMailbox, Problem, Unreachable, WireError
from clients.ticks import Gap

# The person is told once, in words, when the tries are over.
stamina.instrumentation.set_on_retry_hooks([])

KIND = re.compile(r"[a-z][a-z0-9_]{0,31}")
RECORD_ID = re.compile(r"[!-~]{1,64}")

_Answer = TypeVar("_Answer")
_PATIENCE = 15.0
_GZIP_LEVEL = 6
_ANSWER = 60.0  # seconds without a byte


class Api:
    """One peer's connection. Every method raises a WireError unless the answer is a success.

    Requests that may succeed a moment later (no connection, `maintenance`, `slow-down`,
    `in-progress`) are tried again for some seconds; every request of the contract may be repeated.
    """

    def __init__(
        self, *, url: str, install_id: str, token: str | None = None, patient: bool = True
    ) -> None:
        headers = {"Install-Id": install_id, "User-Agent": f"handheld-mailbox-client/{__version__}"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        self.url = url.rstrip("/")
        self._install_id = install_id
        self._attempts = 5 if patient else 1
        self._http = httpx.Client(
            base_url=f"{self.url}/api/v1/",
            headers=headers,
            timeout=_timeout(_ANSWER),
            verify=authorities.trusted(),
        )
        self._session: str | None = None
        self.ahead: float | None = None
        """By how many seconds the mailbox's clock ran before this machine's at its last answer."""

    def close(self) -> None:
        self._http.close()

    def pair(self, *, code: str, name: str, platform: str) -> Pairing:
        body = {
            "code": code,
            "name": name,
            "platform": platform,
            "client_version": __version__,
            "install_id": self._install_id,
        }
        return self._json(Pairing.read, "POST", "pairings", body)

    def unpair(self) -> None:
        self._call("DELETE", "peer")

    def mailbox(self, *, wait: int = 0) -> Mailbox:
        """Is there mail? With `wait` the answer may take as many seconds, until there is news."""
        if not wait:
            return self._json(Mailbox.read, "GET", "mailbox")
        response = self._call("GET", "mailbox", params={"wait": str(wait)}, patience=wait + _ANSWER)
        return _read(Mailbox.read, response)

    def start_session(
        self,
        *,
        reason: str,
        pending: int,
        next_contact_in: float | None = None,
        slept: Sequence[Gap] = (),
    ) -> Mailbox:
        """Begin a sync; what follows is booked on it until `finish_session`."""
        body: dict[str, object] = {
            "reason": reason,
            "client_version": __version__,
            "now": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            "pending": pending,
        }
        if next_contact_in is not None:
            body["next_contact_in"] = max(1, round(next_contact_in))
        if slept:
            body["slept"] = [gap.as_sent() for gap in slept]
        answer = self._json(Mailbox.read, "POST", "sessions", body)
        self._session = answer.session
        return answer

    def finish_session(
        self, *, error: tuple[str, str] | None, sent: int, received: int, pending: int
    ) -> None:
        """End the sync; `error` is (code, detail) of a failed one. Without a session: nothing."""
        if self._session is None:
            return
        body: dict[str, object] = {
            "result": "failed" if error else "ok",
            "counts": {"sent": sent, "received": received},
            "pending": pending,
        }
        if error:
            body["error"] = {"code": error[0], "detail": error[1]}
        self._call("POST", f"sessions/{self._session}/finish", body)
        self._session = None

    def push(self, *, key: str, body: bytes) -> Receipt:
        """Deliver one batch. The same key with the same body has one effect, however often."""
        headers = {
            "Idempotency-Key": key,
            "Content-Type": "application/json",
            "Content-Encoding": "gzip",
        }
        packed = gzip.compress(body, _GZIP_LEVEL, mtime=0)
        response = self._call("POST", "batches", content=packed, headers=headers)
        return _read(Receipt.read, response)

    def batch(self, batch: str) -> BatchState:
        return self._json(BatchState.read, "GET", f"batches/{batch}")

    def open_snapshot(self, *, version: int, kinds: list[str]) -> str:
        """Begin to say all that there is of these kinds; the snapshot's id."""
        body: dict[str, object] = {"version": version, "kinds": kinds}
        return self._json(lambda answer: str(answer["snapshot"]), "POST", "snapshots", body)

    def snapshot(self, snapshot: str) -> SnapshotState:
        return self._json(SnapshotState.read, "GET", f"snapshots/{snapshot}")

    def commit_snapshot(self, snapshot: str, *, changes: int) -> None:
        """All of it is said; `changes` is how many of its changes were accepted."""
        body: dict[str, object] = {"changes": changes}
        self._call("POST", f"snapshots/{snapshot}/commit", body)

    def changes(self, *, after: str | None, limit: int) -> Page:
        params = {"limit": str(limit)}
        if after:
            params["after"] = after
        response = self._call("GET", "changes", params=params)
        try:
            return Page.read(response.content.decode())
        except (ValueError, KeyError, TypeError) as error:
            raise NotAMailbox("The mailbox sent a page that this program cannot read.") from error

    def acknowledge(self, *, cursor: str, outcomes: list[dict[str, object]] | None = None) -> None:
        body: dict[str, object] = {"cursor": cursor}
        if outcomes:
            body["outcomes"] = outcomes
        self._call("POST", "acks", body)

    def resync(self) -> None:
        self._call("POST", "resync", {})

    def subscribe(self, subscription: dict[str, object]) -> None:
        """Say how this device can be woken."""
        self._call("PUT", "push-subscription", subscription)

    def command_done(self, command: str) -> None:
        self._call("POST", f"commands/{command}/done", {"result": "ok"})

    def _json(
        self,
        read: Callable[[dict[str, Any]], _Answer],
        method: str,
        path: str,
        body: dict[str, object] | dict[str, str] | None = None,
    ) -> _Answer:
        return _read(read, self._call(method, path, body))

    def _call(
        self,
        method: str,
        path: str,
        body: dict[str, object] | dict[str, str] | None = None,
        *,
        content: bytes | None = None,
        headers: dict[str, str] | None = None,
        params: dict[str, str] | None = None,
        patience: float = _ANSWER,
    ) -> httpx.Response:
        sent = dict(headers or {})
        if body is not None:
            content = rawjson.dump(body).encode()
            sent["Content-Type"] = "application/json"
        if self._session:
            sent["Sync-Session"] = self._session
        request = self._http.build_request(
            method, path, content=content, headers=sent, params=params, timeout=_timeout(patience)
        )
        for attempt in stamina.retry_context(
            on=_pause, attempts=self._attempts, timeout=45.0, wait_initial=0.5, wait_max=8.0
        ):
            with attempt:
                return self._once(request)
        raise AssertionError("the last attempt returns or raises")

    def _once(self, request: httpx.Request) -> httpx.Response:
        try:
            response = self._http.send(request)
        except httpx.TransportError as error:
            raise Unreachable(
                f"The mailbox at {self.url} does not answer ({_reason(error)}): "
                "check the address and the network."
            ) from error
        self.ahead = ahead(response.headers.get("Date"), time.time())
        if response.is_success:
            return response
        raise _failure(response, self.url)


def _timeout(answer: float) -> httpx.Timeout:
    return httpx.Timeout(answer, connect=10.0)


def _pause(error: Exception) -> bool | float:
    """Whether a failed request is tried again at once, and after how many seconds."""
    if isinstance(error, Unreachable):
        return True
    if not isinstance(error, Problem) or error.status not in (409, 429, 502, 503, 504):
        return False
    if error.status == 409 and error.code != "in-progress":
        return False
    if error.retry_after is None:
        return True
    return error.retry_after if error.retry_after <= _PATIENCE else False


def _reason(error: httpx.TransportError) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "time-out"
    return str(error) or type(error).__name__


def _failure(response: httpx.Response, url: str) -> WireError:
    try:
        document = response.json()
        code, detail = str(document["code"]), document.get("detail") or document.get("title")
    except (ValueError, KeyError, TypeError, AttributeError):
        if response.status_code in (502, 503, 504):
            return Unreachable(f"The mailbox at {url} is away ({response.status_code}): try later.")
        return _stranger(response, url)
    return Problem(
        status=response.status_code,
        code=code,
        detail=str(detail or ""),
        retry_after=_seconds(document.get("retry_after") or response.headers.get("Retry-After")),
        request_id=str(document.get("request_id") or ""),
        snapshot=str(document.get("snapshot") or "") or None,
    )


def _stranger(response: httpx.Response, url: str) -> NotAMailbox:
    target = response.headers.get("Location")
    if response.is_redirect and target:
        return NotAMailbox(f"{url} sends its visitors on to {target}: use that address instead.")
    return NotAMailbox(
        f"{url} answers ({response.status_code}), but not as a mailbox: check the address."
    )


def _seconds(value: object) -> float | None:
    try:
        return max(0.0, float(str(value)))
    except ValueError:
        return None


def _read(read: Callable[[dict[str, Any]], _Answer], response: httpx.Response) -> _Answer:
    try:
        return read(response.json())
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotAMailbox(
            f"{response.request.url.host} answers, but not as a mailbox: check the address."
        ) from error
