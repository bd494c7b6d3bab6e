"""Programs that speak to the running stack, politely or byte by byte."""

import contextlib
import http.client
import json
import socket
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import httpx

from tests.stack import Stack

API = "/api/v1"


@dataclass(frozen=True)
class Said:
    """An answer: `code` is the problem's, or empty."""

    status: int
    code: str
    body: bytes


class Caller:
    """A paired program of an account of its own."""

    def __init__(self, stack: Stack, role: str) -> None:
        self.stack = stack
        email = f"{uuid.uuid4().hex}@example.com"
        words = ("--email", email, "--password", "long enough to pass")
        self.account: str = stack.manage("create_account", "Hostile", *words)["account"]
        code = stack.manage("pair", self.account, "--role", role)["code"]
        self.install_id = str(uuid.uuid4())
        body = {"code": code, "name": role, "install_id": self.install_id}
        paired = httpx.post(f"{stack.url}{API}/pairings", json=body)
        self.token: str = paired.raise_for_status().json()["token"]

    def head(self, path: str, *headers: str, method: str = "POST") -> bytes:
        """The head of a request; `headers` are whole lines."""
        lines = [
            f"{method} {API}{path} HTTP/1.1",
            f"Host: {self._address[0]}",
            f"Authorization: Bearer {self.token}",
            f"Idempotency-Key: {uuid.uuid4()}",
            *headers,
        ]
        return "\r\n".join([*lines, "", ""]).encode()

    def connect(self) -> socket.socket:
        """A connection to the web server."""
        return socket.create_connection(self._address, timeout=60)

    def send(self, *parts: bytes, then_end: bool = False) -> Said:
        """Send the bytes as they are and read one answer; `then_end` closes our half first."""
        with self.connect() as line:
            try:
                for part in parts:
                    line.sendall(part)
                if then_end:
                    line.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # refused before all was sent: the answer is there to be read
            return heard(line)

    def post(self, path: str, body: bytes, *headers: str) -> Said:
        """A request whose length is true."""
        lines = ("Content-Type: application/json", f"Content-Length: {len(body)}", *headers)
        return self.send(self.head(path, *lines), body)

    def get(self, path: str) -> Any:
        """An answer of 200, decoded."""
        told = self.send(self.head(path, method="GET"))
        assert told.status == 200, told
        return json.loads(told.body)

    @property
    def _address(self) -> tuple[str, int]:
        host, _, port = self.stack.url.removeprefix("http://").partition(":")
        return host, int(port)


def heard(line: socket.socket) -> Said:
    """The answer on a connection. Raises ConnectionError where it ends without one."""
    with contextlib.closing(http.client.HTTPResponse(line)) as answer:
        try:
            answer.begin()
            body = answer.read()
        except http.client.HTTPException as error:
            raise ConnectionError(f"no answer: {error!r}") from error
    is_problem = answer.headers.get_content_type() == "application/problem+json"
    return Said(answer.status, json.loads(body)["code"] if is_problem else "", body)


def chunked(parts: Iterable[bytes]) -> bytes:
    """A body in chunks, as HTTP frames them."""
    framed = [b"%x\r\n%s\r\n" % (len(part), part) for part in parts]
    return b"".join([*framed, b"0\r\n\r\n"])
