"""Which connector an account's agent uses: the options name it once, then it is remembered."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from clients import rawjson
from clients.agent.connectors.base import Connector
from clients.agent.connectors.csv_folder import CsvFolder
from clients.agent.store import Store
from clients.trouble import Exit, Trouble

_NOTE = "connector"


def kept(store: Store) -> dict[str, Any]:
    """The connector of earlier runs and its settings, empty where there was none."""
    settings: dict[str, Any] = json.loads(store.db.note(_NOTE) or "{}")
    return settings


def keep(store: Store, settings: dict[str, Any]) -> None:
    with store.db.transaction():
        store.db.set_note(_NOTE, rawjson.dump(settings))


def kept_connector(store: Store) -> Connector | None:
    """The connector of earlier runs, None where there was none."""
    settings = kept(store)
    return _make(settings) if settings else None


def connector(options: argparse.Namespace, store: Store) -> Connector:
    """The connector that the options name, else the one that they named in an earlier run."""
    settings = kept(store)
    if options.source:
        settings["source"] = str(options.source.absolute())
    if options.connector:
        settings["connector"] = options.connector
    if options.kind:
        settings["kinds"] = dict(options.kind)
    if "source" not in settings or "connector" not in settings:
        raise Trouble(
            "Where the records are is not known yet: add --connector csv --source DIR.",
            exit_code=Exit.USAGE,
        )
    names = settings.get("kinds", {})
    if len(set(names.values())) < len(names):
        raise Trouble("Two files cannot hold the same kind: mend --kind.", exit_code=Exit.USAGE)
    keep(store, settings)
    return _make(settings)


def _make(settings: dict[str, Any]) -> Connector:
    return CsvFolder(Path(settings["source"]), settings.get("kinds", {}))
