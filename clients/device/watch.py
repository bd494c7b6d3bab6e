"""The device that stays up: awake it collects what comes as it comes, asleep a push wakes it."""

from __future__ import annotations

import argparse
from contextlib import closing, nullcontext
from functools import partial

from clients import rawjson, schedule
from clients.answers import Page
from clients.device import show
from clients.device.language import chosen
from clients.device.opening import wants_json
from clients.device.store import Store
from clients.device.sync import DEFAULT_INTERVAL, Report, sync
from clients.device.telling import Teller
from clients.device.viewing import add_language
from clients.device.wake import Pushes
from clients.listening import Ear
from clients.pairing import Pairing
from clients.terminal import say
from clients.ticks import Ticks


def add_options(parser: argparse.ArgumentParser) -> None:
    """In which language it speaks, and those that put it to sleep."""
    add_language(parser)
    parser.add_argument(
        "--wake",
        type=int,
        metavar="PORT",
        help="sleep instead, and sync when a push arrives at this port",
    )
    parser.add_argument(
        "--push-service", metavar="URL", help="hands them over to the port; its path is appended"
    )


def watch(options: argparse.Namespace, paired: Pairing, store: Store) -> None:
    """Sync, then again and again when there is news, and at the account's interval at the latest.

    With `options.wake`, a port, only when a push arrives there: as a phone in deep sleep does.

    Raises Trouble where no later try can help.
    """
    ticks = Ticks(options.data_dir)
    as_json = wants_json(options)
    pushes = Pushes(options.data_dir, options.wake, options.push_service) if options.wake else None
    awake = False

    def collect(reason: str) -> float:
        nonlocal awake
        # What lay there before is told as a number: it may be all records that there are.
        told = (lambda page: _tell(page, store, options)) if awake else None
        if pushes is not None and not awake:
            with closing(paired.connect(options.data_dir)) as api:
                api.subscribe(pushes.subscription)
        report = sync(options.data_dir, paired, store, reason=reason, ticks=ticks, stored=told)
        _sum_up(report, awake, as_json)
        awake = True
        return report.interval

    ear = Ear(
        lambda: paired.connect(options.data_dir),
        has_own=store.edits.can_go,
        expects=lambda: bool(store.edits.open_batches()),
    )
    with ticks.running(), pushes.taken() if pushes else nullcontext():
        rest = pushes.rest if pushes else ear.rest
        schedule.repeat(collect, every=None, default=DEFAULT_INTERVAL, rest=rest)


def _tell(page: Page, store: Store, options: argparse.Namespace) -> None:
    # A new one each time: it remembers the names that it met.
    teller = Teller(chosen(options.lang), store)
    for change in page.changes:
        line = show.change_json if wants_json(options) else partial(show.change_line, teller=teller)
        say(line(change))


def _sum_up(report: Report, awake: bool, as_json: bool) -> None:
    if as_json:
        say(rawjson.dump(show.report_facts(report)))
    elif awake:
        for edit in report.ended:
            say(show.edit_line(edit))
    else:
        say(show.report_text(report))
