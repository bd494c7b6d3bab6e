"""Clearing an appointment, which makes a history; and taking it back, which leaves that history.

The answer does not tell the history's id, and `result.id` alone decides its type (facts,
"Routes"). Clearing what is cleared already makes one more history [I].
"""

from collections.abc import Callable

from tests.act import bodies, demands
from tests.act.answers import Answer, told
from tests.act.appointments import Diary
from tests.act.calls import Call
from tests.act.occurrences import Occurrence, as_of
from tests.act.people import Stored
from tests.act.records import NOTHING
from tests.act.rendering import Row
from tests.act.sizes import USERS
from tests.act.times import seconds, stamp
from tests.act.writing import told as text_of


class Clearing(Diary):
    """Each method answers calls of the routes that `CLEARING` names."""

    def clear(self, call: Call) -> Answer:
        number, kept, which = self.found(call.values["taskId"])
        self.allow("activity", "change")
        body = bodies.body_of(call)
        shown = self.renderer.occurrence(number, kept, which)
        asked = _asked(body, as_of(kept, which), shown)
        history = self._history(body, asked, as_of(kept, which))
        made = self.database.create("history", history)
        day = which.original.isoformat()
        kept.setdefault("_histories", {}).setdefault(day, []).append(made)
        self._mark(kept, which, is_cleared=True)
        self.put(number, kept)
        self.note(call, "activity", "clear", shown["id"], history=history["id"],
                  type=history["historyTypeID"])  # fmt: skip
        return told({**asked, "historyType": history["historyType"], "attachment": None})

    def unclear(self, call: Call) -> Answer:
        number, kept, which = self.found(call.values["taskId"])
        self.allow("activity", "change")
        if which.is_cleared:
            self._mark(kept, which, is_cleared=False)
            self.put(number, kept)
            self.note(call, "activity", "unclear", call.values["taskId"])
        return NOTHING

    def _history(self, body: Row, asked: Row, activity: Stored) -> Stored:
        row = self.blank("history")
        named = {
            "historyTypeID": (body.get("result") or {}).get("id"),
            "regarding": asked["subject"],
            "details": asked["details"],
            "startTime": asked["startTime"],
            "endTime": asked["endTime"],
        }
        row["_links"] = activity["_links"]
        self.apply("history", row, named, is_new=True)
        row |= {"_owner": self._filed_under(activity), "isPrivate": bool(asked["isPrivate"])}
        row["_level"] = "Private" if row["isPrivate"] else "Public"
        return row

    def _filed_under(self, activity: Stored) -> int:
        """For whom it was scheduled; a contact that is an Act! user goes before (facts)."""
        for contact in activity["_links"][0]:
            if contact < USERS and self.database.row("contact", contact)["isUser"]:
                return int(contact)
        return int(activity["_owner"])

    def _mark(self, kept: Stored, which: Occurrence, *, is_cleared: bool) -> None:
        if not kept["_recur"]:
            kept["isCleared"] = is_cleared
            return
        days = set(kept["_cleared"]) - {which.original.isoformat()}
        kept["_cleared"] = sorted(days | ({which.original.isoformat()} if is_cleared else set()))
        self.own(kept, which)


def _asked(body: Row, activity: Stored, shown: Row) -> Row:
    """What the history gets: as asked, else as the activity has it [I]."""
    history = body.get("history") or {}
    start, end = (history.get(name) or shown[name] for name in ("startTime", "endTime"))
    demands.span(start, end)
    with_details = bool(history.get("includeDetailsToHistory"))
    own = text_of(activity, "auto") if with_details else ""
    return {
        "startTime": stamp(seconds(start)),
        "endTime": stamp(seconds(end)),
        "includeDetailsToHistory": with_details,
        "details": "\n".join(filter(None, (history.get("details"), own))),
        "subject": history.get("subject") or shown["subject"],
        "isPrivate": bool(history.get("isPrivate")),
    }


CLEARING: dict[str, Callable[[Clearing, Call], Answer]] = {
    "PUT /api/tasks/{taskId}/clear": Clearing.clear,
    "DELETE /api/tasks/{taskId}/clear": Clearing.unclear,
}
