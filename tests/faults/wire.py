"""One program's line to the mailbox: it asks until it is answered, as the contract wants it."""

import http.client
import json
import time
from contextlib import suppress
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from tests.faults.book import Book

API = "/api/v1"
PATIENCE = 240.0
PAUSE = 0.2
TIMEOUT = 60.0


class Answer(NamedTuple):
    """A final answer. `first`: no try was needed before it; `seconds`: how long it took."""

    status: int
    body: dict[str, Any]
    replayed: bool
    first: bool
    seconds: float


class Sent(NamedTuple):
    """A push as it was sent, and the batch that it was answered with."""

    key: str
    body: dict[str, Any]
    batch: str


class Wire:
    """A kept connection of one peer. Every request is repeated until it is answered for good."""

    def __init__(self, url: str, book: Book, token: str = "") -> None:
        address = urlsplit(url)
        self._http = http.client.HTTPConnection(
            address.hostname or "", address.port, timeout=TIMEOUT
        )
        self._book = book
        self._headers = {"Content-Type": "application/json"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str) -> Answer:
        return self.ask("GET", path)

    def post(self, path: str, body: Any, key: str = "") -> Answer:
        return self.ask("POST", path, body, key)

    def repeat(self, old: Sent) -> None:
        """A push of long ago goes out once more, under its key: nothing comes of it."""
        answer = self.post("/batches", old.body, old.key)
        if (answer.status, answer.body.get("batch"), answer.replayed) != (202, old.batch, True):
            self._book.wrong(f"a repeated push was answered {answer.status} {answer.body}")

    def ask(self, method: str, path: str, body: Any = None, key: str = "") -> Answer:
        """Repeat the same request, under the same key, while nothing or "later" comes back.

        Raises TimeoutError after four minutes without an answer.
        """
        text = None if body is None else json.dumps(body).encode()
        headers = self._headers | ({"Idempotency-Key": key} if key else {})
        until = time.monotonic() + PATIENCE
        tries = 0
        while time.monotonic() < until:
            tries += 1
            answer = self._try(method, API + path, text, headers)
            if answer is not None:
                self._book.step()
                return answer._replace(first=tries == 1)
            time.sleep(PAUSE)
        raise TimeoutError(f"{method} {path} was never answered")

    def close(self) -> None:
        self._http.close()

    def _try(
        self, method: str, path: str, text: bytes | None, headers: dict[str, str]
    ) -> Answer | None:
        began = time.monotonic()
        try:
            self._http.request(method, path, text, headers)
            answer = self._http.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException):
            self._http.close()
            return None
        said: dict[str, Any] = {}
        with suppress(ValueError):
            said = json.loads(body or b"{}")
        if self._is_later(method, path, answer.status, said):
            return None
        replayed = answer.headers.get("Idempotent-Replayed") == "true"
        return Answer(answer.status, said, replayed, True, time.monotonic() - began)

    def _is_later(self, method: str, path: str, status: int, said: dict[str, Any]) -> bool:
        code = said.get("code", "")
        if status >= 500 and (status, code) != (503, "maintenance"):
            self._book.wrong(f"{method} {path}: {status} {code}")
            return True
        return status in (429, 503) or code in ("in-progress", "snapshot-incomplete")
