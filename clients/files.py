"""Writing a file whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path


def write_durably(path: Path, content: bytes, *, mode: int = 0o666) -> None:
    """Write a file that is on the disk when this returns; `mode` counts where it is new."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), mode)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def put_in_place(fresh: Path, path: Path) -> None:
    """Give `path` the content of `fresh` in one step, which a power cut does not undo."""
    os.replace(fresh, path)
    if os.name != "nt":
        # Windows opens no folders, and keeps its own order of renames.
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def replace(path: Path, content: bytes, *, mode: int = 0o666) -> None:
    """Write `path` anew, whole or not at all, durably."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        write_durably(fresh, content, mode=mode)
        put_in_place(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)
