"""A folder of CSV files as the office's records: every file with an `id` column is a kind."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path

from clients.agent.connectors import csv_table
from clients.agent.connectors.base import (
    MOST_FOUND,
    Applied,
    Chunk,
    Edit,
    Found,
    KindMissing,
    Listing,
    Record,
    content_hash,
)
from clients.agent.connectors.csv_table import ChangedMeanwhile, NoIdColumn, Table
from clients.agent.naming import name_of
from clients.trouble import Trouble
from clients.wire import KIND

_CHUNK = 500
_TRIES = 5
_SECOND_LOOK = 1.0


class CsvFolder:
    """`names` maps a file's stem to its kind; other files use their stem as it is."""

    def __init__(self, source: Path, names: Mapping[str, str]) -> None:
        self._source = source
        self._names = dict(names)
        self._tables: dict[str, Table] = {}
        self._faults: dict[str, Trouble] = {}
        self._no_tables: dict[str, Trouble] = {}
        self._unnamed: list[str] = []

    def takes_edits(self) -> bool:
        return True

    def health(self) -> None:
        try:
            next(self._source.iterdir(), None)
        except OSError as error:
            raise Trouble(
                f"The source folder {self._source} cannot be read ({error.strerror}): "
                "check --source, or bring the drive back.",
                code="source-missing",
            ) from error

    def changes(
        self, since: str | None, *, whole: bool = False, allow_mass_delete: bool = False
    ) -> Iterator[Chunk]:
        """Every record in any case: a file does not know when its rows changed."""
        yield from _chunks(self._records())

    def _records(self) -> Iterator[Record]:
        self.health()
        self._tables, self._faults, self._no_tables = {}, {}, {}
        files = self._files()
        for kind, path in files.items():
            try:
                self._tables[kind] = csv_table.read(path)
            except NoIdColumn:
                self._note_no_table(kind, path)
            except Trouble as trouble:
                self._faults[kind] = trouble
        for stem, kind in self._names.items():
            if kind not in files:
                self._faults[kind] = Trouble(
                    f"There is no {stem}.csv in {self._source}; nothing of it was deleted: "
                    "bring it back, or leave its --kind out.",
                    code="source-missing",
                )
        for kind, table in self._tables.items():
            for id, data in table.records():
                yield Record(kind, id, data)

    def checkpoint(self) -> str:
        digest = hashlib.sha256()
        for kind, table in sorted(self._tables.items()):
            digest.update(f"{kind}:{table.stamp}\n".encode())
        return f"csv-{digest.hexdigest()[:32]}"

    def kinds(self) -> set[str]:
        return set(self._tables) | set(self._faults)

    def unread(self) -> set[str]:
        return set(self._faults)

    def listing(self) -> Listing:
        return self

    def live_ids(self, kind: str) -> set[str]:
        fault = self._faults.get(kind) or self._no_tables.get(kind)
        if fault:
            raise fault
        table = self._tables.get(kind)
        return set(table.ids) if table else set()

    def confirm_gone(self, kind: str, ids: set[str]) -> set[str]:
        """A file that is being written in place looks shorter than it is: look again when quiet."""
        for _ in range(_TRIES):
            before = self._stamp(kind)
            time.sleep(_SECOND_LOOK)
            if self._stamp(kind) != before:
                continue
            if before is None:
                # Gone from the start is the whole file's loss, and was asked for by name. A file
                # that vanished between two looks says nothing yet.
                return set() if kind in self._tables else ids
            return ids - self._table(kind).ids
        raise Trouble(
            f"The file of the kind {kind} in {self._source} is still being written: "
            "its missing rows are looked at in the next run.",
            code="source-unreadable",
        )

    def apply(self, edit: Edit) -> Applied:
        for _ in range(_TRIES):
            table = self._table(edit.kind)
            try:
                return _apply(table, edit)
            except ChangedMeanwhile:
                continue
            except UnicodeEncodeError:
                present = self._table(edit.kind).data(edit.id)
                detail = f"{table.path.name} cannot hold one of these signs ({table.encoding})."
                return Applied("rejected", edit.id, present, detail)
        raise Trouble(
            f"The file of the kind {edit.kind} is being written all the time: "
            "the phone's edit is taken in the next run.",
            code="source-locked",
        )

    def find(self, wanted: str) -> list[Found]:
        records = list(self._records())
        by_id = [Found(r.kind, r.id, r.data) for r in records if r.id == wanted]
        sought = wanted.casefold()
        named = (
            Found(r.kind, r.id, r.data) for r in records if sought in name_of(r.data).casefold()
        )
        return (by_id or list(islice(named, MOST_FOUND)))[:MOST_FOUND]

    def pending(self) -> int:
        return 0

    def close(self) -> None:
        """Files are open only while they are read."""

    def refusals(self) -> list[str]:
        rows = [line for table in self._tables.values() for line in table.refusals]
        return self._unnamed + rows

    def faults(self) -> list[Trouble]:
        return list(self._faults.values())

    def _files(self) -> dict[str, Path]:
        found: dict[str, Path] = {}
        self._unnamed = []
        for path in sorted(self._source.iterdir()):
            # Programs that have a file open lay one of these beside it.
            if path.name.startswith((".", "~$")) or not path.is_file():
                continue
            if path.suffix.lower() != ".csv":
                continue
            kind = self._names.get(path.stem, path.stem)
            if not KIND.fullmatch(kind):
                self._unnamed.append(
                    f"{path.name}: left out, its name is no kind; "
                    f"name one with --kind '{path.stem}=name'."
                )
            elif kind in found:
                self._unnamed.append(f"{path.name}: left out, {found[kind].name} is {kind} too.")
            else:
                found[kind] = path
        return found

    def _note_no_table(self, kind: str, path: Path) -> None:
        """A file without `id` is no fault in itself, unless its kind is known from before."""
        trouble = Trouble(
            f"{path} has no column 'id'; nothing of it was sent or deleted: "
            "mend its header or wait until it is written.",
            code="source-unreadable",
        )
        named = kind in self._names.values()
        (self._faults if named else self._no_tables)[kind] = trouble

    def _stamp(self, kind: str) -> tuple[int, int] | None:
        try:
            path = self._files().get(kind)
            return csv_table.stamp(path) if path else None
        except OSError:
            return None

    def _table(self, kind: str) -> Table:
        """The kind's file as it stands now, read again where somebody wrote it."""
        self.health()
        path = self._files().get(kind)
        table = self._tables.get(kind)
        try:
            if path and (table is None or csv_table.stamp(path) != table.stamp):
                table = self._tables[kind] = csv_table.read(path)
        except (NoIdColumn, FileNotFoundError):
            path = None
        if path is None or table is None:
            raise KindMissing(
                f"{self._source} has no file with records of the kind {kind} now, though a phone "
                "edited one: bring the file back.",
                code="source-missing",
            )
        return table


