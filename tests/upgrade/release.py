"""A release as processes: its web server and its worker, and its operator's commands."""

import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from hhcportal.run import children
from hhcportal.run.places import Places
from hhcportal.run.ports import free_port
from hhcportal.run.processes import Child, stop, wait_until
from hhcportal.run.temporary import temporary_places

HERE = Path(__file__).parent
ARCHIVE = HERE / "release.tar.gz"
# Cursors are signed by it: those that `populated.json` holds have to stay good.
SECRET_KEY = "for-upgrades-alone"
UP_WITHIN = 90.0


class Release:
    """The code in `folder`, on a database and a broker that others may use beside it."""

    def __init__(self, folder: Path, places: Places, database_url: str, redis_url: str) -> None:
        self.folder = folder
        self._places = places
        self._port = free_port()
        self._children: dict[str, Child] = {}
        self.url = f"http://127.0.0.1:{self._port}"
        self.environment = {
            **os.environ,
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "VAR_DIR": str(places.var),
            "SECRET_KEY": SECRET_KEY,
            "PORTAL_URL": self.url,
            "REQUESTS_PER_MINUTE": "1000000",
            "REQUESTS_BURST": "100000",
        }

    def start(self) -> None:
        """Web and worker; the former answers afterwards."""
        for name in ("web", "worker"):
            self._children[name] = children.start(
                name, self._places, self.environment, self._port, folder=self.folder
            )
        assert wait_until(self._answers, UP_WITHIN), self.said("web")

    def stop(self, *names: str) -> None:
        """These of its processes, or all that are left."""
        gone = [self._children.pop(name) for name in names or tuple(self._children)]
        stop(gone, patience=10.0)

    def manage(self, *words: str) -> str:
        """Run one of its commands, which must succeed; what it printed."""
        ran = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        assert ran.returncode == 0, f"manage.py {' '.join(words)}: {ran.stderr or ran.stdout}"
        return ran.stdout

    def asked(self, *words: str) -> dict[str, Any]:
        """The same with `--json`: the object of the last line."""
        answer: dict[str, Any] = json.loads(self.manage(*words, "--json").splitlines()[-1])
        return answer

    def said(self, name: str) -> str:
        """The log of one of its processes."""
        return (self._places.log / f"{name}.log").read_text()

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/livez", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False


@contextmanager
def of(folder: Path, database_url: str, redis_url: str) -> Iterator[Release]:
    """The release in `folder`, with a place of its own for what it writes; not started yet."""
    with temporary_places("mailbox-release-") as places:
        release = Release(folder, places, database_url, redis_url)
        try:
            yield release
        finally:
            release.stop()


def unpack(folder: Path) -> Path:
    """The first release's code, in `folder`."""
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(folder, filter="data")
    return folder
