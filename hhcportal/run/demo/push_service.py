"""The demo's push service: `python -m hhcportal.run.demo.push_service PORT`.

Stands for the one that a phone's maker runs: takes a push for a device, answers at once, and hands
it over as soon as the device can be reached. A newer push replaces one that still waits.
"""

import http.client
import re
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HOST = "127.0.0.1"
LARGEST = 8192
RETRY_SECONDS = 5.0
_WAY = re.compile(r"/to/(\d{1,5})(/[\w/-]+)")


def url(port: int, device_port: int) -> str:
    """The part of an endpoint that leads to a device's port; its own path follows."""
    return f"http://{HOST}:{port}/to/{device_port}"


class _Waiting:
    """The newest push for each device; one thread a device hands it over."""

    def __init__(self) -> None:
        self._newest: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def put(self, way: str, sealed: bytes, ttl: float) -> None:
        until = time.monotonic() + ttl
        with self._lock:
            self._newest[way] = sealed
        threading.Thread(target=self._hand_over, args=(way, sealed, until), daemon=True).start()

    def _hand_over(self, way: str, sealed: bytes, until: float) -> None:
        while self._newest[way] is sealed and time.monotonic() < until:
            status = _post(way, sealed)
            if status is not None:
                print(f"A push was handed over ({status}).", flush=True)
                return
            time.sleep(RETRY_SECONDS)


def _post(way: str, sealed: bytes) -> int | None:
    """Hand a push over to the device; what it said, or None where it cannot be reached."""
    found = _WAY.fullmatch(way)
    if found is None:
        return 404
    device = http.client.HTTPConnection(HOST, int(found[1]), timeout=RETRY_SECONDS)
    try:
        device.request("POST", found[2], sealed)
        return device.getresponse().status
    except OSError:
        return None
    finally:
        device.close()


def main(port: int) -> None:
    """Serve until asked to end."""
    waiting = _Waiting()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            known = _WAY.fullmatch(self.path) is not None and length <= LARGEST
            sealed = self.rfile.read(length) if known else b""
            self.send_response(201 if known else 404)
            self.send_header("Content-Length", "0")
            self.end_headers()
            if known:
                print("A push was taken.", flush=True)
                waiting.put(self.path, sealed, float(self.headers.get("TTL", 0)))

        def log_message(self, format: str, *args: Any) -> None:
            """What matters is printed; addresses are as secret as a device's keys."""

    with ThreadingHTTPServer((HOST, port), Handler) as server:
        server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]))
