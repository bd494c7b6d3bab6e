"""A copy of the program in which something is replaced, and tests that run in it."""

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterable
from pathlib import Path

from hhcportal.run.places import CHECKOUT

COPIED = (
    "accounts", "mailbox", "sync", "hhcportal", "clients", "templates", "tests", "docs",
    "manage.py", "pyproject.toml",
)  # fmt: skip
# A minute is what a machine with nothing else to do may take, several times over.
PATIENCE = 300.0


class Tree:
    """A copied tree."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for name in COPIED:
            source, target = CHECKOUT / name, folder / name
            if source.is_dir():
                shutil.copytree(source, target)  # with what is compiled, as long as it is true
            else:
                shutil.copy2(source, target)

    def replace(self, path: str, old: str, new: str) -> None:
        """Replace what occurs exactly once. Raises AssertionError where it does not."""
        file = self._folder / path
        text = file.read_text()
        assert text.count(old) == 1, f"{path} holds it {text.count(old)} times:\n{old}"
        file.write_text(text.replace(old, new))

    def run(self, tests: Iterable[str]) -> subprocess.CompletedProcess[str]:
        """Run tests in it, on a database of their own. Raises TimeoutExpired where they hang."""
        url, _, _ = os.environ["DATABASE_URL"].rpartition("/")
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("PYTEST") and name != "LONG_FIGURES"
        }
        environment["DATABASE_URL"] = f"{url}/planted_{uuid.uuid4().hex[:8]}"
        words = (
            *("-q", "--numprocesses=0", "--color=no", "--create-db", "-p", "no:cacheprovider"),
            *("-p", "no:schemathesis"),  # seconds of imports for what no planted test uses
        )
        return subprocess.run(
            [sys.executable, "-m", "pytest", *words, *tests],
            cwd=self._folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
