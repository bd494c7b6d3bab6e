"""How it stands with the runs: how the last one went, since when one fault lasts, what comes next.

Kept with the store for `status` and `doctor`. A disk that takes no note must stop no run.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from clients import rawjson
from clients.database import Database
from clients.trouble import Trouble

_LAST, _NEXT = "last_run", "next_run"


def last(db: Database) -> dict[str, Any] | None:
    """The last run; `since` is when the first of an unbroken row of such failures ended."""
    told: dict[str, Any] | None = json.loads(db.note(_LAST) or "null")
    return told


def note(db: Database, counts: Mapping[str, object], trouble: Trouble | None) -> None:
    """Note a run that has ended."""
    now = text(datetime.now(UTC))
    with suppress(sqlite3.Error), db.transaction():
        run = {
            "at": now,
            "result": "failed" if trouble else "ok",
            "error": trouble.code if trouble else None,
            "says": trouble.sentence if trouble else "",
            "since": (failing_since(db, trouble.code) or now) if trouble else None,
            **counts,
        }
        db.set_note(_LAST, rawjson.dump(run))


def failing_since(db: Database, code: str) -> str | None:
    """When the failures of this code began that have not ended yet, as ISO 8601 in UTC."""
    run = last(db)
    if run is None or run["error"] != code:
        return None
    since: str | None = run.get("since")
    return since


def plan(db: Database, at: datetime | None) -> None:
    """Note when the next run comes by itself, None where none does."""
    with suppress(sqlite3.Error), db.transaction():
        db.set_note(_NEXT, text(at) if at else None)


def planned(db: Database) -> datetime | None:
    """When the next run was to come. A program that was killed left its plan behind."""
    kept = db.note(_NEXT)
    return datetime.fromisoformat(kept) if kept else None


def text(moment: datetime) -> str:
    """As ISO 8601 in UTC, to the second."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
