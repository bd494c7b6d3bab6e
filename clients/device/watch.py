"""The awake device: collects what comes as it comes, and sends edits as they are made."""

from __future__ import annotations

import argparse

from clients import rawjson, schedule
from clients.answers import Page
from clients.device import show
from clients.device.store import Store
from clients.device.sync import DEFAULT_INTERVAL, Report, sync
from clients.listening import Ear
from clients.pairing import Pairing
from clients.terminal import say
from clients.ticks import Ticks


def watch(options: argparse.Namespace, paired: Pairing, store: Store) -> None:
    """Sync, then again and again when there is news, and at the account's interval at the latest.

    Raises Trouble where no later try can help.
    """
    ticks = Ticks(options.data_dir)
    as_json = bool(getattr(options, "json", False))
    awake = False

    def collect(reason: str) -> float:
        nonlocal awake
        # What lay there before is told as a number: it may be all records that there are.
        told = (lambda page: _tell(page, as_json)) if awake else None
        report = sync(options.data_dir, paired, store, reason=reason, ticks=ticks, stored=told)
        _sum_up(report, awake, as_json)
        awake = True
        return report.interval

    ear = Ear(
        lambda: paired.connect(options.data_dir),
        has_own=store.edits.can_go,
        expects=lambda: bool(store.edits.open_batches()),
    )
    with ticks.running():
        schedule.repeat(collect, every=None, default=DEFAULT_INTERVAL, rest=ear.rest)


def _tell(page: Page, as_json: bool) -> None:
    for change in page.changes:
        say(show.change_json(change) if as_json else show.change_line(change))


def _sum_up(report: Report, awake: bool, as_json: bool) -> None:
    if as_json:
        say(rawjson.dump(show.report_facts(report)))
    elif awake:
        for edit in report.ended:
            say(show.edit_line(edit))
    else:
        say(show.report_text(report))
