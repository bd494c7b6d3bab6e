"""What a person or a script sees."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_WIDTH = 30


def use_utf8() -> None:
    """Names hold umlauts: a pipe on Windows would otherwise refuse or change them."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")


def say(line: str) -> None:
    print(line, flush=True)


def warn(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


class Progress:
    """A bar on stderr, drawn only where somebody can see it move."""

    def __init__(self, label: str, total: int) -> None:
        self._label = label
        self._total = max(total, 1)
        self._done = 0
        self._shown = sys.stderr.isatty() and total > 0

    def advance(self, count: int) -> None:
        self._done = min(self._done + count, self._total)
        if self._shown:
            filled = _WIDTH * self._done // self._total
            bar = "#" * filled + "." * (_WIDTH - filled)
            print(
                f"\r{self._label} [{bar}] {self._done}/{self._total}",
                end="",
                file=sys.stderr,
                flush=True,
            )

    def close(self) -> None:
        if self._shown:
            print(file=sys.stderr, flush=True)


@contextmanager
def progress(label: str, total: int) -> Iterator[Progress]:
    """Progress of `total` steps; the line is ended in any case."""
    bar = Progress(label, total)
    try:
        yield bar
    finally:
        bar.close()
