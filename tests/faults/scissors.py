"""A line that is cut where an answer comes: the mailbox has finished, the program never hears."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socketserver import BaseRequestHandler, ThreadingTCPServer
from urllib.parse import urlsplit

from tests.serving import serving

_CHUNK = 1 << 16


class Scissors(ThreadingTCPServer):
    """An address of its own that passes every byte on to `target`, and cuts when told.

    `busy` is held by whoever has it cut.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, target: str) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        address = urlsplit(target)
        self.target = (address.hostname or "", address.port or 80)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.busy = threading.Lock()
        self._lock = threading.Lock()
        self._left = 0

    def cut(self, answers: int) -> None:
        """Drop the next answers with their connections, whoever asked."""
        with self._lock:
            self._left = answers

    @property
    def left(self) -> int:
        return self._left

    def cuts(self) -> bool:
        """Asked for every answer: whether it is to be dropped."""
        with self._lock:
            cut = self._left > 0
            self._left -= cut
            return cut

    def handle_error(self, request: object, client_address: object) -> None:
        """Whatever is killed leaves broken lines; that is what this is for."""


@contextmanager
def scissors(target: str) -> Iterator[Scissors]:
    with serving(Scissors(target)) as line:
        yield line


class _Passing(BaseRequestHandler):
    request: socket.socket
    server: Scissors

    def handle(self) -> None:
        with socket.create_connection(self.server.target, timeout=10) as upstream:
            upstream.settimeout(None)
            for end in (self.request, upstream):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            asking = threading.Thread(target=_pump, args=(self.request, upstream), daemon=True)
            asking.start()
            with suppress(OSError):
                while (answer := upstream.recv(_CHUNK)) and not self.server.cuts():
                    self.request.sendall(answer)
            for end in (self.request, upstream):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            asking.join()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(_CHUNK):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
