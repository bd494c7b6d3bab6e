"""An account with its programs, for tests that speak the contract in-process over HTTP."""

import itertools
import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any, cast

import psycopg
from django.core.management import call_command
from django.db import connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper
from django.test import Client
from django.test.client import ClientHandler

from accounts import clock
from sync import sweeps

API = "/api/v1"
_serial = itertools.count(1)
# One for all: the middleware is loaded once, not for every client.
_handler = ClientHandler(enforce_csrf_checks=False)


def http_client(**kwargs: Any) -> Client:
    """Django's test client, made within a moment."""
    client = Client(**kwargs)
    client.handler = _handler
    return client


def manage(*words: str) -> dict[str, Any]:
    """Run an operator's command with `--json`; its answer."""
    out = StringIO()
    call_command(*words, "--json", stdout=out)
    answer: dict[str, Any] = json.loads(out.getvalue().strip().splitlines()[-1])
    return answer


def put(record: str, version: int | None = 1, data: Any = None, kind: str = "contact") -> Any:
    """A server's put."""
    body = {"name": record} if data is None else data
    return {"kind": kind, "id": record, "op": "put", "version": version, "data": body}


def delete(record: str, version: int, kind: str = "contact") -> Any:
    """A server's delete."""
    return {"kind": kind, "id": record, "op": "delete", "version": version}


def edit(record: str, base: int | None, data: Any = None, **more: Any) -> Any:
    """A device's put."""
    body = {"name": record} if data is None else data
    return {
        "kind": "contact", "id": record, "op": "put", "base_version": base, "data": body, **more
    }  # fmt: skip


class Program:
    """A paired server or device, and what it says over HTTP."""

    def __init__(self, role: str, paired: dict[str, Any], install_id: uuid.UUID) -> None:
        self.role = role
        self.id: str = paired["peer"]
        self.token: str = paired["token"]
        self.install_id = install_id
        self.http = http_client(raise_request_exception=False)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """One request; `headers` are named with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        extra: dict[str, Any] = {}
        if body is not None:
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            extra = {"data": data, "content_type": named.pop("Content-Type", "application/json")}
        named.setdefault("Authorization", f"Bearer {self.token}")
        return self.http.generic(method, API + path, headers=named, **extra)

    def get(self, path: str, **headers: str) -> Any:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.call("POST", path, {} if body is None else body, **headers)

    def mailbox(self) -> dict[str, Any]:
        return said(self.get("/mailbox"))

    def push(self, *changes: Any, key: str | None = None, **headers: str) -> Any:
        return self.post(
            "/batches",
            {"changes": list(changes)},
            Idempotency_Key=key or str(uuid.uuid4()),
            **headers,
        )

    def deliver(self, *changes: Any, **headers: str) -> dict[str, Any]:
        """Push, have it applied, and return what became of the batch."""
        pushed = said(self.push(*changes, **headers), 202)
        apply_all()
        return said(self.get(f"/batches/{pushed['batch']}"))

    def page(self, query: str = "") -> dict[str, Any]:
        return said(self.get(f"/changes{query}"))

    def ack(self, cursor: str, **more: Any) -> dict[str, Any]:
        return said(self.post("/acks", {"cursor": cursor, **more}))

    def collect(self, limit: int = 200) -> list[dict[str, Any]]:
        """Read and acknowledge to the end; every change in order."""
        changes: list[dict[str, Any]] = []
        cursor = ""
        while True:
            page = self.page(f"?limit={limit}&after={cursor}")
            changes += page["changes"]
            cursor = page["cursor"]
            self.ack(cursor)
            if page["complete"]:
                return changes


class Office:
    """An account of its own with a server and, on request, devices."""

    def __init__(self) -> None:
        email = f"owner{next(_serial)}-{uuid.uuid4().hex[:6]}@example.com"
        self.number: str = manage("create_account", "Prüf & Söhne", "--email", email)["account"]
        self.server = self.pair("server", "BÜRO-PC")

    def pair(self, role: str, name: str) -> Program:
        code = manage("pair", self.number, "--role", role)["code"]
        install_id = uuid.uuid4()
        return Program(role, said(redeem(code, name, install_id), 201), install_id)

    def device(self, name: str = "Pixel 9") -> Program:
        return self.pair("device", name)

    def age(self, by: str) -> None:
        manage("age", self.number, "--by", by)


def redeem(
    code: str, name: str = "Pixel 9", install_id: uuid.UUID | None = None, **extra: Any
) -> Any:
    """`POST /pairings`."""
    body = {"code": code, "name": name, "install_id": str(install_id or uuid.uuid4())}
    return http_client().post(
        f"{API}/pairings", json.dumps(body), content_type="application/json", **extra
    )


def said(answer: Any, status: int = 200) -> dict[str, Any]:
    """The answer's body, having checked its status."""
    assert answer.status_code == status, (answer.status_code, answer.content[:500])
    body: dict[str, Any] = json.loads(answer.content)
    return body


def refused(answer: Any, status: int, code: str) -> dict[str, Any]:
    """A problem document, having checked that it is this one and whole."""
    assert answer["Content-Type"] == "application/problem+json", answer.content[:300]
    body = said(answer, status)
    assert body["code"] == code, body
    assert {"type", "title", "status", "detail", "request_id"} <= set(body)
    assert body["status"] == status
    return body


def apply_all() -> None:
    """What the workers do with all that was received, here and now."""
    sweeps.apply_received(now=clock.now())


def sweep_all() -> None:
    """Everything that beat has them do, applying too."""
    manage("sweep")


def end_connections() -> None:
    """End this process's connections to PostgreSQL, those of its pool too."""
    connections.close_all()
    cast("DatabaseWrapper", connection).close_pool()


@contextmanager
def another_session() -> Iterator[psycopg.Connection]:
    """Somebody else's connection to the same database; what it holds, it holds until the end.

    It sees the rows of every account.
    """
    told = connection.get_connection_params()
    known = {name: told[name] for name in ("dbname", "user", "password", "host", "port")}
    with psycopg.connect(**known, options="-c app.scope=all") as other:
        yield other
