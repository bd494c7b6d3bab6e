"""A program that waits, over real HTTP."""

import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

import httpx

from hhcportal.run.processes import wait_until
from tests.waiting.offices import Known

# Before a look that nobody called for: whoever is answered by then was called.
CALLED_WITHIN = 20.0
WAIT = 55
# A mailbox that waits does not answer within it, however busy the machine is.
A_WHILE = 0.5


class Program:
    """A paired program at an address."""

    def __init__(self, url: str, known: Known) -> None:
        self.id = known.id
        headers = {"Authorization": f"Bearer {known.token}"}
        self._http = httpx.Client(base_url=f"{url}/api/v1", headers=headers, timeout=90.0)

    def close(self) -> None:
        self._http.close()

    def get(self, path: str, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._http.get(path, headers=named)

    def post(self, path: str, body: Any, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self._http.post(path, json=body, headers=named)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def push(self, *changes: dict[str, Any]) -> str:
        key = str(uuid.uuid4())
        batch: str = self.post("/batches", {"changes": changes}, Idempotency_Key=key)["batch"]
        return batch

    def collect(self) -> list[dict[str, Any]]:
        """Everything, acknowledged."""
        page = self.get("/changes").json()
        self.post("/acks", {"cursor": page["cursor"]})
        changes: list[dict[str, Any]] = page["changes"]
        return changes

    def wait(self, seconds: int = WAIT) -> "Wait":
        """Begin to wait; returns once it does, or was answered at once."""
        begun = Wait(lambda: self._http.get(f"/mailbox?wait={seconds}"))
        begun.answered(A_WHILE)
        return begun


class Wait:
    """A request that takes its time."""

    def __init__(self, ask: Callable[[], httpx.Response]) -> None:
        self._answers: list[httpx.Response | httpx.HTTPError] = []
        self.took = 0.0
        self._thread = threading.Thread(target=self._run, args=(ask,), daemon=True)
        self._thread.start()

    def answered(self, within: float) -> bool:
        return wait_until(lambda: bool(self._answers), within)

    @property
    def waits(self) -> bool:
        return not self._answers

    def response(self, within: float = CALLED_WITHIN) -> httpx.Response:
        """What was answered. Fails where that takes longer."""
        assert self.answered(within), "nobody called"
        answer = self._answers[0]
        if isinstance(answer, httpx.HTTPError):
            raise answer
        return answer

    def mailbox(self, within: float = CALLED_WITHIN) -> Any:
        answer = self.response(within)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def _run(self, ask: Callable[[], httpx.Response]) -> None:
        began = time.monotonic()
        try:
            self._answers.append(ask())
        except httpx.HTTPError as error:
            self._answers.append(error)
        self.took = time.monotonic() - began


def put(record: str, version: int) -> dict[str, Any]:
    """A server's change."""
    return {"kind": "contact", "id": record, "op": "put", "version": version, "data": {"n": 1}}


def edit(record: str) -> dict[str, Any]:
    """A device's change."""
    return {"kind": "contact", "id": record, "op": "put", "base_version": None, "data": {"n": 2}}
