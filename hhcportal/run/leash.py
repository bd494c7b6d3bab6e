"""Ends every child of a supervisor that was killed: `python -m hhcportal.run.leash RUN_FOLDER`.

Its standard input is a pipe whose other end only the supervisor holds. When that end closes,
however the supervisor went, whatever the files in the folder still name is stopped.
"""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hhcportal.run.places import CHECKOUT, Places
from hhcportal.run.processes import LEASH, note, stop_leftovers

PATIENCE = 6.0


@contextmanager
def leash(places: Places) -> Iterator[None]:
    """Hold the other end of the pipe while the body runs."""
    watcher = subprocess.Popen(
        [sys.executable, "-m", "hhcportal.run.leash", str(places.run)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        cwd=CHECKOUT,
        start_new_session=True,
    )
    file = note(places.run, LEASH, watcher.pid, signal.SIGKILL)
    try:
        yield
    finally:
        if watcher.stdin:
            watcher.stdin.close()
        watcher.wait()
        file.unlink(missing_ok=True)


def main() -> None:
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    sys.stdin.read()
    stop_leftovers(Path(sys.argv[1]), PATIENCE)


if __name__ == "__main__":
    main()
