"""All records as the office has them, hidden ones too: what tests work out their results from."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from tests.act.database import Database
from tests.act.occurrences import as_of, occurrences
from tests.act.rendering import Renderer
from tests.act.world import WITH_ACCESS

Told = dict[str, Any]


class Truth:
    """Tells records of a kind, by pages of numbers."""

    def __init__(self, database: Database, renderer: Renderer) -> None:
        self._database, self._renderer = database, renderer

    def page(self, kind: str, first: int, count: int) -> Told:
        """`records` (each with `row`, `is_visible` and what else is known) and `next` or None."""
        end = min(first + count, self._database.size(kind))
        there = [n for n in range(first, end) if self._database.exists(kind, n)]
        records = [told for number in there for told in self.of(kind, number)]
        return {"records": records, "next": end if end < self._database.size(kind) else None}

    def of(self, kind: str, number: int) -> Iterator[Told]:
        """A record, or the occurrences of an activity."""
        return (self._activity if kind == "activity" else self._record)(kind, number)

    def between(self, first: date, last: date) -> None:
        """Of activities, tell the occurrences of these days alone."""
        self._first, self._last = first, last

    def _record(self, kind: str, number: int) -> Iterator[Told]:
        database, renderer = self._database, self._renderer
        told: Told = {
            "row": renderer.row(kind, number),
            "is_visible": database.is_visible(kind, number),
        }
        if kind in WITH_ACCESS:
            told["access"] = renderer.access(kind, number)
        if kind in ("note", "history"):
            told["text"] = database.row(kind, number)["_text"]
        if kind == "contact":
            told["groups"] = [database.guid("group", n) for n in database.groups_of(number)]
        if kind == "opportunity":
            told["products"] = renderer.products(number)
        if kind == "secondary_contact":
            told["parent"] = database.guid("contact", database.parent(number))
        yield told

    def _activity(self, kind: str, number: int) -> Iterator[Told]:
        kept = self._database.row(kind, number)
        visible = self._database.is_visible(kind, number)
        for which in occurrences(kept, self._first, self._last):
            # Moved ones are told wherever they come from, if they now lie within.
            if self._first <= which.start.date() <= self._last:
                yield {
                    "row": self._renderer.occurrence(number, kept, which),
                    "is_visible": visible,
                    "text": as_of(kept, which)["_text"],
                    "original": which.original.isoformat(),
                }
