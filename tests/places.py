"""Folders for programs that are to start soon: the static files lie in them already.

Collecting and compressing them takes longer than all else of a first start, and is the same for
each. `tests/run/test_make_run.py` starts one that has to do it itself.
"""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hhcportal.run.places import CHECKOUT, Places
from hhcportal.run.program import static_files
from hhcportal.run.temporary import temporary_folder

_COLLECTED = CHECKOUT / "var" / "tests"
# Collecting needs settings, and none of these services.
_NOWHERE = {
    "SECRET_KEY": "for-static-files-alone-" + "0123456789abcdefghijklmnopqrstuvwxyz",
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}


@contextmanager
def furnished_folder(prefix: str) -> Iterator[Places]:
    """A temporary folder whose program finds its static files there and up to date."""
    with temporary_folder(prefix) as places:
        furnish(places)
        yield places


def furnish(places: Places) -> None:
    """Put the static files there."""
    shutil.copytree(_collected(), places.var / "static", copy_function=_link)
    static_files(places).remember()


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copyfile(source, target)


def _collected() -> Path:
    """The static files of this checkout, collected once for all processes of all test runs."""
    _COLLECTED.mkdir(parents=True, exist_ok=True)
    with (_COLLECTED / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = Places(_COLLECTED / "static")
        kept.make()
        stamp = static_files(kept)
        if not stamp:
            subprocess.run(
                [sys.executable, "manage.py", "collectstatic", "--noinput", "--clear", "-v0"],
                cwd=CHECKOUT,
                env={**os.environ, **_NOWHERE, "VAR_DIR": str(kept.var)},
                check=True,
            )
            stamp.remember()
    return kept.var / "static"
