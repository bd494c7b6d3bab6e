"""An office's records: CSV files of people and of what was talked about, in two languages."""

import csv
import io
import json
import os
import random
from pathlib import Path

LONG_FIGURES = "LONG_FIGURES" in os.environ
CONTACTS, HISTORIES = (120, 830) if LONG_FIGURES else (80, 220)
KINDS = {"contacts": "contact", "histories": "history"}

_COLUMNS = {
    "contacts": ["id", "company", "fullName", "jobTitle", "line1", "city", "businessPhone"],
    "histories": ["id", "contactId", "regarding", "startTime", "details"],
}
_FIRST = ("Jürgen", "Käthe", "Søren", "Mary-Jane", "François", "Zoë", "Ana", "İpek")
_LAST = ("Müller", "O'Hara", "Weißgerber", "d’Arcy", "Łukasiewicz", "Smith", "Öztürk", "Nuñez")
_COMPANIES = (
    'Bäckerei "Zum Löwen", Inh. Köhler',
    "Smith, Jones & Sons Ltd.",
    "Überlandwerke\nAbteilung Süd",
    "",
    "Große Straße 12 GmbH",
    'He said "yes", twice',
)
_CITIES = ("Köln", "Århus", "New York, NY", "", "Saint-Étienne", "Gräfelfing")
_DETAILS = (
    "Rückruf erbeten; Preis 12,50 €\r\nsonst Angebot bis Freitag",
    'Asked for the "big" one, size 10/12 \\ blue',
    "",
    "Zeile eins\nZeile zwei\n\nZeile vier",
    "Tab\there, emoji 📬, zero\u200bwidth, line\u2028separator",
    "  leading and trailing spaces  ",
)

Key = tuple[str, str]
Row = dict[str, str]


class Office:
    """The folder of CSV files that an agent stands beside, as its people see and change it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        # Not by chance: a failure shows the same records again.
        chance = random.Random(9)
        self._write("contacts", [_contact(chance, n) for n in range(CONTACTS)])
        self._write("histories", [_history(chance, n) for n in range(HISTORIES)])

    def rows(self, stem: str) -> list[Row]:
        """The rows as any program would read them."""
        with (self.folder / f"{stem}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def row(self, stem: str, id: str) -> Row:
        """The one row of this id."""
        (found,) = [row for row in self.rows(stem) if row["id"] == id]
        return found

    def records(self) -> dict[Key, str]:
        """Kind and id of every row, with the JSON text that stands for it on the wire."""
        found: dict[Key, str] = {}
        for stem, kind in KINDS.items():
            for row in self.rows(stem):
                assert (kind, row["id"]) not in found, f"{row['id']} stands twice in {stem}.csv"
                found[kind, row["id"]] = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
        return found

    def edit(self, stem: str, id: str, **values: str) -> None:
        """Change fields of one row."""
        self.row(stem, id)
        self._write(stem, [row | values if row["id"] == id else row for row in self.rows(stem)])

    def edit_many(self, stem: str, ids: list[str], **values: str) -> None:
        """Change fields of several rows at once."""
        rows = self.rows(stem)
        assert set(ids) <= {row["id"] for row in rows}
        self._write(stem, [row | values if row["id"] in ids else row for row in rows])

    def add(self, stem: str, row: Row) -> None:
        """A row more."""
        self._write(stem, [*self.rows(stem), row])

    def remove(self, stem: str, ids: list[str]) -> None:
        """Delete rows."""
        rows = self.rows(stem)
        assert set(ids) <= {row["id"] for row in rows}
        self._write(stem, [row for row in rows if row["id"] not in ids])

    def is_tidy(self) -> bool:
        """Whether both files are to the byte what this office's own program would write."""
        return all(
            (self.folder / f"{stem}.csv").read_bytes() == _text(stem, self.rows(stem)).encode()
            for stem in KINDS
        )

    def _write(self, stem: str, rows: list[Row]) -> None:
        fresh = self.folder / f"{stem}.tmp"
        fresh.write_bytes(_text(stem, rows).encode())
        fresh.replace(self.folder / f"{stem}.csv")


def _text(stem: str, rows: list[Row]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, _COLUMNS[stem])
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _contact(chance: random.Random, number: int) -> Row:
    return {
        "id": f"C{number:04}",
        "company": chance.choice(_COMPANIES),
        "fullName": f"{chance.choice(_FIRST)} {chance.choice(_LAST)}",
        "jobTitle": chance.choice(("Geschäftsführer", "Sales, Europe", "")),
        "line1": f"Straße {number}",
        "city": chance.choice(_CITIES),
        "businessPhone": f"+49 (0)89 {chance.randrange(10**6):06}",
    }


def _history(chance: random.Random, number: int) -> Row:
    return {
        "id": f"{10_000 + number}",
        "contactId": f"C{chance.randrange(CONTACTS):04}",
        "regarding": chance.choice(("Anruf", 'Order "Spring"', "Besuch, verschoben", "")),
        "startTime": f"2026-0{chance.randrange(1, 10)}-1{chance.randrange(10)}T08:00:00Z",
        "details": chance.choice(_DETAILS),
    }
