"""What a person looks at on the device: `list` and `show`, in German or English."""

from __future__ import annotations

import argparse

from clients import command_line, pairing
from clients.device import show
from clients.device.language import LANGUAGES, chosen
from clients.device.opening import MODULE, existing, wants_json, with_store
from clients.device.sheet import Sheet
from clients.device.store import Record, Store
from clients.device.telling import Teller
from clients.terminal import say
from clients.trouble import Trouble

_MOST_NAMED = 3
_SHOW = """\
Show one record in full. In place of its id some words do that stand in its line of 'list', if they
stand in no other: show contact weber muster. The names by which 'edit' knows the fields are those
that --json shows."""


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    lister = command_line.add_command(commands, "list", _list, "list the records of a kind")
    lister.add_argument("kind", metavar="KIND")
    lister.add_argument("--ids", action="store_true", help="with the id of each, for edit")
    add_language(lister)
    viewer = command_line.add_command(commands, "show", _show, "show one record in full", _SHOW)
    viewer.add_argument("kind", metavar="KIND")
    viewer.add_argument("id", nargs="+", metavar="ID|WORDS")
    add_language(viewer)


def add_language(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--lang", choices=LANGUAGES, help="the language of what is shown (default: the terminal's)"
    )


def _list(options: argparse.Namespace) -> int:
    def tell(store: Store) -> None:
        records = store.records(options.kind)
        if wants_json(options):
            say(show.list_json(options.kind, records))
            return
        teller = Teller(chosen(options.lang), store)
        if records:
            shown = teller.in_order(options.kind, records)
            say("\n".join(_line(record, teller, with_id=options.ids) for record in shown))
            return
        language = teller.language
        known = ", ".join(sorted(store.counts())) or language("none")
        say(
            language(
                "There are no records of the kind {kind}; kinds here: {known}.",
                kind=options.kind,
                known=known,
            )
        )

    return with_store(options, tell)


def _show(options: argparse.Namespace) -> int:
    paired = pairing.load(options.data_dir, MODULE)

    def tell(store: Store) -> None:
        teller = Teller(chosen(options.lang), store)
        record = _found(store, options.kind, options.id, teller)
        if wants_json(options):
            say(show.record_json(record))
            return
        say(Sheet(teller, record).text())
        edits = [
            edit for edit in store.edits.all() if (edit.kind, edit.id) == (record.kind, record.id)
        ]
        if edits and not record.edit:
            said = show.edit_line(edits[-1])
            say(f"{teller.language('Last own edit')}: {said}")
        say(f"Portal: {paired.page_of(record.kind, record.id)}")

    return with_store(options, tell)


def _line(record: Record, teller: Teller, *, with_id: bool) -> str:
    line = teller.line(record.kind, record.data)
    mark = f"  [{teller.language(record.edit)}]" if record.edit else ""
    return f"{record.id}  {line}{mark}" if with_id else f"{line}{mark}"


def _found(store: Store, kind: str, wanted: list[str], teller: Teller) -> Record:
    """The record with this id, else the only one whose line holds all these words."""
    id = " ".join(wanted)
    if (record := store.record(kind, id)) is not None:
        return record
    words = [word.casefold() for word in id.split()]
    lines = ((record, teller.line(kind, record.data)) for record in store.records(kind))
    found = [(one, line) for one, line in lines if all(word in line.casefold() for word in words)]
    if not found:
        return existing(store, kind, id)
    if len(found) > 1:
        named = "; ".join(f"{one.id} ({line})" for one, line in found[:_MOST_NAMED])
        raise Trouble(f"{len(found)} of the kind {kind} fit, such as {named}: say more, or an id.")
    return found[0][0]
