"""The real program for tests: web, worker and beat as `make run` starts them."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from hhcportal.run.places import CHECKOUT, Places
from hhcportal.run.ports import free_port
from hhcportal.run.processes import Child, stop, wait_until
from hhcportal.run.stopping import Stopping
from hhcportal.run.temporary import temporary_places
from hhcportal.run.valkey import Valkey
from tests.console import Console
from tests.databases import fresh_database
from tests.places import furnished_folder

CHILDREN = ("web", "worker", "beat", "waiting", "proxy")
START_WITHIN = 90.0
METRICS_TOKEN = "for-tests-alone"


class Stack:
    """A running program with a database, a broker, a port and a folder of its own."""

    def __init__(self, places: Places, broker_places: Places, database_url: str) -> None:
        self._places = places
        # Apart: the program ends, as a leftover, whatever it finds noted in its own folder.
        self._valkey = Valkey(broker_places)
        self._broker: Child | None = None
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self.environment = {
            **os.environ,
            "DATABASE_URL": database_url,
            "REDIS_URL": self._valkey.url,
            "VAR_DIR": str(places.var),
            "PORT": str(self._port),
            "PORTAL_URL": self.url,
            "DEMO": "0",
            "ALLOW_TIME_TRAVEL": "1",
            "METRICS_TOKEN": METRICS_TOKEN,
            # Tests ask more often than a program may; the guard has a test of its own.
            "REQUESTS_PER_MINUTE": "1000000",
            "REQUESTS_BURST": "100000",
        }
        self._console = Console(self.environment)

    def manage(self, *words: str) -> dict[str, Any]:
        """Run `manage.py WORDS… --json` and return the object of its last line.

        Raises AssertionError with what it said where it failed.
        """
        return self._console.run(*words)

    def pids(self) -> dict[str, int]:
        """The main process of each child that runs now."""
        files = ((name, self._places.run / f"{name}.pid") for name in CHILDREN)
        return {name: int(file.read_text().split()[0]) for name, file in files if file.exists()}

    def logs(self) -> dict[str, str]:
        """What each child has said so far, by its name, and what the program itself did."""
        files = sorted(self._places.log.glob("*.log*"))
        told = {file.name: file.read_text(errors="replace") for file in files}
        return told | {"program": "".join(self._program.said)}

    def kill(self, name: str) -> int:
        """SIGKILL the main process of a child; the id that it had."""
        pid = self.pids()[name]
        os.kill(pid, signal.SIGKILL)
        return pid

    def stop_valkey(self) -> None:
        """Take the broker away, as a crash would; nobody starts it again."""
        if self._broker:
            stop([self._broker], patience=5.0)
            self._broker = None

    def start_valkey(self) -> None:
        """Bring the broker back, empty, at the same address."""
        if self._broker is None:
            self._broker = self._valkey.start()
            self._valkey.wait(self._broker, Stopping())

    @contextmanager
    def running(self) -> Iterator["Stack"]:
        self.start_valkey()
        try:
            with Program(self.environment) as self._program:
                yield self
        finally:
            self._console.close()
            self.stop_valkey()

    @contextmanager
    def unwatched(self) -> Iterator[None]:
        """In the body nobody starts again what stands still: the supervisor does as well."""
        os.kill(self._program.process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self._program.process.pid, signal.SIGCONT)


class Program:
    """`make run` (or the module behind it) as a process whose words are read along.

    As a context it is up when the body begins and gone when the body ends.
    """

    def __init__(
        self, environment: dict[str, str], words: tuple[str, ...] = (), folder: Path = CHECKOUT
    ) -> None:
        self.said: list[str] = []
        self.process = subprocess.Popen(
            words or (sys.executable, "-m", "hhcportal.run"),
            env=environment,
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        up = wait_until(lambda: self.process.poll() is not None or self.says("Stop "), START_WITHIN)
        if not up or self.process.poll() is not None:
            self.end()
            raise AssertionError("the program did not start:\n" + "".join(self.said))
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def says(self, words: str) -> bool:
        return any(words in line for line in self.said)

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to stop and wait for it; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(timeout=30)
        self._reader.join(timeout=10)
        if self.process.stdout:
            self.process.stdout.close()
        return code

    def _read(self) -> None:
        for line in self.process.stdout or ():
            self.said.append(line)


@contextmanager
def fresh_stack(**settings: str) -> Iterator[Stack]:
    """A stack on a database of its own, without an account; `settings` join its environment."""
    with (
        furnished_folder("mailbox-stack-") as places,
        temporary_places("mailbox-broker-") as broker_places,
        fresh_database() as url,
    ):
        stack = Stack(places, broker_places, url)
        stack.environment.update(settings)
        with stack.running():
            yield stack
