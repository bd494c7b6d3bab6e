"""The commands by which a person changes records on the device; each edit travels with a sync."""

from __future__ import annotations

import argparse
import json

from clients import command_line, rawjson
from clients.device.edits import new_id
from clients.device.opening import existing, wants_json, with_store
from clients.device.store import Record, Store
from clients.terminal import say
from clients.trouble import Trouble
from clients.wire import KIND

_ACTIVITY = "activity"
_SERIES = {"scope": "series"}
_ASKED = ("scope", "on_behalf_of", "result", "history", "isDeleted")
"""Members that ask the office for something, and are no part of the record that they stand in."""

_FIELDS = """\
FIELD=VALUE sets a text, FIELD:=JSON anything else: isAllDay:=true, 'contacts:=[{"id": "…"}]'."""
_CLEAR = """\
The office writes it into the history of those it was with; --result names what came of it, as the
office's Act! lists it for that type of activity."""


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    editor = _command(commands, "edit", _edit, "change fields of a record", _FIELDS)
    _add_record(editor)
    _add_fields(editor)
    _add_series(editor, "the whole series, not this one of it alone")
    maker = _command(commands, "new", _new, "make a record", _FIELDS)
    maker.add_argument("kind", type=_kind, metavar="KIND")
    _add_fields(maker)
    maker.add_argument("--on-behalf-of", metavar="USER", help="plan an activity for this Act! user")
    clearer = _command(commands, "clear", _clear, "mark an activity as done", _CLEAR)
    clearer.add_argument("id", metavar="ID")
    clearer.add_argument("--result", metavar="NAME|NUMBER", help="such as 'Call Completed'")
    clearer.add_argument("--details", metavar="TEXT", help="what the history is to say")
    clearer.add_argument("--undo", action="store_true", help="mark it as not done after all")
    remover = _command(commands, "delete", _delete, "delete a record")
    _add_record(remover)
    _add_series(remover, "the whole series of which it is one")


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    handler: command_line.Handler,
    does: str,
    more: str = "",
) -> argparse.ArgumentParser:
    help = f"{does}; it travels with the next sync"
    said = f"{help[0].upper()}{help[1:]}.\n{more}"
    return command_line.add_command(commands, name, handler, help, said)


def _add_record(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", metavar="KIND")
    parser.add_argument("id", metavar="ID")


def _add_fields(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("fields", nargs="+", type=_field, metavar="FIELD=VALUE")


def _add_series(parser: argparse.ArgumentParser, what: str) -> None:
    parser.add_argument("--series", action="store_true", help=f"of an activity: {what}")


def _field(text: str) -> tuple[str, object]:
    name, sign, value = text.partition("=")
    if not (sign and name.removesuffix(":")):
        raise argparse.ArgumentTypeError(f"{text!r} is no FIELD=VALUE")
    if not name.endswith(":"):
        return name, value
    try:
        return name.removesuffix(":"), json.loads(value)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{value!r} is no JSON") from None


def _kind(text: str) -> str:
    if not KIND.fullmatch(text):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no kind: a to z, 0 to 9 and _, a letter first, at most 32"
        )
    return text


def _edit(options: argparse.Namespace) -> int:
    asked = _SERIES if options.series else {}
    return _put(options, options.kind, {**dict(options.fields), **asked})


def _clear(options: argparse.Namespace) -> int:
    members: dict[str, object] = {"isCleared": not options.undo}
    if options.result:
        number = options.result.isdecimal()
        members["result"] = {"id": int(options.result)} if number else {"name": options.result}
    if options.details:
        members["history"] = {"details": options.details}
    return _put(options, _ACTIVITY, members)


def _put(options: argparse.Namespace, kind: str, members: dict[str, object]) -> int:
    def queue(store: Store) -> None:
        with store.db.transaction():
            record = existing(store, kind, options.id)
            try:
                data = rawjson.with_members(_content(record), members)
            except rawjson.NotJson as error:
                raise Trouble(f"{record.kind} {record.id} has no fields to edit.") from error
            store.edits.add(record.kind, record.id, "put", data, record.version)
        _tell_queued(options, record.kind, record.id)

    return with_store(options, queue)


def _content(record: Record) -> str:
    """What the next edit is made on: one that has not left yet is still being asked for."""
    asks = record.edit == "unsent"
    return record.data if asks else rawjson.without_members(record.data, _ASKED)


def _new(options: argparse.Namespace) -> int:
    def queue(store: Store) -> None:
        id = new_id()
        members = dict(options.fields)
        if options.on_behalf_of:
            members["on_behalf_of"] = options.on_behalf_of
        with store.db.transaction():
            store.edits.add(options.kind, id, "put", rawjson.dump(members), None)
        _tell_queued(options, options.kind, id)

    return with_store(options, queue)


def _delete(options: argparse.Namespace) -> int:
    if options.series:
        # A delete carries nothing that could say so.
        return _put(options, options.kind, {**_SERIES, "isDeleted": True})

    def queue(store: Store) -> None:
        with store.db.transaction():
            record = existing(store, options.kind, options.id)
            store.edits.add(record.kind, record.id, "delete", None, record.version)
        _tell_queued(options, record.kind, record.id)

    return with_store(options, queue)


def _tell_queued(options: argparse.Namespace, kind: str, id: str) -> None:
    if wants_json(options):
        say(rawjson.dump({"kind": kind, "id": id, "state": "unsent"}))
    else:
        say(f"{kind} {id}: noted; it travels with the next sync.")
