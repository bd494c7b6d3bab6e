"""One CSV file: read into records, and written back so that untouched rows keep their bytes."""

from __future__ import annotations

import csv
import io
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from clients import files, rawjson
from clients.trouble import Trouble

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_DELIMITERS = ",;\t|"
_NEVER = (0, -1)
_ID = re.compile(r"[\x21-\x7e]{1,64}")

# The module's own limit of 128 KiB lies below what the mailbox takes in one record.
csv.field_size_limit(16 * 1024 * 1024)


class NoIdColumn(Exception):
    """The file is no table of records."""


class ChangedMeanwhile(Exception):
    """Somebody wrote the file between our reading and our writing."""


@dataclass
class Row:
    """One row; `raw` is its text in the file, line end included."""

    cells: list[str]
    raw: str


@dataclass
class Table:
    """A file's content. `order` holds every row as it stands, refused ones too."""

    path: Path
    columns: list[str]
    stamp: tuple[int, int]
    encoding: str
    bom: bytes
    delimiter: str
    header: str
    order: list[Row] = field(default_factory=list)
    rows: dict[str, Row] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)
    refusals: list[str] = field(default_factory=list)

    def data(self, id: str) -> str | None:
        """The record as JSON text: every column with its text, in the file's order."""
        row = self.rows.get(id)
        return None if row is None else self._json(row.cells)

    def records(self) -> list[tuple[str, str]]:
        return [(id, self._json(row.cells)) for id, row in self.rows.items()]

    def put(self, id: str, cells: list[str]) -> None:
        """Replace the row of `id`, or add it at the end."""
        row = self.rows.get(id)
        if row is None:
            self._end_last_line()
            row = Row(
                cells, self._text(cells, quote_all=self._quotes_all(self.columns, self.header))
            )
            self.order.append(row)
            self.rows[id] = row
        else:
            row.raw = self._text(cells, quote_all=self._quotes_all(row.cells, row.raw))
            row.cells = cells
        self.ids.add(id)

    def remove(self, id: str) -> None:
        gone = self.rows.pop(id)
        self.order = [row for row in self.order if row is not gone]
        self.ids.discard(id)

    def write(self) -> None:
        """Put the new content in the file's place, whole or not at all.

        Raises ChangedMeanwhile, UnicodeEncodeError (a sign that the file's encoding lacks), and
        Trouble where the file is locked. Between the last look and the replacing lies a gap of
        microseconds that no file system closes for us.
        """
        # Until the file is written, what is held here is not what lies there.
        expected, self.stamp = self.stamp, _NEVER
        text = self.header + "".join(row.raw for row in self.order)
        content = self.bom + text.encode(self.encoding)
        fresh = self.path.with_name(f".{self.path.name}.new")
        try:
            files.write_durably(fresh, content)
            shutil.copymode(self.path, fresh)
            if stamp(self.path) != expected:
                raise ChangedMeanwhile
            files.put_in_place(fresh, self.path)
        except PermissionError as error:
            raise Trouble(
                f"{self.path} cannot be written: close it in other programs and check the rights.",
                code="source-locked",
            ) from error
        finally:
            fresh.unlink(missing_ok=True)
        self.stamp = stamp(self.path)

    def _json(self, cells: list[str]) -> str:
        return rawjson.dump(dict(zip(self.columns, cells, strict=True)))

    def _text(self, cells: list[str], *, quote_all: bool) -> str:
        out = io.StringIO()
        writer = csv.writer(
            out,
            delimiter=self.delimiter,
            lineterminator=_line_end(self.header),
            quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL,
        )
        writer.writerow(cells)
        return out.getvalue()

    def _quotes_all(self, cells: list[str], raw: str) -> bool:
        return raw.rstrip("\r\n") == self._text(cells, quote_all=True).rstrip("\r\n")

    def _end_last_line(self) -> None:
        if self.order and not self.order[-1].raw.endswith(("\n", "\r")):
            self.order[-1].raw += _line_end(self.header)
        elif not self.order and not self.header.endswith(("\n", "\r")):
            self.header += _line_end(self.header)


def stamp(path: Path) -> tuple[int, int]:
    """What changes when somebody writes the file."""
    found = path.stat()
    return found.st_mtime_ns, found.st_size


