"""An account in which everything that the pages show has happened at least once."""

import uuid
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.stack import Stack

API = "/api/v1"
PASSWORD = "long enough to pass"


@dataclass(frozen=True)
class Names:
    """What people and programs may call themselves."""

    account: str = "Weingut Steinberg"
    server: str = "BÜRO-PC"
    device: str = "Pixel 9"
    platform: str = "android"
    version: str = "1.0.0"
    error: str = "the folder is away"


class Peer:
    """A paired program of the bare contract."""

    def __init__(self, stack: Stack, code: str, name: str, names: Names) -> None:
        self._url, self.headers = f"{stack.url}{API}", dict[str, str]()
        told = {"name": name, "platform": names.platform, "client_version": names.version}
        paired = self.post("/pairings", {"code": code, "install_id": str(uuid.uuid4()), **told})
        self.id: str = paired["peer"]
        self.headers["Authorization"] = f"Bearer {paired['token']}"

    def post(self, path: str, body: Any) -> dict[str, Any]:
        return self._ask("POST", path, json=body)

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        return self._ask("GET", path, params=query)

    def sync(self, **error: str) -> None:
        """A session that ends well, or with the error."""
        begun = self.post("/sessions", {"reason": "scheduled", "client_version": "1.0.0"})
        end = {"result": "failed", "error": error} if error else {"result": "ok"}
        self.post(f"/sessions/{begun['session']}/finish", end)

    def _ask(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        headers = {"Idempotency-Key": str(uuid.uuid4()), **self.headers}
        answer = httpx.request(method, self._url + path, headers=headers, timeout=30, **more)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json() if answer.content else {}
        return found


@dataclass
class House:
    """The account with its people and programs; `ids` fill in the addresses of pages."""

    number: str
    email: str
    server: Peer
    device: Peer
    ids: dict[str, str]
    cookies: list[Any] = field(default_factory=list)  # of the owner, once signed in


def furnish(stack: Stack, names: Names | None = None) -> House:
    """Records wait or were collected, an edit is on its way, syncs failed, a device has ended."""
    names = names or Names()
    email = f"{uuid.uuid4().hex}@example.com"
    opening = ("create_account", names.account, "--email", email, "--password", PASSWORD)
    number = stack.manage(*opening)["account"]
    codes = [
        stack.manage("pair", number, "--role", role)["code"]
        for role in ("server", "device", "device")
    ]
    server = Peer(stack, codes[0], names.server, names)
    device = Peer(stack, codes[1], names.device, names)
    old = Peer(stack, codes[2], names.device, names)
    put = {"kind": "contact", "op": "put", "data": {"fullName": "Maria Anders"}}
    pushed = server.post("/batches", {"changes": [{**put, "id": "A", "version": 1},
        {**put, "id": "B", "version": 2}, {**put, "id": "C", "version": 3},
        {**put, "id": "", "version": 4}]})  # fmt: skip
    server.sync()
    edited = device.post("/batches", {"changes": [{**put, "id": "A", "base_version": 1}]})
    for _ in range(2):
        device.sync(code="source-missing", detail=names.error)
    for words in (("command", number, device.id, "sync-now"), ("revoke", old.id), ("sweep",)):
        stack.manage(*words)
    page = device.get("/changes", limit=1)
    device.post("/acks", {"cursor": page["cursor"]})
    ids = {"number": number, "server": server.id, "device": device.id, "ended": old.id,
           "pushed": pushed["batch"], "edited": edited["batch"]}  # fmt: skip
    return House(number, email, server, device, ids)
