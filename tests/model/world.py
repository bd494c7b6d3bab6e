"""Where a run of the model takes place: in this process, or in a running program."""

import json
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import httpx
import psycopg
from django.test import override_settings

from accounts import clock
from hhcportal.run.postgres import conninfo
from sync import applying, sweeps
from sync.wakeups import sending
from tests.office import (
    API,
    Program,
    another_session,
    edit,
    http_client,
    manage,
    put,
    said,
)
from tests.stack import Stack
from tests.wakeups.push_service import PushService, push_service

VISIBLE_WITHIN = 60.0
PERSON = "Prüf & Söhne"
JSON = "application/json"


class World:
    """The program under test, its operator, and a look into its tables. In this process."""

    applies_by_itself = False

    def __init__(self, tables: "psycopg.Connection[Any]", push_service: PushService) -> None:
        self._tables = tables
        self.push_service = push_service

    def manage(self, *words: str) -> dict[str, Any]:
        """An operator's command."""
        return manage(*words)

    def open_account(self) -> tuple[str, dict[str, int]]:
        """The number of a fresh account and the ids of its mailboxes by direction."""
        email = f"{uuid.uuid4().hex}@example.com"
        number: str = self.manage("create_account", PERSON, "--email", email)["account"]
        rows = self.look(
            "SELECT m.direction, m.id FROM mailbox_mailbox m"
            " JOIN accounts_account a ON a.id = m.account_id WHERE a.number = %s",
            [number],
        )
        return number, dict(rows)

    def pair(self, number: str, role: str) -> Program:
        """A program that is new to the account."""
        code = self.manage("pair", number, "--role", role)["code"]
        install_id = uuid.uuid4()
        body = {"code": code, "name": "Pixel 9", "install_id": str(install_id)}
        return self.program(role, said(self._redeem(body), 201), install_id)

    def _redeem(self, body: dict[str, str]) -> Any:
        return http_client().post(f"{API}/pairings", json.dumps(body), content_type=JSON)

    def program(self, role: str, paired: dict[str, Any], install_id: uuid.UUID) -> Program:
        return Program(role, paired, install_id)

    def apply(self, mailbox_id: int) -> None:
        """Have everything applied that this mailbox received."""
        while applying.apply_slice(mailbox_id, now=clock.now()):
            pass

    def sweep(self) -> None:
        """What beat does, but applying and mailing."""
        sweeps.run_but_applying(now=clock.now())
        sending.send_due(now=clock.now())

    def look(self, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Rows as any other connection sees them: those that are committed."""
        return self._tables.execute(sql, values).fetchall()

    @cached_property
    def stranger(self) -> "Stranger":
        """Another account, one for all runs: time goes by for an account, so not for this one."""
        return Stranger(self)


class Stranger:
    """An account that nobody else may learn of, and the names of what it has."""

    def __init__(self, world: World) -> None:
        number, mailboxes = world.open_account()
        self.server, device = world.pair(number, "server"), world.pair(number, "device")
        pushed = [self.server.push(put("a"), put("b")), device.push(edit("a", 1))]
        self.batches = [said(answer, 202)["batch"] for answer in pushed]
        for mailbox_id in mailboxes.values():
            world.apply(mailbox_id)
        self.cursor: str = device.page("?limit=1")["cursor"]
        opened = self.server.post("/snapshots", {"version": 99, "kinds": ["note"]})
        self.snapshot: str = said(opened, 201)["snapshot"]
        self._was = self._shown()

    def assert_untouched(self) -> None:
        assert self._shown() == self._was, "somebody else moved it"

    def _shown(self) -> list[dict[str, Any]]:
        return [said(self.server.get(f"/snapshots/{self.snapshot}")), self._counts()]

    def _counts(self) -> dict[str, Any]:
        waiting: dict[str, Any] = self.server.mailbox()["waiting"]
        return waiting


class Caller(Program):
    """A program that speaks over a socket."""

    def __init__(
        self, role: str, paired: dict[str, Any], install_id: uuid.UUID, wire: httpx.Client
    ) -> None:
        super().__init__(role, paired, install_id)
        self.wire = wire

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named.setdefault("Authorization", f"Bearer {self.token}")
        if body is None:
            return self.wire.request(method, path, headers=named)
        named.setdefault("Content-Type", "application/json")
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.wire.request(method, path, headers=named, content=data)


class Running(World):
    """A program of its own with real workers, over sockets."""

    applies_by_itself = True

    def __init__(
        self, tables: "psycopg.Connection[Any]", push_service: PushService, stack: Stack,
        wire: httpx.Client,
    ) -> None:  # fmt: skip
        super().__init__(tables, push_service)
        self._stack, self._wire = stack, wire

    def manage(self, *words: str) -> dict[str, Any]:
        return self._stack.manage(*words)

    def _redeem(self, body: dict[str, str]) -> Any:
        return self._wire.post("/pairings", json=body)

    def program(self, role: str, paired: dict[str, Any], install_id: uuid.UUID) -> Program:
        return Caller(role, paired, install_id, self._wire)

    def apply(self, mailbox_id: int) -> None:
        """Wait for the workers."""
        until = time.monotonic() + VISIBLE_WITHIN
        while self.look(
            "SELECT FROM mailbox_batch WHERE mailbox_id = %s AND state = 'received'"
            " UNION ALL SELECT FROM mailbox_snapshot WHERE mailbox_id = %s AND state = 'applying'",
            [mailbox_id, mailbox_id],
        ):
            assert time.monotonic() < until, "the workers apply nothing"
            time.sleep(0.05)

    def sweep(self) -> None:
        self.manage("sweep")


@contextmanager
def in_process() -> Iterator[World]:
    with (
        another_session() as tables,
        push_service() as service,
        override_settings(PUSH_TO_LOOPBACK=True),
    ):
        tables.autocommit = True
        yield World(tables, service)


@contextmanager
def over_sockets(stack: Stack) -> Iterator[World]:
    url = conninfo(stack.environment["DATABASE_URL"])
    with (
        psycopg.connect(url, autocommit=True, options="-c app.scope=all") as tables,
        httpx.Client(base_url=stack.url + API, timeout=30) as wire,
        push_service() as service,
    ):
        yield Running(tables, service, stack, wire)
