"""Looking over the office's records for `doctor`, whichever connector there is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from clients.agent.act import checkup as act
from clients.agent.checks import Examination
from clients.agent.connectors.csv_folder import CsvFolder
from clients.database import Database


def examine(
    examination: Examination, settings: dict[str, Any], db: Database, data_dir: Path
) -> None:
    """LeftOut where a trouble stands before the rest. `settings` are those of `choice`."""
    if settings.get("connector") == "act":
        act.examine(examination, settings["act"], db, data_dir)
    elif "source" in settings:
        _folder(examination, Path(settings["source"]), settings.get("kinds", {}))
    else:
        examination.warning(
            "office",
            "Where the records are is not known yet: run connect for an Act! database, or run "
            "with --connector csv --source DIR.",
        )


def _folder(examination: Examination, source: Path, names: dict[str, str]) -> None:
    connector = CsvFolder(source, names)
    with examination.of("source"):
        connector.health()
    with examination.of("files"):
        count = sum(len(chunk.records) for chunk in connector.changes(None))
    for trouble in connector.faults():
        examination.trouble("files", trouble)
    refused = connector.refusals()
    for sentence in refused:
        examination.warning("files", sentence)
    if not connector.faults() and not refused:
        kinds = ", ".join(sorted(connector.kinds())) or "none"
        examination.ok("files", f"{count} records can be read; kinds: {kinds}.")
    if os.access(source, os.W_OK):
        examination.ok("source", f"{source} can be read and written.")
    else:
        examination.warning(
            "source",
            f"{source} cannot be written, so phones' edits cannot be taken: "
            "give the account that runs the agent the right to write there.",
        )
