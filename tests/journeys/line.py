"""A line between a program and the mailbox that can be held at a chosen moment.

So a test kills something exactly while a request is under way: before the mailbox has it, or
after the mailbox has answered and before the program has heard of it.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fnmatch import fnmatchcase
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal

import httpx

from tests.serving import serving

Moment = Literal["request", "answer"]
HELD_AT_MOST = 120.0
_PASSED_ON = ("authorization", "install-id", "content-type", "content-encoding",
              "idempotency-key", "sync-session")  # fmt: skip


class Halt:
    """The next request of this method and path stops at `moment`, until it is let go.

    `*` in the path stands for anything.
    """

    def __init__(self, method: str, path: str, moment: Moment) -> None:
        self.wanted = f"{moment} of {method} /api/v1/{path}"
        self._reached = threading.Event()
        self._released = threading.Event()
        self._dropped = False

    def wait(self) -> None:
        """Return when the request stands there."""
        assert self._reached.wait(HELD_AT_MOST), f"nothing came to {self.wanted}"

    def release(self) -> None:
        self._released.set()

    def drop(self) -> None:
        """Let go without passing on: whoever asked is no more."""
        self._dropped = True
        self._released.set()

    def passes(self, method: str, path: str, moment: Moment) -> bool:
        """Called by every request at every moment; the first that is meant stays meanwhile."""
        asked = f"{moment} of {method} {path.partition('?')[0]}"
        if fnmatchcase(asked, self.wanted) and not self._reached.is_set():
            self._reached.set()
            self._released.wait(HELD_AT_MOST)
            return not self._dropped
        return True


class Line(ThreadingHTTPServer):
    """An address of its own that passes everything on to `target`."""

    daemon_threads = True

    def __init__(self, target: str) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.halts: list[Halt] = []
        self.unknown = ""  # what an older mailbox does not know, as the path's first word
        self.upstream = httpx.Client(base_url=target, timeout=60.0)

    def handle_error(self, request: object, client_address: object) -> None:
        """A killed program leaves a broken line; that is what this is for."""

    @contextmanager
    def halted(self, method: str, path: str, moment: Moment) -> Iterator[Halt]:
        halt = Halt(method, path, moment)
        self.halts.append(halt)
        try:
            yield halt
        finally:
            halt.release()
            self.halts.remove(halt)


@contextmanager
def line_to(target: str) -> Iterator[Line]:
    line = Line(target)
    with line.upstream, serving(line):
        yield line


class _Passing(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Line

    def do_GET(self) -> None:
        self._pass()

    def do_POST(self) -> None:
        self._pass()

    def do_DELETE(self) -> None:
        self._pass()

    def log_message(self, format: str, *args: object) -> None:
        """The programs on both sides tell enough."""

    def _pass(self) -> None:
        answer = self._asked()
        if answer is None or not self._passes("answer"):
            self.close_connection = True
            return
        self.send_response(answer.status_code)
        for name in ("content-type", "retry-after"):
            if name in answer.headers:
                self.send_header(name, answer.headers[name])
        self.send_header("Content-Length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)

    def _asked(self) -> httpx.Response | None:
        """The mailbox's answer; None where it gave none, as the program would see it itself."""
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        headers = {name: value for name in _PASSED_ON if (value := self.headers.get(name))}
        if not self._passes("request"):
            return None
        path = self.path
        if self.server.unknown:
            path = path.replace(f"/api/v1/{self.server.unknown}", "/api/v1/unknown")
        with suppress(httpx.HTTPError):
            return self.server.upstream.request(self.command, path, content=body, headers=headers)
        return None

    def _passes(self, moment: Moment) -> bool:
        halts = list(self.server.halts)
        return all(halt.passes(self.command, self.path, moment) for halt in halts)
