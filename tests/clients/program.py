"""The clients as a person starts them: commands in a shell, answers on stdout, exit codes."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hhcportal.run.places import CHECKOUT
from tests import warm
from tests.stack import Stack

PATIENCE = 120.0
CITIES = "id,city,note\r\nA,Bern,\r\nB,Genf,\r\nC,Basel,\r\n"


class Client:
    """One program with one data folder."""

    def __init__(self, module: str, data_dir: Path) -> None:
        self.module = module
        self.data_dir = data_dir

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", self.module, *self.words(*words)]

    def words(self, *words: str) -> list[str]:
        """The command line behind the program's name."""
        return ["--data-dir", str(self.data_dir), *words]

    def run(self, *words: str, code: int = 0, typed: str | None = None) -> warm.Ran:
        """Run a command to its end; it must end with `code`. `typed` comes on its stdin."""
        ran = warm.run(self.module, *self.words(*words), typed=typed or "")
        assert ran.code == code, f"{words} ended with {ran.code}:\n{ran.out}{ran.err}"
        return ran

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start a command that is to be met while it runs."""
        return subprocess.Popen(
            self.command(*words),
            cwd=CHECKOUT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )

    def status(self) -> dict[str, Any]:
        return self.run("status", "--json").answer


class Office(Client):
    """An agent and its folder of CSV files."""

    def __init__(self, data_dir: Path, source: Path) -> None:
        super().__init__("clients.agent", data_dir)
        self.source = source

    def sync(self, *words: str, code: int = 0) -> warm.Ran:
        source = ("--connector", "csv", "--source", str(self.source))
        return self.run("run", "--once", "--json", *source, *words, code=code)

    def take(self, count: int) -> None:
        """Sync until `count` edits of phones were taken: workers file them a moment after."""
        end = time.monotonic() + PATIENCE
        while count > 0:
            count -= self.sync().answer["received"]
            assert time.monotonic() < end, f"{count} edits never came"
        assert count == 0, f"{-count} edits too many came"

    def write(self, name: str, text: str, encoding: str = "utf-8") -> None:
        self.source.mkdir(exist_ok=True)
        (self.source / name).write_bytes(text.encode(encoding))

    def read(self, name: str, encoding: str = "utf-8") -> str:
        return (self.source / name).read_bytes().decode(encoding)


class Phone(Client):
    """A device."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__("clients.device", data_dir)

    def sync(self, code: int = 0) -> warm.Ran:
        return self.run("sync", "--json", code=code)

    def records(self, kind: str) -> dict[str, dict[str, Any]]:
        records = self.run("list", kind, "--json").answer["records"]
        return {record["id"]: record for record in records}

    def field(self, kind: str, id: str, name: str) -> object:
        return self.run("show", kind, id, "--json").answer["data"][name]

    def edits(self, kind: str) -> list[dict[str, Any]]:
        return [edit for edit in self.status()["edits"] if edit["kind"] == kind]

    def sync_until(self, reached: Callable[[], bool]) -> None:
        """Sync until it is so. Workers apply what the office sent a moment after they took it."""
        end = time.monotonic() + PATIENCE
        while True:
            self.sync()
            if reached():
                return
            assert time.monotonic() < end, f"never came true: {self.status()}"


def all_equal(*phones: Phone) -> bool:
    """Whether what the mailbox gave is the same on all of them, byte for byte."""
    return len({phone.status()["digest"] for phone in phones}) == 1


class Account:
    """An account of its own on the running mailbox."""

    def __init__(self, stack: Stack, folder: Path) -> None:
        self.stack = stack
        self.folder = folder
        email = f"{secrets.token_hex(6)}@example.com"
        opened = stack.manage("create_account", "Clients", "--email", email)
        self.number: str = opened["account"]
        self.email, self.password = email, str(opened["password"])

    def code(self, role: str) -> str:
        code: str = self.stack.manage("pair", self.number, "--role", role)["code"]
        return code

    def office(self, name: str = "office", source: str = "records") -> Office:
        office = Office(self.folder / name, self.folder / source)
        office.source.mkdir(exist_ok=True)
        self.pair(office, "server")
        return office

    def phone(self, name: str) -> Phone:
        phone = Phone(self.folder / name)
        self.pair(phone, "device")
        return phone

    def pair(self, client: Client, role: str) -> None:
        client.run("pair", self.code(role), "--url", self.stack.url)

    def status(self) -> dict[str, Any]:
        return self.stack.manage("account_status", self.number)

    def command(self, client: Client, do: str) -> None:
        self.stack.manage("command", self.number, client.status()["peer"], do)
