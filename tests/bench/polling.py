"""Polling, beside a bare Django view with one query behind the same server."""

import subprocess
import sys
import time
from typing import Self

from hhcportal.run.children import WEB_WORKERS
from hhcportal.run.places import CHECKOUT
from hhcportal.run.ports import free_port
from tests.bench.rig import Rig, Wire, threads

CLIENTS = 4
SECONDS = 3.0


class Polling:
    """As a context it has the bare view running."""

    def __init__(self, rig: Rig) -> None:
        self._rig = rig
        account = rig.account()
        self._tokens = [rig.pair(account, "device") for _ in range(CLIENTS)]
        self._bare_port = free_port()

    def __enter__(self) -> Self:
        self._bare = subprocess.Popen(
            [
                sys.executable, "-m", "granian", "--interface=wsgi", "--http=1", "--no-ws",
                f"--port={self._bare_port}", f"--workers={WEB_WORKERS}",
                "tests.bench.bare:application",
            ],
            cwd=CHECKOUT,
            env={
                **self._rig.environment,
                "DATABASE_URL": self._rig.database_url,
                "DJANGO_SETTINGS_MODULE": "tests.bench.bare_settings",
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        for _ in range(100):
            try:
                Wire(self._bare_port).__exit__()
            except OSError:
                time.sleep(0.1)
            else:
                break
        return self

    def __exit__(self, *_: object) -> None:
        self._bare.terminate()
        self._bare.wait(timeout=20)

    def program(self) -> float:
        """Polls a second."""
        return self._load(self._rig.port, "/mailbox", "/api/v1")

    def yardstick(self) -> float:
        """Requests a second of the bare view."""
        return self._load(self._bare_port, "/", "")

    def _load(self, port: int, path: str, prefix: str) -> float:
        done = [0] * CLIENTS
        until = time.perf_counter() + SECONDS

        def work(nth: int) -> None:
            with Wire(port, self._tokens[nth], prefix) as wire:
                request = wire.request("GET", path)
                while time.perf_counter() < until:
                    status, answer = wire.send(request)
                    assert status == 200, answer
                    done[nth] += 1

        threads(CLIENTS, work)
        return sum(done) / SECONDS
