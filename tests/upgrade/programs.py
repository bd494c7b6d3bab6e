"""Servers and devices that speak the bare contract to whichever web server is open to them."""

import json
import random
import threading
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx

KINDS = ("contact", "history")
Key = tuple[str, str]


def letter(key: Key, version: int) -> str:
    """What the office writes into this version of a record."""
    kind, id = key
    return f'{{"name":"{id} Müller","{kind}":{version},  "text":"{"ß" * (version % 40)}"}}'


class Doors:
    """The web servers that are open; what they answered, by their address and the request."""

    def __init__(self) -> None:
        self._open: tuple[str, ...] = ()
        self._lock = threading.Lock()
        self._answers: Counter[tuple[str, str]] = Counter()
        self.wrong: list[str] = []

    def open(self, *urls: str) -> None:
        """From the next request on these alone."""
        self._open = urls

    def choose(self, chance: random.Random) -> str:
        return chance.choice(self._open)

    def note(self, url: str, request: str, answer: httpx.Response, expected: int) -> None:
        with self._lock:
            self._answers[url, request] += 1
            if answer.status_code != expected:
                said = f"{request} at {url}: {answer.status_code} {answer.text[:200]}"
                self.wrong.append(said)

    def answered(self, url: str, request: str) -> int:
        """How often a request, such as `POST /batches`, was answered there so far."""
        with self._lock:
            return self._answers[url, request]


@dataclass
class Program:
    """A paired peer. `held` has the version of each record that is not deleted, by kind and id."""

    token: str
    install_id: str
    held: dict[Key, int] = field(default_factory=dict)
    cursor: str = ""
    doors: Doors = field(default_factory=Doors)
    chance: random.Random = field(default_factory=random.Random)
    last_batch: str = ""

    def __post_init__(self) -> None:
        self._http = httpx.Client(timeout=30.0)

    def close(self) -> None:
        """Hang up."""
        self._http.close()

    def ask(
        self, method: str, path: str, body: Any = None, *, expected: int = 200, **headers: str
    ) -> dict[str, Any]:
        """One request; any other status than `expected` is noted as wrong."""
        url = self.doors.choose(self.chance)
        told = {
            "Authorization": f"Bearer {self.token}",
            "Install-Id": self.install_id,
            "Content-Type": "application/json",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        text = body if isinstance(body, str) else None if body is None else json.dumps(body)
        answer = self._http.request(method, f"{url}/api/v1{path}", content=text, headers=told)
        self.doors.note(url, f"{method} {path.partition('?')[0]}", answer, expected)
        said: dict[str, Any] = answer.json() if answer.content else {}
        return said

    def push(self, *changes: str, expected: int = 202) -> dict[str, Any]:
        """A batch; every other one is sent twice, as after a lost answer."""
        key, body = str(uuid.UUID(int=self.chance.getrandbits(128))), _batch(changes)
        said = self.ask("POST", "/batches", body, expected=expected, Idempotency_Key=key)
        if self.chance.random() < 0.5:
            again = self.ask("POST", "/batches", body, expected=expected, Idempotency_Key=key)
            assert expected != 202 or again == said, "a repeated batch got another answer"
        self.last_batch = said.get("batch", self.last_batch)
        return said

    def mailbox(self) -> dict[str, Any]:
        return self.ask("GET", "/mailbox")

    def page(self) -> dict[str, Any]:
        limit = self.chance.choice((3, 20, 200))
        return self.ask("GET", f"/changes?limit={limit}&after={self.cursor}")


class Server(Program):
    """The office: `top` is the highest version that it gave."""

    top: int = 0

    def step(self) -> None:
        """One sync: what changed, and what the devices want changed."""
        session = self.ask("POST", "/sessions", {"reason": "scheduled"}, expected=201)
        self.push(*(self.change() for _ in range(self.chance.randint(1, 12))))
        self.collect()
        path = f"/sessions/{session['session']}/finish"
        self.ask("POST", path, {"result": "ok"})

    def change(self, key: Key | None = None) -> str:
        """A record's next version: mostly a change or a new record, at times its end."""
        self.top += 1
        if key is None:
            key = (self.chance.choice(KINDS), f"record-{self.chance.randrange(80)}")
            if key in self.held and self.chance.random() < 0.2:
                del self.held[key]
                return json.dumps(
                    {"kind": key[0], "id": key[1], "op": "delete", "version": self.top}
                )
        self.held[key] = self.top
        return (
            f'{{"kind":"{key[0]}","id":"{key[1]}","op":"put","version":{self.top},'
            f'"data":{letter(key, self.top)}}}'
        )

    def collect(self) -> int:
        """Apply the devices' changes in the order of the contract; how many those were."""
        page = self.page()
        changes = page["changes"]
        outcomes = [
            {"batch": c["batch"], "index": c["index"], "state": "applied", "id": c["id"]}
            for c in changes
        ]
        told = self.ask("POST", "/acks", {"cursor": page["cursor"], "outcomes": outcomes})
        assert told.get("rejected", []) == []
        self.cursor = page["cursor"]
        if changes:
            self.push(*(self.change((c["kind"], c["id"])) for c in changes))
        return len(changes)


class Device(Program):
    """A phone; `letters` are the texts of what it holds."""

    def step(self) -> None:
        """One sync, and now and then an edit."""
        self.mailbox()
        self.read()
        if self.chance.random() < 0.3:
            self.edit()

    def edit(self) -> None:
        key = self.chance.choice([*self.held, ("contact", str(uuid.UUID(int=1)))])
        base = json.dumps(self.held.get(key))
        self.push(
            f'{{"kind":"{key[0]}","id":"{key[1]}","op":"put","base_version":{base},"data":{{}}}}'
        )

    def read(self) -> bool:
        """A page, and mostly its acknowledgement; whether nothing waits any more."""
        page = self.page()
        for change in page["changes"]:
            self.take(change)
        self.cursor = page["cursor"]
        if self.chance.random() < 0.8 or page["complete"]:
            self.ask("POST", "/acks", {"cursor": self.cursor})
        return bool(page["complete"])

    def take(self, change: dict[str, Any]) -> None:
        key, version = (change["kind"], change["id"]), change["version"]
        assert version >= self.held.get(key, 0), "a page went back to an older version"
        if change["op"] == "delete":
            self.held.pop(key, None)
            return
        assert change["data"] == json.loads(letter(key, version)), "a letter was changed"
        self.held[key] = version


def _batch(changes: tuple[str, ...]) -> str:
    return f'{{"changes":[{",".join(changes)}]}}'
