"""A phone in deep sleep: it asks for nothing by itself, and syncs when a push wakes it.

The push service of a real phone holds a connection of its own; here a port of this machine takes
what one would hand over. Needs `http-ece`, which the package's extra `wake` installs.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from clients import files
from clients.trouble import Exit, Trouble

_FILE = "push.json"
_HOST = "127.0.0.1"
_LARGEST = 4096 + 128  # what a push service takes at least, with its header
_HEARD = 65_536


class Pushes:
    """Takes pushes at `port`, handed over by a push service; without one, from the mailbox itself.

    Keys and secret address are kept in the data folder, so that a restart needs no new ones.
    """

    def __init__(self, data_dir: Path, port: int, push_service: str | None = None) -> None:
        self._keys = _Keys.kept(data_dir)
        self._port = port
        self._endpoint = (push_service or f"http://{_HOST}:{port}") + self._keys.path
        self._came = threading.Event()

    @property
    def subscription(self) -> dict[str, object]:
        """As the mailbox takes it."""
        return {"endpoint": self._endpoint, "keys": self._keys.public}

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Take them while the body runs. Raises Trouble where the port is another's."""
        try:
            server = ThreadingHTTPServer((_HOST, self._port), self._handler())
        except OSError as error:
            raise Trouble(
                f"Port {self._port} cannot be listened at ({error.strerror}): name another one.",
                exit_code=Exit.USAGE,
            ) from error
        thread = threading.Thread(target=server.serve_forever, name="pushes", daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()

    def rest(self, seconds: float, stop: threading.Event) -> str:
        """Sleep until a push comes, however long; the reason for the sync that follows."""
        while not stop.is_set():
            if self._came.wait(1.0):
                break
        self._came.clear()
        return "wake-up"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        pushes = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.send_response(pushes.status(self))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """The sync that follows says enough."""

        return Handler

    def status(self, request: BaseHTTPRequestHandler) -> int:
        """What a push is answered; one that is meant for this device wakes it."""
        length = request.headers.get("Content-Length", "")
        # Read as far as is bearable: whoever sends more than is taken should hear why.
        sealed = request.rfile.read(min(int(length), _HEARD)) if length.isdigit() else b""
        if request.path != self._keys.path:
            return 404
        if len(sealed) > _LARGEST:
            return 413
        if not self._keys.opens(sealed):
            return 400
        self._came.set()
        return 201


class _Keys:
    """The pair of keys and the secret by which pushes are sealed for this device (RFC 8291)."""

    def __init__(self, private: int, auth: bytes, path: str) -> None:
        ec = _curves()
        self.path = path
        self._auth = auth
        self._private = ec.derive_private_key(private, ec.SECP256R1())

    @classmethod
    def kept(cls, data_dir: Path) -> _Keys:
        """Those of the data folder, made where there are none."""
        file = data_dir / _FILE
        if not file.exists():
            ec = _curves()
            private = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
            said = {
                "private": f"{private:064x}",
                "auth": os.urandom(16).hex(),
                "path": f"/push/{secrets.token_urlsafe(24)}",
            }
            files.replace(file, json.dumps(said).encode(), mode=0o600)
        kept = json.loads(file.read_text(encoding="utf-8"))
        return cls(int(kept["private"], 16), bytes.fromhex(kept["auth"]), kept["path"])

    @property
    def public(self) -> dict[str, str]:
        """As a subscription names them."""
        numbers = self._private.public_key().public_numbers()
        point = b"\4" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")
        return {"p256dh": _text(point), "auth": _text(self._auth)}

    def opens(self, sealed: bytes) -> bool:
        """Whether it was sealed for this device."""
        from http_ece import decrypt

        try:
            decrypt(sealed, private_key=self._private, auth_secret=self._auth, version="aes128gcm")
        except Exception:  # noqa: BLE001 (whatever is wrong with it, it is no push of ours)
            return False
        return True


def _curves() -> Any:
    try:
        from cryptography.hazmat.primitives.asymmetric import ec
    except ImportError as error:
        raise Trouble(
            "Taking pushes needs more than is installed here: run "
            "`pip install 'handheld-mailbox-clients[wake]'`.",
            exit_code=Exit.USAGE,
        ) from error
    return ec


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
