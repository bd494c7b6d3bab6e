"""The agent and the phones, run as their users run them: as programs with a folder each."""

import json
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any

from clients.install_id import install_id
from hhcportal.run.places import CHECKOUT
from tests import warm
from tests.journeys.records import KINDS, Key, Office

STOPS_WITHIN = 60.0


class Client:
    """One of the two programs in a data folder of its own."""

    module = ""
    role = ""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        self.name = name

    def run(self, *words: str, typed: str = "") -> warm.Ran:
        """Run a command to its end, whatever that is."""
        return warm.run(self.module, *self._words(*words), typed=typed)

    def begun(self, *words: str) -> AbstractContextManager[warm.Running]:
        """A command that is perhaps to be killed."""
        return warm.started(self.module, *self._words(*words))

    def call(self, *words: str) -> dict[str, Any]:
        """Run a command that must succeed; the JSON object of its last line."""
        ran = self.run(*words, "--json")
        assert ran.code == 0, f"{self.name} {' '.join(words)}: {ran.err or ran.out}"
        return ran.answer

    def pair(self, code: str, url: str) -> str:
        """Pair this folder; the peer's id."""
        return str(self.call("pair", code, "--url", url, "--name", self.name)["peer"])

    @property
    def token(self) -> str:
        """What the folder was given when it was paired."""
        kept = json.loads((self.folder / "pairing.json").read_text(encoding="utf-8"))
        return str(kept["token"])

    @property
    def headers(self) -> dict[str, str]:
        """What a request of this program carries."""
        install = str(install_id(self.folder))
        return {"Authorization": f"Bearer {self.token}", "Install-Id": install}

    @contextmanager
    def started(self, *words: str) -> Iterator[subprocess.Popen[str]]:
        """The program while it runs; at the end it is asked to stop, if it still does."""
        process = subprocess.Popen(
            [sys.executable, "-m", self.module, *self._words(*words)],
            cwd=CHECKOUT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            process.wait(STOPS_WITHIN)

    def _words(self, *words: str) -> list[str]:
        return ["--data-dir", str(self.folder), *words]


class Agent(Client):
    """The agent beside an office."""

    module = "clients.agent"
    role = "server"

    def __init__(self, folder: Path, name: str, office: Office) -> None:
        super().__init__(folder, name)
        kinds = (f"--kind={stem}={kind}" for stem, kind in KINDS.items())
        self.source = ("--connector", "csv", "--source", str(office.folder), *kinds)

    def sync(self) -> dict[str, Any]:
        """One sync that must succeed; its numbers."""
        return self.call("run", "--once", *self.source)

    def sent(self) -> dict[Key, tuple[int, str]]:
        """Version and SHA-256 of every record as the agent noted them when it sent them."""
        (file,) = self.folder.glob("agent-*.sqlite3")
        with closing(sqlite3.connect(file)) as notes:
            rows = notes.execute("SELECT kind, id, version, hash FROM record").fetchall()
        return {(kind, id): (version, hash) for kind, id, version, hash in rows}


class Device(Client):
    """A phone."""

    module = "clients.device"
    role = "device"

    def sync(self) -> dict[str, Any]:
        """One sync that must succeed; its numbers and the edits that ended with it."""
        return self.call("sync")

    def copy_to(self, folder: Path, name: str) -> "Device":
        """The same data in another place, as a copied phone has them; `name` for a new pairing."""
        shutil.copytree(self.folder, folder)
        return Device(folder, name)

    def digest(self) -> str:
        """One value for every kind, id, version and byte of data that it holds."""
        return str(self.call("status")["digest"])

    def last_edit(self) -> dict[str, Any]:
        edit: dict[str, Any] = self.call("status")["edits"][-1]
        return edit
