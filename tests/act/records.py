"""Contacts, companies, groups, opportunities, notes, histories: made, changed and deleted."""

import re
from collections.abc import Callable

from tests.act import bodies, deals
from tests.act.answers import Answer, not_found, refusal, told
from tests.act.calls import Call
from tests.act.clerk import KINDS, Clerk
from tests.act.journal import markers
from tests.act.people import Stored
from tests.act.rendering import MODEL, Row
from tests.act.table import TABLE
from tests.act.times import stamp

NOTHING = Answer(204, b"", "")


class Records(Clerk):
    """Each method answers calls of the routes that `RECORDS` names."""

    def create(self, call: Call) -> Answer:
        kind, parent = _kind(call), None
        if kind == "secondary_contact":
            parent = self.visible("contact", call.values["contactId"])
        self.allow(kind, "create")
        body = bodies.body_of(call)
        row = self.blank(kind)
        self._fill(kind, row, body)
        self.apply(kind, row, self._taken(kind, body, whole=False), is_new=True)
        if parent is not None:
            row["_parent"] = parent
        number = self.database.create(kind, row)
        self.note(call, kind, "create", row["id"], changed=sorted(body), markers=markers(row))
        return self._shown(call, kind, number)

    def change(self, call: Call) -> Answer:
        kind, number = self._found(call)
        self.allow(kind, "change")
        whole = call.route.method == "PUT"
        body = bodies.body_of(call)
        if whole and kind == "note" and body.get("noteTypeID") is None:
            raise refusal(400, "A value for noteTypeID is required.")
        row = self.database.row(kind, number)
        self.apply(kind, row, self._taken(kind, body, whole=whole))
        self.keep(call, kind, "change", number, row)
        return self._shown(call, kind, number)

    def delete(self, call: Call) -> Answer:
        kind, number = self._found(call)
        self.allow_delete(kind, number)
        if kind == "contact":
            for child in self.database.children(number):
                self.database.delete("secondary_contact", child)
        self.database.delete(kind, number)
        self.note(call, kind, "delete", self.database.guid(kind, number))
        return NOTHING

    def _found(self, call: Call) -> tuple[str, int]:
        kind = _kind(call)
        if kind != "secondary_contact":
            return kind, self.visible(kind, call.first)
        parent = self.visible("contact", call.values["contactId"])
        number = self.visible(kind, call.values["id"])
        if self.database.parent(number) != parent:
            raise not_found()
        return kind, number

    def _taken(self, kind: str, body: Row, *, whole: bool) -> Row:
        return bodies.taken(body, MODEL[kind], self.dropped(kind), whole=whole)

    def _fill(self, kind: str, row: Stored, body: Row) -> None:
        """What a new record has by itself [I], before the body is written over it."""
        now = stamp(self.database.now())
        if kind == "note":
            row["displayDate"] = now
        elif kind in ("contact", "secondary_contact"):
            names = (body.get(name) for name in ("firstName", "middleName", "lastName"))
            row["fullName"] = " ".join(filter(None, names))
        elif kind == "opportunity":
            chosen = (body.get("stage") or {}).get("id")
            chance = self.database.world.chance
            stages = [s for n in range(len(deals.PROCESSES)) for s in deals.stages(chance, n)]
            stage = next((each for each in stages if each["id"] == chosen), stages[0])
            row |= {"stage": stage, "probability": stage["probability"]}
            row |= {"openDate": now, "stageStartDate": now}

    def _shown(self, call: Call, kind: str, number: int) -> Answer:
        row = self.renderer.row(kind, number, call.form)
        return told(self.renderer.phones(row) if call.e164 else row, call.route.status)


def _kind(call: Call) -> str:
    return KINDS[call.words[0]] if len(call.words) < 3 else "secondary_contact"


_BY_METHOD: dict[str, Callable[[Records, Call], Answer]] = {
    "POST": Records.create,
    "PUT": Records.change,
    "PATCH": Records.change,
    "DELETE": Records.delete,
}
_RECORD = re.compile(
    rf"/api/(?:{'|'.join(KINDS)})(?:/{{\w+}})?(?:/secondary-contacts(?:/{{id}})?)?", re.IGNORECASE
)
RECORDS = {
    route.name: _BY_METHOD[route.method]
    for route in TABLE.routes
    if route.method in _BY_METHOD and _RECORD.fullmatch(route.path)
}
