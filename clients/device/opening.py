"""What the commands on the device's own data share: opening them, and finding one record."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from clients import pairing
from clients.device.store import Record, Store
from clients.trouble import Exit, Trouble

MODULE = "clients.device"


def with_store(options: argparse.Namespace, do: Callable[[Store], None]) -> int:
    """Do it with what the paired folder holds; the exit code."""
    paired = pairing.load(options.data_dir, MODULE)
    store = Store(options.data_dir, paired.account_number)
    try:
        do(store)
    finally:
        store.close()
    return Exit.OK


def existing(store: Store, kind: str, id: str) -> Record:
    """The record, or Trouble with what to do."""
    record = store.record(kind, id)
    if record is None:
        raise Trouble(
            f"There is no {kind} {id} here: sync first, or look with 'list {kind} --ids'."
        )
    return record


def wants_json(options: argparse.Namespace) -> bool:
    return bool(getattr(options, "json", False))
