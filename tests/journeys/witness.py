"""A reader that speaks the bare contract and remembers everything that it was ever shown."""

import uuid
from typing import Any, Self

import httpx

from clients import rawjson
from tests.journeys.records import Key


class Witness:
    """A device without a program: `copy` is what it holds, `shown` every change it was given."""

    name = "Witness"

    def __init__(self, url: str, code: str, name: str = name) -> None:
        self.name = name
        self.copy: dict[Key, tuple[int, str]] = {}
        self.shown: list[tuple[str, str, int]] = []
        self.install_id = str(uuid.uuid4())
        self._http = httpx.Client(base_url=f"{url}/api/v1/", timeout=60.0)
        body = {
            "code": code,
            "name": name,
            "platform": "test",
            "client_version": "1.0.0",
            "install_id": self.install_id,
        }
        paired = self._http.post("pairings", json=body)
        assert paired.status_code == 201, paired.text
        self._http.headers["Authorization"] = f"Bearer {paired.json()['token']}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def waiting(self) -> int:
        """What the mailbox says that it has for this reader."""
        answer = self._http.get("mailbox")
        assert answer.status_code == 200, answer.text
        return int(answer.json()["waiting"]["total"])

    def read(self) -> int:
        """Take all that waits, acknowledging page by page; how many changes those were."""
        taken = 0
        while True:
            changes, rest = self._page()
            for change in changes:
                self._take(change)
            taken += len(changes)
            answer = self._http.post("acks", json={"cursor": rest["cursor"]})
            assert answer.status_code == 200, answer.text
            if rest["complete"]:
                return taken

    def start_over(self) -> None:
        """Forget everything, and ask for everything again."""
        self.copy.clear()
        answer = self._http.post("resync", json={})
        assert answer.status_code == 202, answer.text

    def _page(self) -> tuple[list[dict[str, str]], dict[str, Any]]:
        answer = self._http.get("changes", params={"limit": 200})
        assert answer.status_code == 200, answer.text
        parts = dict(rawjson.members(answer.content.decode()))
        changes = [dict(rawjson.members(text)) for text in rawjson.elements(parts["changes"])]
        return changes, answer.json()

    def _take(self, change: dict[str, str]) -> None:
        kind, id, version = change["kind"][1:-1], change["id"][1:-1], int(change["version"])
        self.shown.append((kind, id, version))
        if change["op"] == '"delete"':
            self.copy.pop((kind, id), None)
        else:
            self.copy[kind, id] = (version, change["data"])

    def versions(self, kind: str, id: str) -> list[int]:
        """The versions of one record, in the order in which they came."""
        return [v for k, i, v in self.shown if (k, i) == (kind, id)]
