"""The program under measurement, and a client that costs little."""

import json
import os
import re
import socket
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from hhcportal.run.places import CHECKOUT
from hhcportal.run.ports import free_port
from hhcportal.run.temporary import temporary_folder
from tests.stack import Program

RECORD_BYTES = 700
BATCH = 500


@dataclass
class Rig:
    """A running program: where it is, and how to reach its database and its commands.

    `port` is the web server's own: beside a yardstick that has no proxy in front, the program has
    none either. `public` is the address of everybody.
    """

    port: int
    public: int
    environment: dict[str, str]
    database_url: str

    def manage(self, *words: str) -> dict[str, Any]:
        """Run an operator's command; its answer."""
        ran = subprocess.run(
            [sys.executable, str(CHECKOUT / "manage.py"), *words, "--json"],
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        answer: dict[str, Any] = json.loads(ran.stdout.strip().splitlines()[-1])
        return answer

    def account(self) -> str:
        """A fresh account's number."""
        email = f"{uuid.uuid4().hex}@example.com"
        number: str = self.manage("create_account", "Bench", "--email", email)["account"]
        return number

    def pair(self, account: str, role: str) -> str:
        """The token of a fresh server or device."""
        code = self.manage("pair", account, "--role", role)["code"]
        body = {"code": code, "name": role, "install_id": str(uuid.uuid4())}
        with Wire(self.port) as wire:
            status, answer = wire.ask("POST", "/pairings", json.dumps(body).encode())
        assert status == 201, answer
        token: str = json.loads(answer)["token"]
        return token


@contextmanager
def rig() -> Iterator[Rig]:
    """Start the program with a durable database of its own, without a limit on requests."""
    with temporary_folder("mailbox-bench-") as places:
        port = free_port()
        environment = {
            **{k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL")},
            "VAR_DIR": str(places.var),
            "PORT": str(port),
            "DEMO": "0",
            "REQUESTS_PER_MINUTE": "100000000",
            "REQUESTS_BURST": "1000000",
        }
        with Program(environment):
            yield Rig(_web_port(places.var), port, environment, _database_url(places.var))


def _database_url(var: Path) -> str:
    lines = (var / "run" / "environment").read_text().splitlines()
    return next(line.partition("=")[2] for line in lines if line.startswith("DATABASE_URL="))


def _web_port(var: Path) -> int:
    routes = re.search(r"import mailbox \S+:(\d+)", (var / "run" / "Caddyfile").read_text())
    assert routes, "the program runs without a proxy"
    return int(routes[1])


class Wire:
    """One kept connection that speaks just enough HTTP: the load must not be the bottleneck."""

    def __init__(self, port: int, token: str = "", prefix: str = "/api/v1") -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._token = token
        self._prefix = prefix
        self._left = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def request(self, method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
        """The bytes of a request, so that they are made once and sent often."""
        lines = [f"{method} {self._prefix}{path} HTTP/1.1", "Host: 127.0.0.1"]
        if self._token:
            lines.append(f"Authorization: Bearer {self._token}")
        if body:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body

    def send(self, request: bytes) -> tuple[int, bytes]:
        """Status and body of the answer."""
        self._socket.sendall(request)
        data = self._left
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self._more()
        head = data[:end].lower()
        at = head.index(b"content-length:") + 15
        length = int(head[at:].split(b"\r\n", 1)[0])
        parts, got = [data[end + 4 :]], len(data) - end - 4
        while got < length:
            parts.append(self._more())
            got += len(parts[-1])
        body = b"".join(parts)
        self._left = body[length:]
        return int(head[9:12]), body[:length]

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
        return self.send(self.request(method, path, body, **headers))

    def _more(self) -> bytes:
        data = self._socket.recv(1 << 20)
        if not data:
            raise ConnectionError("the program closed the connection")
        return data


def change(number: int, version: int) -> bytes:
    """A contact of about 700 bytes."""
    text = json.dumps({"fullName": f"Maria Anders {number}", "details": "x" * RECORD_BYTES})
    return b'{"kind":"contact","id":"record-%d","op":"put","version":%d,"data":%s}' % (
        number,
        version,
        text.encode(),
    )


def threads(count: int, work: Any) -> None:
    """Run `work(nth)` in `count` threads that begin together."""
    ready = threading.Barrier(count)

    def begin(nth: int) -> None:
        ready.wait()
        work(nth)

    with ThreadPoolExecutor(count) as pool:
        for done in [pool.submit(begin, nth) for nth in range(count)]:
            done.result()
