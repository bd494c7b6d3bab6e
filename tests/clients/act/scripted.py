"""A server that answers what a test tells it to, over real HTTP: for what no Act! would play."""

from __future__ import annotations

import base64
import json
import re
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from clients.agent.act.address import Address, parse
from tests.serving import serving

PASSWORD = "Grüße, geheim"
USER = "Chris Huffman"
DATABASE = "ACT2018Demo"


@dataclass(frozen=True)
class Asked:
    """A request as it came; `path` is what follows the application, `/act.web.api`."""

    method: str
    path: str
    query: dict[str, str]
    raw_query: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Said:
    """An answer. With `cut` the connection ends before the last bytes of the body.

    With `drops` each byte of it comes alone, a hundredth of a second after the other, until that
    event is set.
    """

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    reason: str | None = None
    cut: int = 0
    drops: threading.Event | None = None


def data(content: Any, status: int = 200, **headers: str) -> Said:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    body = json.dumps(content).encode()
    return Said(status, body, {"Content-Type": "application/json; charset=utf-8", **named})


def page(text: str, status: int = 200) -> Said:
    return Said(status, text.encode(), {"Content-Type": "text/html"})


def token(**claims: Any) -> str:
    parts = ({"typ": "JWT", "alg": "HS256"}, claims)
    packed = (base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts)
    return b".".join([*packed, b"c2lnbmF0dXJl"]).decode()


@dataclass
class Server:
    """What was asked, and what is answered: `authorize` at that route, `plays` at all others."""

    url: str
    asked: list[Asked] = field(default_factory=list)
    plays: Callable[[Asked], Said] = lambda asked: data([])
    authorize: Callable[[Asked], Said] = lambda asked: page(token(un=asked.headers["host"]))

    @property
    def address(self) -> Address:
        return parse(self.url, plain_http=False)

    def asked_at(self, path: str) -> list[Asked]:
        return [asked for asked in self.asked if asked.path == path]

    @property
    def sign_ins(self) -> list[str]:
        """How each token was asked for: `Basic` or `Bearer`."""
        return [a.headers["authorization"].split()[0] for a in self.asked_at("/authorize")]

    def answer(self, asked: Asked) -> Said:
        self.asked.append(asked)
        return (self.authorize if asked.path == "/authorize" else self.plays)(asked)


@contextmanager
def running(tls: ssl.SSLContext | None = None) -> Iterator[list[Server]]:
    """A server that acts as the last of the list; the first has its address."""
    acting = [Server("")]

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _answer(self) -> None:
            url = urlsplit(self.path)
            asked = Asked(
                self.command,
                re.sub(r"^.*?/act\.web\.api", "", url.path),
                dict(parse_qsl(url.query, keep_blank_values=True)),
                url.query,
                {name.lower(): value for name, value in self.headers.items()},
                self.rfile.read(int(self.headers.get("Content-Length", 0))),
            )
            said = acting[-1].answer(asked)
            self.send_response_only(said.status, said.reason)
            for name, value in said.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(said.body)))
            self.end_headers()
            body = said.body[: len(said.body) - said.cut]
            for byte in body if said.drops else ():
                self.wfile.write(bytes([byte]))
                if said.drops and said.drops.wait(0.01):
                    break
            else:
                self.wfile.write(b"" if said.drops else body)
            self.close_connection = bool(said.cut or said.drops)

        do_GET = do_POST = _answer  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:
            pass

    class Http(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that does not trust the certificate, or that waits no longer, is meant."""

    http = Http(("127.0.0.1", 0), Handler)
    if tls:
        http.socket = tls.wrap_socket(http.socket, server_side=True)
    with serving(http):
        scheme, port = "https" if tls else "http", http.server_address[1]
        acting[0].url = f"{scheme}://localhost:{port}/act.web.api"
        yield acting
