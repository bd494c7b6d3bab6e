"""Making in Act! what a phone made: once, whatever became of the answer."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from clients.agent.act import checks, deleting, merging, patches, phone_letters
from clients.agent.act import product_lines as lines
from clients.agent.act.calendar import stamp
from clients.agent.act.intents import Intent
from clients.agent.act.kinds import SECONDARY, format_of, secondary_path
from clients.agent.act.merging import Fields
from clients.agent.act.pages import pages
from clients.agent.act.phone_letters import Asked
from clients.agent.act.records import LINKS, PARENT, PRODUCTS, BadRecord, Row
from clients.agent.act.refusals import Broken, QueryRefused, unreadable
from clients.agent.act.rejections import REFUSALS, Rejected, of_refusal, said
from clients.agent.act.repeating import surely
from clients.agent.act.work import Present, Work
from clients.agent.connectors.base import Applied, Edit

_ROUTES = {
    "contact": "contacts",
    "company": "companies",
    "group": "groups",
    "opportunity": "opportunities",
    "note": "notes",
    "history": "History",
}
_MARKERS = {"opportunity": "sourceId", "history": "outlookID"}
"""The members that take an id of ours, by which a record is found again."""

_NOTE_TYPE = ("noteTypeID", 100)
"""What Act! calls General (act-web-api facts)."""


def create(work: Work, edit: Edit) -> Applied:
    """The outcome, with Act!'s id. Raises BadRecord, or a Refusal."""
    try:
        asked = phone_letters.read(edit, work.rules)
        return _create(work, edit, asked)
    except Rejected as rejected:
        return work.ended(edit, "rejected", None, rejected.sentence)


def _create(work: Work, edit: Edit, asked: Asked) -> Applied:
    wanted, dropped = _wanted(work, edit, asked)
    checks.whole(edit.kind, asked.letter)
    checks.changes(work, edit.kind, wanted)
    parent = str(asked.letter.get(PARENT) or "")
    if edit.kind == SECONDARY and not work.judging.is_in("contact", parent):
        raise Rejected(f"{PARENT} names a contact that is not on the phones.")
    making = _Making(work, edit, wanted, parent)
    present = making.make()
    if present is None:
        return work.ended(edit, "applied", None, "Act! made it and does not show it.")
    arrived, missing = merging.taken(wanted, present.letter)
    detail = said([*dropped, *missing])
    if not arrived:
        deleting.remove(work, edit.kind, present.judged.row.place)
        raise Rejected(detail)
    if not present.travels:
        detail = f"{detail} It stays in the office. {present.stays}".strip()
    return work.ended(edit, "applied", present, detail, work.made(edit, present))


def _wanted(work: Work, edit: Edit, asked: Asked) -> tuple[Fields, list[str]]:
    """What is to be written, and what a phone cannot say."""
    fields = merging.fields(asked.letter)
    if edit.kind == "note":
        fields.setdefault(*_NOTE_TYPE)
    wanted = {
        path: value
        for path, value in fields.items()
        if phone_letters.may_change(path, work.rules, edit.kind)
    }
    silent = ("id", PARENT)
    return wanted, [*asked.strange, *(p for p in fields if p not in wanted and p not in silent)]


class _Making:
    """One record on its way into Act!."""

    def __init__(self, work: Work, edit: Edit, wanted: Fields, parent: str) -> None:
        self._work = work
        self._kind = edit.kind
        self._wanted = wanted
        self._parent = parent
        self._known = work.state.intents.known(edit.token)
        self._intent: Intent = self._known or work.begin(edit)

    def make(self) -> Present | None:
        line = self._work.line
        try:
            place = self._look() if self._known else None
            place = place or surely(line, self._post, self._look)
            if self._kind == "opportunity":
                self._write_lines(place)
        except REFUSALS as refusal:
            raise of_refusal(self._kind, refusal, "Create") from refusal
        return self._work.present(self._kind, place)

    def _write_lines(self, opportunity: str) -> None:
        """Those that no earlier try has written."""
        there = lines.of(self._work.line, opportunity) if self._known else []
        _, missing = merging.taken(self._wanted, {PRODUCTS: there})
        changes = {path: self._wanted[path] for path in missing}
        lines.write(self._work.line, opportunity, changes, there)

    def _post(self) -> str:
        body = patches.body(self._kind, self._wanted, {})
        if self._kind in _MARKERS:
            body[_MARKERS[self._kind]] = self._intent.marker
        answer = self._work.line.write("POST", self._route(), body, format_of(self._kind))
        if not isinstance(answer, dict) or not isinstance(answer.get("id"), str):
            raise unreadable("a new record without an id")
        return self._place(answer)

    def _look(self) -> str | None:
        """What an earlier try has made, None where nothing of it is to be seen."""
        marker, alike = _MARKERS.get(self._kind, ""), None
        for row in self._candidates():
            held = row.get(marker)
            if held and held == self._intent.marker:
                return self._place(row)
            # Act! may have dropped the marker without a word.
            if not (held or alike) and self._is_it(row):
                alike = self._place(row)
        return alike

    def _candidates(self) -> Iterable[Row]:
        listed = partial(pages, self._work.line, self._route(), extra=format_of(self._kind))
        if self._kind != SECONDARY:
            try:
                return [
                    row
                    for page in listed(filter=f"created ge {stamp(self._intent.since)}")
                    for row in page
                ]
            except (QueryRefused, Broken):
                pass  # not every Act! filters every kind by it
        return (row for page in listed() for row in page)

    def _is_it(self, row: Row) -> bool:
        """Nobody's that is known, with the links, and most of the texts as they were asked for.

        Act! may write some of them in a way of its own.
        """
        if self._work.state.row(self._kind, str(row.get("id"))):
            return False
        row = {**row, PARENT: self._parent} if self._kind == SECONDARY else row
        try:
            letter = self._work.judge(self._kind, row).letter
        except BadRecord:
            return False
        arrived, missing = merging.taken(self._wanted, letter)
        texts = [path for path in arrived if isinstance(self._wanted[path], str)]
        others = [path for path in missing if isinstance(self._wanted[path], str)]
        links = tuple(f"{name}." for name in LINKS)
        return len(texts) > len(others) and not any(path.startswith(links) for path in missing)

    def _route(self) -> str:
        return secondary_path(self._parent) if self._kind == SECONDARY else _ROUTES[self._kind]

    def _place(self, row: Row) -> str:
        id = str(row["id"])
        return f"{self._parent}/{id}" if self._kind == SECONDARY else id
