"""A small disk for PostgreSQL, and what happens when it is full."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from hhcportal.run.processes import wait_until
from tests.faults.office import SMALL
from tests.faults.rounds import Round

SIZE = 320 << 20
CHUNK = 1 << 18
FULL = b"No space left on device"
BITES_WITHIN = 60.0
LETTER_BYTES = 20_000
TIMES = 3


def mountable() -> bool:
    """Whether this machine lets its user make a small disk of memory."""
    return os.geteuid() == 0 and os.uname().sysname == "Linux"


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """A file system of its own in `folder`, of 320 MiB of memory."""
    options = f"size={SIZE},mode=0711"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def full_disk(playing: Round) -> None:
    """Nothing can be written until there is room again."""
    for account in playing.rig.accounts:
        account.office.letter_bytes = LETTER_BYTES
    for _ in range(TIMES):
        time.sleep(playing.chance.uniform(1, 3))
        _fill(playing)
    for account in playing.rig.accounts:
        account.office.letter_bytes = SMALL
    playing.wait_for_batches()
    _fill(playing)


def _fill(playing: Round) -> None:
    database = playing.rig.database
    ballast = database.server.home.folder / "ballast"
    with database.busy:
        refused = _refusals(database.log)
        _write_until_full(ballast)
        bit = wait_until(lambda: _refusals(database.log) > refused, BITES_WITHIN)
        time.sleep(playing.chance.uniform(1, 4))
        ballast.unlink()
        assert bit, "PostgreSQL never met the full disk"
        _serve_again(playing)
    playing.told.fault("disk full", kills=False)


def _serve_again(playing: Round) -> None:
    """Where the full disk ended PostgreSQL, a service manager starts it again."""
    database = playing.rig.database

    def serves() -> bool:
        if not database.runs:
            database.start()
        with suppress(psycopg.Error), database.session():
            return True
        return False

    assert wait_until(serves, BITES_WITHIN), "PostgreSQL does not serve again"


def _write_until_full(ballast: Path) -> None:
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(CHUNK))


def _refusals(log: Path) -> int:
    return log.read_bytes().count(FULL)
