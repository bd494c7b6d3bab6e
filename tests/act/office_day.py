"""A day in the office: edits by chance, in the proportions of a sales team's work."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.act import words
from tests.act.edits import Edits
from tests.act.occurrences import occurrences, utc
from tests.act.times import DAY, stamp

Edit = dict[str, Any]


class OfficeDay:
    """Makes edits one after the other; the same dice make the same ones in the same office.

    With `most` the office neither shrinks nor grows for ever: nothing is deleted or turns private,
    and once so many records of a kind were entered, one of them is written anew instead.
    """

    def __init__(self, edits: Edits, seed: int, most: int | None = None) -> None:
        self._edits, self._database = edits, edits.database
        self._dice = random.Random(seed)
        self._most = most

    def work(self, count: int) -> list[Edit]:
        """Make so many edits; each told with `what`, `kind` and `id`."""
        made: list[Edit] = []
        works = {work: n for work, n in _WORK.items() if self._most is None or work not in _TAKES}
        names, weights = zip(*works.items(), strict=True)
        for _ in range(count):
            work = self._dice.choices(names, weights)[0]
            made.append({"what": work.__name__.strip("_"), **work(self)})
        return made

    def _id(self, kind: str) -> str | None:
        """Any record that exists."""
        size = self._database.size(kind)
        for _ in range(50):
            number = self._dice.randrange(size) if size else 0
            if self._database.exists(kind, number):
                return self._database.guid(kind, number)
        return None

    def _change(self, kind: str, values: dict[str, Any]) -> Edit:
        id = self._id(kind)
        return {"kind": kind, **(self._edits.change(kind, id, values) if id else {"id": None})}

    def _enter(self, kind: str, values: dict[str, Any]) -> Edit:
        first, size = self._database.world.sizes.by_kind[kind], self._database.size(kind)
        if self._most is not None and size - first >= self._most:
            number = self._dice.randrange(first, size)
            if self._database.exists(kind, number):
                id = self._database.guid(kind, number)
                return {"kind": kind, **self._edits.change(kind, id, values)}
        return {"kind": kind, **self._edits.create(kind, values)}

    def _change_contact(self) -> Edit:
        dice = self._dice
        values: dict[str, Any] = dice.choice(
            (
                {"businessPhone": f"030 {dice.randrange(10**6, 10**7)}"},
                {"jobTitle": dice.choice(words.TITLES), "lastReach": stamp(self._database.now())},
                {"idStatus": dice.choice(words.ID_STATUS)},
                {"customFields/user6": dice.choice(words.INDUSTRIES)},
            )
        )
        return self._change("contact", values)

    def _new_contact(self) -> Edit:
        first, last = self._dice.choice(words.FIRST), self._dice.choice(words.LAST)
        values = {"firstName": first, "lastName": last, "fullName": f"{first} {last}"}
        return self._enter("contact", values)

    def _write(self, kind: str) -> Edit:
        contact = self._id("contact")
        text = " ".join(self._dice.choices(words.SENTENCES, k=2))
        now = stamp(self._database.now())
        values = (
            {"noteText": text, "displayDate": now}
            if kind == "note"
            else {"details": text, "startTime": now, "endTime": now}
        )
        return self._enter(kind, {**values, "contacts": [contact] if contact else []})

    def _new_note(self) -> Edit:
        return self._write("note")

    def _new_history(self) -> Edit:
        return self._write("history")

    def _change_opportunity(self) -> Edit:
        return self._change("opportunity", {"probability": self._dice.randrange(0, 101, 5)})

    def _change_company(self) -> Edit:
        return self._change("company", {"region": self._dice.choice(words.TERRITORIES)})

    def _make_appointment(self) -> Edit:
        contact = self._id("contact")
        start = stamp(self._database.now() // 1800 * 1800 + self._dice.randrange(1, 20) * DAY)
        values = {
            "subject": self._dice.choice(words.SUBJECTS),
            "startTime": start,
            "contacts": [contact] if contact else [],
        }
        return self._enter("activity", values)

    def _move_appointment(self) -> Edit:
        id = self._id("activity")
        if id is None:
            return {"kind": "activity", "id": None}
        number = self._database.find("activity", id) or 0
        row = self._database.row("activity", number)
        week = self._database.world.week
        coming = list(occurrences(row, week, week + timedelta(days=60)))
        if not coming:
            return {"kind": "activity", "id": None}
        start = self._dice.choice(coming).start
        later = stamp(utc(row, start + timedelta(days=self._dice.randrange(1, 4))).timestamp())
        return {"kind": "activity", **self._edits.move(f"{id}{start:%m%d%Y}", later)}

    def _move_member(self) -> Edit:
        group, contact = self._id("group"), self._id("contact")
        if group and contact:
            self._edits.member(group, contact, self._dice.random() < 0.5)
        return {"kind": "group", "id": group}

    def _delete(self) -> Edit:
        kind = self._dice.choice(("contact", "note", "history", "activity"))
        id = self._id(kind)
        return {"kind": kind, **(self._edits.delete(kind, id) if id else {"id": None})}

    def _turn_private(self) -> Edit:
        kind = self._dice.choice(("contact", "note", "opportunity"))
        id = self._id(kind)
        return {"kind": kind, **(self._edits.private(kind, id) if id else {"id": None})}


_WORK: dict[Callable[[OfficeDay], Edit], int] = {
    OfficeDay._change_contact: 40,
    OfficeDay._new_history: 15,
    OfficeDay._new_note: 12,
    OfficeDay._make_appointment: 8,
    OfficeDay._move_appointment: 6,
    OfficeDay._change_opportunity: 6,
    OfficeDay._new_contact: 5,
    OfficeDay._change_company: 2,
    OfficeDay._move_member: 2,
    OfficeDay._delete: 2,
    OfficeDay._turn_private: 2,
}
_TAKES = (OfficeDay._delete, OfficeDay._turn_private)
