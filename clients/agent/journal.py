"""What the agent did, in a file for whoever helps: times, counts and codes, and nothing else.

A trouble's sentence may hold the name of an Act! user or a word of the rules, so the file has its
code alone; the sentence stands on the terminal, in `status` and in the portal.
"""

from __future__ import annotations

import os
import re
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

FILE = "agent.log"
OLDER = "agent.log.1"
LARGEST = 512 * 1024
"""Bytes at which the file becomes the older one, whose content then ends."""

_WORD = re.compile(r"[A-Za-z0-9_.:+-]{1,64}")


class Journal:
    """The log of one data folder, which one run writes at a time."""

    def __init__(self, data_dir: Path) -> None:
        self._file = data_dir / FILE
        self._older = data_dir / OLDER

    def note(self, event: str, **facts: str | float | datetime | None) -> None:
        """Write a line. Where it cannot be written, a full disk say, nothing else suffers."""
        told = [f"{name}={_shown(fact)}" for name, fact in facts.items() if fact is not None]
        line = " ".join([_shown(datetime.now(UTC)), event, *told])
        with suppress(OSError):
            self._make_room()
            with self._file.open("a", encoding="ascii") as file:
                file.write(f"{line}\n")

    def crashed(self, error: BaseException) -> None:
        """A fault of the program: its type and its place, for a message may hold anything."""
        places = [
            f"{Path(frame.filename).name}:{frame.lineno}"
            for frame in traceback.extract_tb(error.__traceback__)
        ]
        self.note("crashed", type=type(error).__name__, at="+".join(places[-3:]))

    def _make_room(self) -> None:
        with suppress(FileNotFoundError):
            if self._file.stat().st_size >= LARGEST:
                os.replace(self._file, self._older)


def _shown(fact: str | float | datetime) -> str:
    if isinstance(fact, datetime):
        return fact.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(fact, str):
        # A code may come from a server, which may write anything.
        return fact if _WORD.fullmatch(fact) else "?"
    return str(round(fact, 1))
