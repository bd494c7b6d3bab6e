"""The CSV files of the demo's office, which the agent writes too."""

import csv
import os
from collections.abc import Callable
from pathlib import Path

from hhcportal.run.demo.records import Row

_TRIES = 20


def write(path: Path, rows: list[Row]) -> None:
    """Put `rows` in the file's place, whole or not at all."""
    draft = path.with_name(f".{path.name}.draft")
    with draft.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    os.replace(draft, path)


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def change(path: Path, do: Callable[[list[Row]], None]) -> None:
    """Let `do` change the rows, and write them unless somebody else wrote meanwhile.

    Then all is done again on what stands there now: the agent may have put a phone's edit in
    between the reading and the writing, and that must not be lost. `do` leaves one row at least.
    """
    for _ in range(_TRIES):
        before = path.stat().st_mtime_ns
        rows = read(path)
        do(rows)
        if path.stat().st_mtime_ns == before:
            write(path, rows)
            return
