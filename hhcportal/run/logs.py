"""The children's logs: kept small in `var/log`, their errors shown on the terminal."""

import re
import shutil
from pathlib import Path

from hhcportal.run.steps import say

LARGEST = 5 * 1024 * 1024
LOUD = re.compile(r"\b(ERROR|CRITICAL|FATAL)\b|^Traceback|^\w*Error: ")


class Log:
    """One child's log, followed from where it ended when this start began."""

    def __init__(self, path: Path, *, shown: bool) -> None:
        self._path = path
        self._shown = shown
        self._name = path.stem
        path.touch()
        self._file = path.open(errors="replace")
        self._file.seek(0, 2)

    def follow(self) -> None:
        """Show the new lines that tell of an error, and keep the file small."""
        for line in self._file:
            if self._shown and LOUD.search(line):
                say(f"  {self._name}: {line.rstrip()[:500]}")
        if self._path.stat().st_size > LARGEST:
            self._rotate()

    def _rotate(self) -> None:
        """Copy and cut: the child goes on writing into the same open file, at its end."""
        shutil.copyfile(self._path, self._path.with_suffix(".log.1"))
        with self._path.open("r+") as file:
            file.truncate(0)
        self._file.seek(0)


def last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"
