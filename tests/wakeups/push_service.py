"""A push service that opens what arrives, and plays whatever a real one may answer."""

import base64
import json
import os
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

SILENT = "silent"  # takes the push and never answers
ENDLESS = "endless"  # answers with headers that never end


@dataclass(frozen=True)
class Arrived:
    """A push: its headers, what it says once opened, by whose key it is signed and for whom."""

    path: str
    headers: dict[str, str]
    content: bytes
    key: str
    claims: dict[str, Any]


class Browser:
    """A device's side of a subscription: its keys, and RFC 8291 written out.

    By hand, for the library with which the mailbox seals would open its own mistakes.
    """

    def __init__(
        self, private: ec.EllipticCurvePrivateKey | None = None, auth: bytes = b""
    ) -> None:
        self._private = private or ec.generate_private_key(ec.SECP256R1())
        self.auth = auth or os.urandom(16)
        self.point = self._private.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )

    @property
    def keys(self) -> dict[str, str]:
        return {"p256dh": text(self.point), "auth": text(self.auth)}

    def opened(self, sealed: bytes) -> bytes:
        """What a push says. Raises where it was not sealed for these keys."""
        salt, sender, record = sealed[:16], sealed[21:86], sealed[86:]
        assert (int.from_bytes(sealed[16:20]), sealed[20]) == (4096, 65)
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        shared = self._private.exchange(ec.ECDH(), theirs)
        about = b"WebPush: info\0" + self.point + sender
        key_material = _derived(shared, self.auth, about, 32)
        key = _derived(key_material, salt, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _derived(key_material, salt, b"Content-Encoding: nonce\0", 12)
        padded = AESGCM(key).decrypt(nonce, record, None)
        content, delimiter = padded.rstrip(b"\0")[:-1], padded.rstrip(b"\0")[-1]
        assert delimiter == 2, "the last record, which is the only one"
        return content


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(secret)


class PushService:
    """Every push that came. `answers` are given in turn, then 201; a number, SILENT, ENDLESS."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.browser = Browser()
        self.arrived: list[Arrived] = []
        self.answers: deque[int | str] = deque()
        self.headers: dict[str, str] = {}
        self.released = threading.Event()

    def subscription(self, path: str = "/p/one") -> dict[str, Any]:
        """As a device sends it."""
        return {"endpoint": self.url + path, "keys": self.browser.keys}

    def take(self, request: BaseHTTPRequestHandler) -> int | str:
        """Open a push and check its signature; what is answered."""
        sealed = request.rfile.read(int(request.headers["Content-Length"]))
        authorization = request.headers["Authorization"]
        assert Vapid02.verify(authorization)
        said = dict(part.split("=", 1) for part in authorization.removeprefix("vapid ").split(","))
        claims = json.loads(raw(said["t"].split(".")[1]))
        headers = dict(request.headers.items())
        opened = self.browser.opened(sealed)
        self.arrived.append(Arrived(request.path, headers, opened, said["k"], claims))
        return self.answers.popleft() if self.answers else 201


def text(value: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def raw(value: str) -> bytes:
    """What base64url stands for."""
    return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))


class _Handler(BaseHTTPRequestHandler):
    service: PushService

    def do_POST(self) -> None:
        answer = self.service.take(self)
        if answer == SILENT:
            self.service.released.wait(60)
        elif answer == ENDLESS:
            self._drip()
        else:
            self.send_response(int(answer))
            for name, value in self.service.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

    def _drip(self) -> None:
        self.wfile.write(b"HTTP/1.1 201 Created\r\n")
        while not self.service.released.wait(0.05):
            try:
                self.wfile.write(b"X-More: and more\r\n" * 50)
            except OSError:
                return

    def log_message(self, format: str, *args: Any) -> None:
        """The test tells what went wrong."""


@contextmanager
def push_service() -> Iterator[PushService]:
    """One that runs, on a free port of this machine."""

    class Handler(_Handler):
        pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Handler.service = service = PushService(server.server_port)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        service.released.set()
        server.shutdown()
        server.server_close()


def wait_for(service: PushService, count: int, *, seconds: float = 30.0) -> None:
    """Until so many pushes came."""
    until = time.monotonic() + seconds
    while len(service.arrived) < count:
        assert time.monotonic() < until, f"{len(service.arrived)} pushes came"
        time.sleep(0.05)
