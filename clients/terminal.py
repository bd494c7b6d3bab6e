"""What a person or a script sees."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TextIO

from clients import rawjson

_WIDTH = 30
_speaker: ContextVar[str] = ContextVar("speaker", default="")


def use_utf8() -> None:
    """Names hold umlauts: a pipe on Windows would otherwise refuse or change them."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")


@contextmanager
def speaking_for(name: str) -> Iterator[None]:
    """Name who speaks: what this thread says in the body carries `name`, where it is not empty."""
    before = _speaker.set(name)
    try:
        yield
    finally:
        _speaker.reset(before)


def counted(count: int, what: str) -> str:
    """So many of what: `1 change`, `2 changes`."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def say(text: str) -> None:
    _write(text, sys.stdout)


def warn(text: str) -> None:
    _write(text, sys.stderr)


def say_json(facts: dict[str, object]) -> None:
    """One JSON object on one line; its member `profile` names who speaks."""
    name = _speaker.get()
    line = rawjson.dump({"profile": name, **facts} if name else facts)
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _write(text: str, stream: TextIO) -> None:
    name = _speaker.get()
    lines = text.split("\n") if name else [text]
    # In one piece: threads that write at once would otherwise share lines.
    stream.write("".join(f"[{name}] {line}\n" if name else f"{line}\n" for line in lines))
    stream.flush()


class Progress:
    """A bar on stderr, drawn only where somebody can see it move."""

    def __init__(self, label: str, total: int) -> None:
        self._label = label
        self._total = max(total, 1)
        self._done = 0
        # Bars of several accounts at once would write over each other.
        self._shown = sys.stderr.isatty() and total > 0 and not _speaker.get()

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
