"""How the agent of a machine is started, whatever starts it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Launch:
    """`arguments` with the interpreter before them, in the folder `working`.

    `home` is the first of the data `folders`, whose owner the agent runs as. `sources` are folders
    of CSV files, into which it writes the phones' edits.
    """

    arguments: tuple[str, ...]
    working: Path
    home: Path
    folders: tuple[Path, ...]
    sources: tuple[Path, ...]
