"""The writes of the API that took effect: what a test counts to know that nothing came twice."""

from collections import Counter
from typing import Any

from tests.act.overlay import Overlay

Told = dict[str, Any]
# By these an agent finds again what it made, when the answer was lost.
MARKERS = ("calendarUid", "externalId", "sourceId", "outlookID")


class Journal:
    """Kept beside the office's rows, so it outlives the process as they do.

    `op` is one of create, change, delete, clear, unclear, link, unlink, reassign; the kind of a
    product line is `product`. What the office does by itself, or by the control channel, is none.
    """

    def __init__(self, overlay: Overlay) -> None:
        self._overlay = overlay

    def note(self, at: float, kind: str, op: str, id: str, **more: Any) -> None:
        """Remember a write; `more` are the route, the markers, the changed paths, other ids."""
        self._overlay.add_write({"kind": kind, "op": op, "id": id, "at": at, **more})

    def told(self, after: int) -> Told:
        """`counts` by kind and op over everything, `writes` in order from that place on."""
        writes = self._overlay.writes()
        counts = Counter((write["kind"], write["op"]) for write in writes)
        by_kind: dict[str, dict[str, int]] = {}
        for (kind, op), count in sorted(counts.items()):
            by_kind.setdefault(kind, {})[op] = count
        return {"counts": by_kind, "total": len(writes), "writes": writes[after:]}

    def forget(self) -> None:
        """Begin to count anew."""
        self._overlay.forget_writes()


def markers(row: Told) -> Told:
    """Those that a record has."""
    return {name: row[name] for name in MARKERS if row.get(name)}


def changed(before: Told, after: Told) -> list[str]:
    """The paths of the properties that differ between two objects, but for `edited` itself."""
    found: list[str] = []
    for name in sorted({*before, *after} - {"edited", "editedBy", "editUserID", "editUserName"}):
        one, other = before.get(name), after.get(name)
        if isinstance(one, dict) and isinstance(other, dict):
            found += [f"{name}/{inner}" for inner in changed(one, other)]
        elif one != other:
            found.append(name)
    return found
