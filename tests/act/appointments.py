"""Appointments made, changed, moved and deleted: /api/tasks and what stands beside it.

Of a series these routes write one occurrence alone: what differs from the series is kept as its
own. A task's id has the day in it, so moving to another day changes the id (seen live).
"""

from collections.abc import Callable
from datetime import datetime

from tests.act import bodies, demands
from tests.act.answers import Answer, not_found, refusal, told
from tests.act.calls import Call
from tests.act.clerk import Clerk
from tests.act.journal import changed, markers
from tests.act.occurrences import Occurrence, as_of, day_of, local, on_day
from tests.act.people import Stored
from tests.act.records import NOTHING
from tests.act.rendering import Row
from tests.act.sizes import USERS
from tests.act.times import seconds

_WHEN = ("startTime", "endTime")
_FLAGS = ("isAllDay", "isTimeless")


class Diary(Clerk):
    """What all routes of activities share."""

    def found(self, task_id: str) -> tuple[int, Stored, Occurrence]:
        """Number, kept row and occurrence of a task's id. Raises Refused (404)."""
        number = self.visible("activity", task_id[:36])
        kept = self.database.row("activity", number)
        day = day_of(task_id)
        which = day and on_day(kept, day)
        if not which:
            raise not_found()
        return number, kept, which

    def schedule(self, row: Stored, named: Row, shown: Row) -> tuple[datetime, int]:
        """Start and minutes: as named, else as they are shown now. Raises Refused (400)."""
        start, end = demands.span(*(named.get(name, shown.get(name)) for name in _WHEN))
        return local(row, start), (seconds(end) - seconds(start)) // 60

    def shown(self, number: int, which: Occurrence, form: str = "auto") -> Row:
        kept = self.database.row("activity", number)
        return self.renderer.occurrence(number, kept, which, form)

    def own(self, kept: Stored, which: Occurrence) -> Stored:
        """What a series keeps of one occurrence alone; the same row's `edited` stays as it is."""
        told_: Stored = kept["_moved"].setdefault(which.original.isoformat(), {})
        told_["edited"] = int(self.database.now())
        return told_

    def put(self, number: int, kept: Stored) -> None:
        """Keep an activity; of a series, its `edited` is that of the series itself."""
        kept["_editor"] = self.me
        alone = not kept["_recur"]
        self.database.put("activity", number, kept, None if alone else seconds(kept["edited"]))


