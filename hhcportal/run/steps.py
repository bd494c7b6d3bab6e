"""One line a step on the terminal, with its time; one sentence where something is missing."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Refusal(Exception):
    """Something the person at the terminal can mend; its text is one sentence with the remedy."""


class Step:
    """The line of a running step; `note` adds what was found to its end."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.detail = ""

    def note(self, detail: str) -> None:
        self.detail = detail


@contextmanager
def step(title: str) -> Iterator[Step]:
    """Show `title` while the body runs, then ✓ or ✗ and the seconds that it took."""
    line = Step(title)
    began = time.monotonic()
    over = threading.Event()
    if sys.stdout.isatty():
        threading.Thread(target=_count, args=(title, began, over), daemon=True).start()
    try:
        yield line
    except BaseException:
        over.set()
        _end("✗", line, began)
        raise
    over.set()
    _end("✓", line, began)


def say(text: str = "") -> None:
    """Print a line at once, even into a pipe; a terminal that was closed is no reason to fail."""
    with suppress(OSError):
        print(text, flush=True)


def _count(title: str, began: float, over: threading.Event) -> None:
    while not over.wait(0.5):
        sys.stdout.write(f"\r  … {title}  {time.monotonic() - began:.0f} s")
        sys.stdout.flush()


def _end(mark: str, line: Step, began: float) -> None:
    if sys.stdout.isatty():
        sys.stdout.write("\r\x1b[K")
    detail = f" ({line.detail})" if line.detail else ""
    say(f"  {mark} {line.title}{detail}  {time.monotonic() - began:.1f} s")
