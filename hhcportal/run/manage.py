"""Runs `manage.py` commands as children, so that the leash covers them too."""

import hashlib
import sys
from collections.abc import Mapping
from pathlib import Path

from hhcportal.run.logs import last_line
from hhcportal.run.places import CHECKOUT, Places
from hhcportal.run.processes import Child, Command
from hhcportal.run.steps import Refusal
from hhcportal.run.stopping import Stopping


class Manage:
    """Starts commands and waits for them, with the environment of the children."""

    def __init__(self, places: Places, environment: Mapping[str, str], stopping: Stopping) -> None:
        self._places = places
        self._environment = environment
        self._stopping = stopping

    def start(self, *words: str, keep_output: bool = False) -> Child:
        command = (sys.executable, str(CHECKOUT / "manage.py"), *words)
        return Child(
            Command(words[0], command, self._environment, keep_output=keep_output), self._places
        )

    def finish(self, child: Child) -> str:
        """Wait for its end and return what it printed, where that was kept.

        Raises Refusal with the last line of its log where it failed, Stopped where the end of
        everything was asked for; the command is ended then.
        """
        try:
            while child.code is None:
                self._stopping.sleep(0.05)
        finally:
            child.sweep()
        if child.code:
            log = self._places.log / f"{child.name}.log"
            raise Refusal(f"`manage.py {child.name}` failed ({last_line(log)}): see {log}.")
        return child.output()

    def run(self, *words: str) -> None:
        self.finish(self.start(*words))


class Unchanged:
    """Remembers by a hash what a step was last done for, so that a warm start skips it."""

    def __init__(self, stamp: Path, sources: list[Path]) -> None:
        self._stamp = stamp
        marks = sorted(
            f"{path.relative_to(CHECKOUT)} {path.stat().st_mtime_ns} {path.stat().st_size}"
            for source in sources
            for path in ([source] if source.is_file() else source.rglob("*"))
        )
        self._hash = hashlib.sha256("\n".join(marks).encode()).hexdigest()

    def __bool__(self) -> bool:
        return self._stamp.exists() and self._stamp.read_text() == self._hash

    def remember(self) -> None:
        self._stamp.write_text(self._hash)
