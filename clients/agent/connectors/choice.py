"""Which connector an account's agent uses: the options name it once, then it is remembered."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from clients import rawjson
from clients.agent.act.connector import Act
from clients.agent.act.opening import look_anew
from clients.agent.act.settings import Settings
from clients.agent.connectors.base import Connector
from clients.agent.connectors.csv_folder import CsvFolder
from clients.agent.store import Store
from clients.trouble import Exit, Trouble

CONNECTORS = ("csv", "act")
ACT_OPTIONS = {
    "act_url": "url",
    "act_database": "database",
    "act_user": "user",
    "rules": "rules",
    "ca_file": "ca_file",
    "plain_http": "plain_http",
}
"""The options of the Act! connector, and what they are in its settings."""

_NOTE = "connector"


def kept(store: Store) -> dict[str, Any]:
    """The connector of earlier runs and its settings, empty where there was none."""
    settings: dict[str, Any] = json.loads(store.db.note(_NOTE) or "{}")
    return settings


def keep(store: Store, settings: dict[str, Any]) -> None:
    """Remember them. What another connector has sent meanwhile, Act!'s state knows nothing of."""
    known = kept(store).get("connector")
    if known == "act" and settings["connector"] != known:
        look_anew(store.db)
    with store.db.transaction():
        store.db.set_note(_NOTE, rawjson.dump(settings))


def is_act(store: Store) -> bool:
    return kept(store).get("connector") == "act"


def kept_connector(store: Store, data_dir: Path) -> Connector | None:
    """The connector of earlier runs, None where there was none."""
    settings = kept(store)
    return _make(settings, store, data_dir) if settings else None


def merged(options: argparse.Namespace, store: Store) -> dict[str, Any]:
    """What earlier commands were told, and what a profile says beside; empty where nobody did."""
    settings = kept(store)
    named = getattr(options, "connector", None) or settings.get("connector")
    if named == "act":
        return {"connector": named, "act": act_settings(options, store)}
    if source := getattr(options, "source", None):
        settings |= {"connector": named, "source": str(source.absolute())}
        settings |= {"kinds": dict(options.kind)} if options.kind else {}
    return settings


def connector(options: argparse.Namespace, store: Store) -> Connector:
    """The connector that the options name, else the one that they named in an earlier run."""
    settings = kept(store)
    named = options.connector or settings.get("connector")
    if named == "act":
        settings = {"connector": "act", "act": act_settings(options, store)}
    else:
        settings = _csv(options, settings)
    made = _make(settings, store, options.data_dir)
    keep(store, settings)
    return made


def act_settings(options: argparse.Namespace, store: Store) -> dict[str, Any]:
    """What is known of an office's Act!: by these options, and by earlier commands."""
    known: dict[str, Any] = dict(kept(store).get("act", {}))
    for option, name in ACT_OPTIONS.items():
        value = getattr(options, option, None)
        if value is not None:
            known[name] = str(value.absolute()) if isinstance(value, Path) else value
    return known


def _csv(options: argparse.Namespace, settings: dict[str, Any]) -> dict[str, Any]:
    if options.source:
        settings["source"] = str(options.source.absolute())
    if options.connector:
        settings["connector"] = options.connector
    if options.kind:
        settings["kinds"] = dict(options.kind)
    if "source" not in settings or "connector" not in settings:
        raise Trouble(
            "Where the records are is not known yet: add --connector csv --source DIR, "
            "or run connect for an Act! database.",
            exit_code=Exit.USAGE,
        )
    names = settings.get("kinds", {})
    if len(set(names.values())) < len(names):
        raise Trouble("Two files cannot hold the same kind: mend --kind.", exit_code=Exit.USAGE)
    return settings


def _make(settings: dict[str, Any], store: Store, data_dir: Path) -> Connector:
    if settings["connector"] == "act":
        return Act(Settings.of(settings["act"]), store.db, data_dir)
    return CsvFolder(Path(settings["source"]), settings.get("kinds", {}))