class Appointments(Diary):
    """Each method answers calls of the routes that `APPOINTMENTS` names."""

    def create(self, call: Call) -> Answer:
        """`recurSpec` is dropped here (facts, "Routes"): what is made is a single one."""
        owner = self.me
        if "userId" in call.values:
            owner = self._user(call.values["userId"])
        self.allow("activity", "create")
        body = bodies.body_of(call)
        row = self.blank("activity") | {"_owner": owner, "_scheduler": self.me}
        named = bodies.taken(body, "ActivityOccurrence", self.dropped("activity"), whole=False)
        self.apply("activity", row, _but_times(named), is_new=True)
        start, minutes = self.schedule(row, named, {})
        row |= {"_start": start.isoformat(), "_minutes": minutes}
        number = self.database.create("activity", row)
        which = Occurrence(start.date(), start, minutes, False, None)
        made = self.shown(number, which, call.form)
        self.note(call, "activity", "create", made["id"], changed=sorted(body),
                  markers=markers(row))  # fmt: skip
        return told(made, call.route.status)

    def change(self, call: Call) -> Answer:
        number, kept, which = self.found(call.values["taskId"])
        self.allow("activity", "change")
        body = bodies.body_of(call)
        named = bodies.taken(
            body, "ActivityOccurrence", self.dropped("activity"),
            whole=call.route.method == "PUT",
        )  # fmt: skip
        return told(self._rewritten(call, number, kept, which, named, "change"))

    def delete(self, call: Call) -> Answer:
        number, kept, which = self.found(call.values["taskId"])
        self.allow_delete("activity", number)
        if kept["_recur"]:
            kept["_gone"].append(which.original.isoformat())
            kept["_moved"].pop(which.original.isoformat(), None)
            self.database.put("activity", number, kept)
        else:
            self.database.delete("activity", number)
        self.note(call, "activity", "delete", call.values["taskId"])
        return NOTHING

    def reassign(self, call: Call) -> Answer:
        """Hand an activity over to another user; of a series, all of it [I]."""
        number, kept, which = self.found(call.values["taskId"])
        self.allow("activity", "change")
        kept |= {"_owner": self._user(call.values["userId"]), "_scheduler": self.me}
        self.put(number, kept)
        made = self.shown(number, which)
        self.note(call, "activity", "reassign", made["id"], changed=["scheduledForId"])
        return told(made)

    def join(self, call: Call) -> Answer:
        """Put a contact to an appointment, or take it away."""
        number, kept, which = self.found(call.values["taskId"])
        self.allow("activity", "change")
        contact = self.visible("contact", call.values["contactId"])
        links = as_of(kept, which)["_links"][0]
        leaves = call.route.method == "DELETE"
        if leaves and contact not in links:
            raise not_found()
        wanted = [each for each in links if each != contact] + [contact] * (not leaves)
        contacts = [{"id": self.database.guid("contact", each)} for each in wanted]
        op = "unlink" if leaves else "link"
        made = self._rewritten(call, number, kept, which, {"contacts": contacts}, op)
        return NOTHING if leaves else told(made)

    def _rewritten(
        self, call: Call, number: int, kept: Stored, which: Occurrence, named: Row, op: str
    ) -> Row:
        before = self.renderer.occurrence(number, kept, which)
        after = as_of(kept, which)
        self.apply("activity", after, _but_times(named))
        start, minutes = which.start, which.minutes
        if set(named) & {*_WHEN, *_FLAGS}:
            start, minutes = self.schedule(after, named, before)
        moves = (start, minutes) != (which.start, which.minutes)
        if kept["_recur"]:
            if start.date() != which.start.date() and on_day(kept, start.date()):
                # Two of a series on one day would have one id; what Act! does then is [I].
                raise refusal(409, "The series has an occurrence on this day.")
            own = self.own(kept, which)
            own["own"] = {name: one for name, one in after.items() if one != kept.get(name)}
            if moves:
                own |= {"_start": start.isoformat(), "_minutes": minutes}
            row = kept
        else:
            row = after | {"_start": start.isoformat(), "_minutes": minutes}
        self.put(number, row)
        now = Occurrence(which.original if row["_recur"] else start.date(), start, minutes,
                         which.is_cleared, int(self.database.now()))  # fmt: skip
        made = self.shown(number, now, call.form)
        paths = changed(before, self.shown(number, now))
        self.note(call, "activity", op, made["id"], was=before["id"], changed=paths,
                  markers=markers(after))  # fmt: skip
        return made

    def _user(self, guid: str) -> int:
        number = self.database.world.chance.number("user", guid)
        if number is None or number >= USERS:
            raise not_found()
        return number


def _but_times(named: Row) -> Row:
    return {name: value for name, value in named.items() if name not in _WHEN}


APPOINTMENTS: dict[str, Callable[[Appointments, Call], Answer]] = {
    "POST /api/tasks": Appointments.create,
    "POST /api/organizers/{userId}/tasks": Appointments.create,
    "PUT /api/organizers/{userId}/tasks/{taskId}": Appointments.reassign,
    "PUT /api/tasks/{taskId}": Appointments.change,
    "PATCH /api/tasks/{taskId}": Appointments.change,
    "DELETE /api/tasks/{taskId}": Appointments.delete,
    "PUT /api/contacts/{contactId}/associated-tasks/{taskId}": Appointments.join,
    "DELETE /api/contacts/{contactId}/associated-tasks/{taskId}": Appointments.join,
}
