"""The running demo, seen through the commands that a person has."""

import json
import os
import signal
import subprocess
import sys
from typing import Any

from hhcportal.run.places import CHECKOUT, Places
from hhcportal.run.ports import free_port
from hhcportal.run.processes import wait_until
from tests.stack import Program

HIDDEN = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "PORTAL_URL", "ALLOW_TIME_TRAVEL", "DEMO")
CHILDREN = ("demo-phone", "demo-agent", "demo-tablet", "demo-editor", "demo-push-service")


class Demo:
    """One installation, whose program runs from the beginning on; every start has a new port."""

    def __init__(self, places: Places) -> None:
        self.places = places
        kept = {name: value for name, value in os.environ.items() if name not in HIDDEN}
        self._environment = {**kept, "VAR_DIR": str(self.places.var)}
        self._program = self._start()

    def start(self) -> None:
        self._program = self._start()

    def end(self) -> None:
        self._program.end()

    def _start(self) -> Program:
        program = Program({**self._environment, "PORT": str(free_port())}).__enter__()
        # The demo starts after the greeting, which is what a program is waited for.
        if not wait_until(lambda: all(self.pid(name) for name in CHILDREN), 30):
            program.end()
            raise AssertionError("the demo did not start:\n" + "".join(program.said))
        return program

    def pid(self, name: str) -> int:
        """The process of a child, 0 while there is none."""
        file = self.places.run / f"{name}.pid"
        return int(file.read_text().split()[0]) if file.exists() else 0

    def kill(self, name: str) -> int:
        pid = self.pid(name)
        assert pid, f"{name} does not run"
        os.kill(pid, signal.SIGKILL)
        return pid

    def status(self) -> dict[str, Any]:
        """What `account_status` says of the demo account."""
        account = json.loads((self.places.var / "sign-ins.txt").read_text())["account"]
        return self._answer("manage.py", "account_status", account, "--json")

    def peers(self, role: str) -> list[dict[str, Any]]:
        return [peer for peer in self.status()["peers"] if peer["role"] == role]

    def device(self, name: str, *words: str) -> dict[str, Any]:
        """A command on one of the demo's devices."""
        data_dir = str(self.places.var / "demo" / name)
        return self._answer("-m", "clients.device", "--data-dir", data_dir, *words, "--json")

    def _answer(self, *words: str) -> dict[str, Any]:
        ran = subprocess.run(
            [sys.executable, *words],
            cwd=CHECKOUT,
            env=self._environment,
            capture_output=True,
            text=True,
        )
        assert ran.returncode == 0, f"{words}: {ran.stderr or ran.stdout}"
        answer: dict[str, Any] = json.loads(ran.stdout.strip().splitlines()[-1])
        return answer
