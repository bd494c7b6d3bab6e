"""The running demo, seen through the commands that a person has."""

import json
import os
import signal
from typing import Any

import httpx

from hhcportal.run.places import Places
from hhcportal.run.ports import free_port
from hhcportal.run.processes import wait_until
from tests import warm
from tests.console import Console
from tests.stack import Program

HIDDEN = (
    "DATABASE_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "PORTAL_URL",
    "ALLOW_TIME_TRAVEL",
    "DEMO",
    "DEMO_CONNECTOR",
)
WITH_FILES = ("demo-phone", "demo-agent", "demo-tablet", "demo-editor", "demo-push-service")
CHILDREN = ("demo-act-server", *WITH_FILES)


class Demo:
    """One installation; every start has a new port."""

    def __init__(self, places: Places) -> None:
        self.places = places
        kept = {name: value for name, value in os.environ.items() if name not in HIDDEN}
        self._environment = {**kept, "VAR_DIR": str(self.places.var)}
        self._console = Console(self._environment)

    def start(self, **settings: str) -> None:
        """Start it, with further variables of the environment."""
        self._program = self._start(**settings)

    def end(self) -> None:
        self._console.close()
        self._program.end()

    def _start(self, **settings: str) -> Program:
        told = {**self._environment, **settings, "PORT": str(free_port())}
        program = Program(told).__enter__()
        children = WITH_FILES if "DEMO_CONNECTOR" in settings else CHILDREN
        # The demo starts after the greeting, which is what a program is waited for.
        if not wait_until(lambda: all(self.pid(name) for name in children), 30):
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
        return self._console.run("account_status", account)

    def peers(self, role: str) -> list[dict[str, Any]]:
        return [peer for peer in self.status()["peers"] if peer["role"] == role]

    def device(self, name: str, *words: str) -> dict[str, Any]:
        """A command on one of the demo's devices."""
        data_dir = str(self.places.var / "demo" / name)
        ran = warm.run("clients.device", "--data-dir", data_dir, *words, "--json")
        assert ran.code == 0, f"{words}: {ran.err or ran.out}"
        return ran.answer

    def at_act(self, name: str, **arguments: Any) -> dict[str, Any]:
        """Have something done in the office of the Act! server, whose program does run."""
        answer = httpx.post(self._control(name), json=arguments, timeout=30, trust_env=False)
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.json()
        return said

    def told_by_act(self, name: str, **query: str) -> dict[str, Any]:
        """What the Act! server tells of its office."""
        answer = httpx.get(self._control(name), params=query, timeout=30, trust_env=False)
        said: dict[str, Any] = answer.raise_for_status().json()
        return said

    def _control(self, name: str) -> str:
        told = json.loads((self.places.var / "demo" / "act.json").read_text())
        url: str = told["url"]
        return url.replace("/act.web.api", f"/_control/{name}")

    def holds(self, name: str, kind: str, id: str) -> bool:
        """Whether one of the devices has this record."""
        return any(one["id"] == id for one in self.device(name, "list", kind)["records"])
