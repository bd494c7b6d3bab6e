"""New activities and new series, made in Act! once, for the agent's user or for another."""

from __future__ import annotations

from clients.agent.act import (
    appointments,
    catalogues,
    checks,
    clearing,
    envelopes,
    kinds,
    members,
    merging,
    series,
    tasks,
)
from clients.agent.act.appointments import ACTIVITY, CLEARED, Order
from clients.agent.act.calendar import moment
from clients.agent.act.intents import Intent
from clients.agent.act.merging import Fields
from clients.agent.act.records import BadRecord, Row
from clients.agent.act.refusals import (
    Broken,
    ChangeRefused,
    NotFound,
    RightMissing,
    Unreadable,
    unreadable,
)
from clients.agent.act.rejections import Rejected, said
from clients.agent.act.work import Present, Work
from clients.agent.connectors.base import Applied, Chunk, Edit

_GUID = 36
_SEARCH = "sync-data/search-synced-calendar-uids"
_OF_OTHERS = "on_behalf_of: Act! plans no series for another user; plan its activities one by one."
_CLEARED_SERIES = "isCleared: a new series is not cleared; clear its activities one by one."
_UNSEEN = "Act! made it, and none of it lies in the calendar's days."


def plan(work: Work, edit: Edit, order: Order) -> Applied:
    """The outcome, with Act!'s id. Raises Rejected, BadRecord, or a Refusal."""
    letter = order.letter
    if order.repeats and (order.on_behalf_of or order.clears):
        raise Rejected(_OF_OTHERS if order.on_behalf_of else _CLEARED_SERIES)
    catalogues.name_alike(work.line, letter, {})
    checks.whole(ACTIVITY, letter)
    appointments.check_order(letter)
    may = appointments.may_change(work.rules, (), series=order.repeats)
    fields = merging.fields(letter)
    wanted = {path: value for path, value in fields.items() if path != CLEARED and may(path)}
    checks.changes(work, ACTIVITY, wanted)
    new = _New(work, edit, order, wanted)
    silent = {*wanted, CLEARED, *catalogues.NAMES}
    dropped = [*order.dropped, *(path for path in fields if path not in silent)]
    return new.planned(dropped)


class _New:
    """One edit on its way into Act!."""

    def __init__(self, work: Work, edit: Edit, order: Order, wanted: Fields) -> None:
        self._work = work
        self._edit = edit
        self._order = order
        self._wanted = wanted
        self._user = catalogues.user(work.line, order.on_behalf_of) if order.on_behalf_of else None
        self._body = self._made_of(wanted)

    def planned(self, dropped: list[str]) -> Applied:
        order, work = self._order, self._work
        asked = (
            clearing.request(work, {**order.letter, **self._body}, order) if order.clears else None
        )
        known = work.state.intents.known(self._edit.token)
        intent = known or work.begin(self._edit)
        self._body["calendarUid"] = intent.marker
        # A mailbox that was set back may bring what was made long ago, under the same id.
        id = (self._look if known else self._marked)(intent) or self._make(intent)
        if order.repeats:
            return self._ended_series(id, dropped)
        present = tasks.find(work, id, order.letter)
        if present is None:
            return work.ended(self._edit, "applied", None, _UNSEEN)
        _, missing = merging.taken(self._wanted, present.letter)
        notes, also = [], Chunk()
        if asked:
            try:
                done = clearing.done(work, id, order.letter, present, asked, intent.since)
            except Rejected as rejected:
                # It is planned all the same.
                missing.append(CLEARED)
                notes.append(rejected.sentence)
            else:
                present, also = done.present, done.also
                missing += done.missing
                notes.append(done.note)
        if self._user and present.row.get("scheduledForId") != self._user.get("id"):
            missing.append("on_behalf_of")
        if not present.travels:
            notes.append(tasks.leaves(present))
        detail = " ".join(filter(None, [said([*dropped, *missing]), *notes]))
        return work.ended(self._edit, "applied", present, detail, also)

    def _made_of(self, wanted: Fields) -> Row:
        letter = self._order.letter
        spec = [path for path in wanted if path.startswith(f"{members.RECURRENCE}.")]
        plain = {path: value for path, value in wanted.items() if path not in spec}
        body = appointments.body(plain, letter, {})
        if spec:
            body[members.RECURRENCE] = series.recurrence(letter, self._work.rules.zone)
        return body

    def _route(self) -> str:
        if self._order.repeats:
            return "recurring-tasks"
        return kinds.organizer_path(str(self._user["id"])) if self._user else "tasks"

    def _make(self, intent: Intent) -> str:
        """The id of its series, or of what is one alone."""

        def send() -> str:
            answer = self._work.line.write(
                "POST", self._route(), self._body, kinds.format_of(ACTIVITY)
            )
            if not isinstance(answer, dict) or not isinstance(answer.get("id"), str):
                raise unreadable("a new activity without an id")
            return str(answer["id"])[:_GUID]

        return tasks.write(self._work, send, lambda: self._look(intent), "Create")

    def _look(self, intent: Intent) -> str | None:
        """What an earlier try has made: by its marker, or where Act! keeps none by its content."""
        if id := self._marked(intent):
            return id
        for row in tasks.nearby(self._work, self._order.letter):
            if row.get("calendarUid") == intent.marker or self._is_it(row, intent):
                return str(row.get("id"))[:_GUID]
        return None

    def _marked(self, intent: Intent) -> str | None:
        try:
            found = envelopes.rows(self._work.line.write("POST", _SEARCH, [intent.marker]))
        except (ChangeRefused, NotFound, RightMissing, Broken, Unreadable):
            return None  # its content tells as well
        ids = (str(o.get("activityId")) for o in found if o.get("calendarUid") == intent.marker)
        return next((id[:_GUID] for id in ids), None)

    def _is_it(self, row: Row, intent: Intent) -> bool:
        """New, without a marker, of the same content, and nobody else's that is known."""
        try:
            made = moment(row.get("created"))
            key = self._work.judging.key(ACTIVITY, row)
            letter = self._work.judge(ACTIVITY, row).letter
        except (BadRecord, ValueError):
            return False
        is_new = made is not None and made.tzinfo is not None and made >= intent.since
        if row.get("calendarUid") or not is_new or self._work.state.row(*key):
            return False
        telling = {p: v for p, v in self._wanted.items() if p.partition(".")[0] in _TELLING}
        return not merging.taken(telling, letter)[1]

    def _ended_series(self, id: str, dropped: list[str]) -> Applied:
        work = self._work
        rows = tasks.of_series(work, id, self._order.letter)
        judged = sorted((work.judge(ACTIVITY, row) for row in rows), key=_begins)
        travelling = [present for present in judged if present.travels]
        if not travelling:
            return work.ended(self._edit, "applied", None, _UNSEEN)
        first = travelling[0]
        others = [present.row for present in judged if present is not first]
        asked = {p: v for p, v in self._wanted.items() if p not in ("startTime", "endTime")}
        _, missing = merging.taken(asked, first.letter)
        also = tasks.taken(work, ACTIVITY, others)
        return work.ended(self._edit, "applied", first, said([*dropped, *missing]), also)


_TELLING = ("subject", "startTime", "endTime", "contacts")


def _begins(present: Present) -> str:
    return str(present.letter.get("startTime"))