def read(path: Path) -> Table:
    """Read `path`. Raises NoIdColumn, or Trouble `source-unreadable` where it is no sound table.

    Single bad rows are refused with their number (the header is row 1), the others go on.
    """
    try:
        before = stamp(path)
        content = path.read_bytes()
        if stamp(path) != before:
            raise _unreadable(path, "it is being written")
    except OSError as error:
        raise _unreadable(path, error.strerror or "it cannot be opened") from error
    bom, encoding, text = _decode(path, content)
    lines = list(io.StringIO(text, newline=""))
    delimiter, columns, used = _header(path, lines)
    table = Table(
        path=path,
        columns=columns,
        stamp=before,
        encoding=encoding,
        bom=bom,
        delimiter=delimiter,
        header="".join(lines[:used]),
    )
    _read_rows(table, lines[used:])
    return table


def _read_rows(table: Table, lines: list[str]) -> None:
    reader = csv.reader(lines, delimiter=table.delimiter, strict=True)
    start, number = 0, 1
    last: list[str] = table.columns
    try:
        for cells in reader:
            raw = "".join(lines[start : reader.line_num])
            start, number = reader.line_num, number + 1
            row = Row(cells, raw)
            table.order.append(row)
            if cells:
                last = cells
                _take(table, row, number)
    except csv.Error as error:
        raise _unreadable(table.path, f"row {number + 1}: {error}") from error
    if len(last) < len(table.columns):
        raise _unreadable(table.path, f"its last row, {number}, is cut off")


def _take(table: Table, row: Row, number: int) -> None:
    place = table.columns.index("id")
    id = row.cells[place] if place < len(row.cells) else ""
    name, total = table.path.name, len(table.columns)
    # A refused row still stands in the file: its id is no delete.
    known = id in table.ids
    table.ids.add(id)
    if not id:
        table.refusals.append(f"{name} row {number}: refused, its id is empty.")
    elif not _ID.fullmatch(id):
        table.refusals.append(
            f"{name} row {number}: refused, its id {id[:70]!a} is not 1 to 64 visible ASCII signs."
        )
    elif known:
        table.refusals.append(f"{name} row {number}: refused, the id {id} stands there already.")
    elif len(row.cells) != total:
        table.refusals.append(
            f"{name} row {number}: refused, it has {len(row.cells)} columns instead of {total}."
        )
    else:
        table.rows[id] = row


def _decode(path: Path, content: bytes) -> tuple[bytes, str, str]:
    bom, encoding = next(((b, e) for b, e in _BOMS if content.startswith(b)), (b"", "utf-8"))
    body = content[len(bom) :]
    try:
        return bom, encoding, body.decode(encoding)
    except UnicodeDecodeError as error:
        if bom or error.start >= len(body) - 3:
            raise _unreadable(path, "its end is cut off or its encoding damaged") from error
    try:
        return b"", "cp1252", body.decode("cp1252")
    except UnicodeDecodeError as error:
        raise _unreadable(path, "its encoding is neither UTF-8 nor Windows-1252") from error


def _header(path: Path, lines: list[str]) -> tuple[str, list[str], int]:
    """Delimiter, columns, and how many lines the header takes."""
    best: tuple[str, list[str], int] | None = None
    for delimiter in _DELIMITERS:
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        try:
            columns = next(reader, [])
        except csv.Error:
            continue
        if "id" in columns and (best is None or len(columns) > len(best[1])):
            best = (delimiter, columns, reader.line_num)
    if best is None:
        raise NoIdColumn(path)
    double = next((name for name in best[1] if best[1].count(name) > 1), None)
    if double is not None:
        raise _unreadable(path, f"its column {double!a} stands there twice")
    return best


def _line_end(raw: str) -> str:
    if raw.endswith("\r\n"):
        return "\r\n"
    return "\r" if raw.endswith("\r") else "\n"


def _unreadable(path: Path, reason: str) -> Trouble:
    return Trouble(
        f"{path} cannot be read ({reason}); nothing of it was sent or deleted: "
        "mend the file or wait until it is written.",
        code="source-unreadable",
    )