def _chunks(records: Iterable[Record]) -> Iterator[Chunk]:
    left = iter(records)
    while chunk := list(islice(left, _CHUNK)):
        yield Chunk(chunk)


def _apply(table: Table, edit: Edit) -> Applied:
    present = table.data(edit.id)
    if edit.op == "delete":
        return _delete(table, edit, present)
    wanted = _cells(table, edit)
    if isinstance(wanted, str):
        return Applied("rejected", edit.id, present, wanted)
    row = table.rows.get(edit.id)
    if row is None and edit.id in table.ids:
        return Applied("rejected", edit.id, None, "The office's row of this id is damaged.")
    if row is not None and row.cells == wanted:
        return Applied("applied", edit.id, present)
    if (clash := _clash(edit, present)) is not None:
        return clash
    table.put(edit.id, wanted)
    table.write()
    return Applied("applied", edit.id, table.data(edit.id))


def _delete(table: Table, edit: Edit, present: str | None) -> Applied:
    if present is None:
        return Applied("applied", edit.id, None)
    if (clash := _clash(edit, present)) is not None:
        return clash
    table.remove(edit.id)
    table.write()
    return Applied("applied", edit.id, None)


def _clash(edit: Edit, present: str | None) -> Applied | None:
    if present is None:
        if edit.base is None:
            return None
        return Applied("conflict", edit.id, None, "The office deleted this record meanwhile.")
    if edit.base is None:
        return Applied("conflict", edit.id, present, "The office has a record of this id already.")
    if content_hash(present) != edit.base:
        return Applied("conflict", edit.id, present, "The office changed this record meanwhile.")
    return None


def _cells(table: Table, edit: Edit) -> list[str] | str:
    """The row that the edit asks for, or why it cannot be one."""
    try:
        wanted = json.loads(edit.data or "")
    except ValueError:
        return "The record is no JSON."
    if not isinstance(wanted, dict):
        return f"{table.path.name} takes records with named fields only."
    name = table.path.name
    for field, value in wanted.items():
        # ASCII alone: the outcome's detail may hold no control signs.
        shown = ascii(field)[:70]
        if field not in table.columns:
            return f"{name} has no column {shown}."
        if not isinstance(value, str):
            return f"{name} takes text alone, and {shown} is none."
    if wanted.setdefault("id", edit.id) != edit.id:
        return "The id of a record does not change."
    return [wanted.get(column, "") for column in table.columns]
