"""The data routes of the table that a connector uses: the reading ones here, writers beside."""

from collections.abc import Callable, Iterable
from typing import Any

from tests.act.answers import Answer, Question, locked, not_found, refusal, told
from tests.act.appointments import APPOINTMENTS, Appointments
from tests.act.calls import Call, Installation
from tests.act.clearing import CLEARING, Clearing
from tests.act.clerk import KINDS as WRITTEN
from tests.act.clerk import Clerk
from tests.act.database import Database
from tests.act.facts import FACTS, Facts
from tests.act.filters import BadQuery, Condition
from tests.act.joining import JOINING, Joining
from tests.act.journal import Journal
from tests.act.listing import Lists, Surface, options
from tests.act.login import Login
from tests.act.lookups import LOOKUPS, Lookups
from tests.act.occurrences import day_of, on_day
from tests.act.product_lines import PRODUCT_LINES, ProductLines
from tests.act.records import RECORDS
from tests.act.records import Records as RecordWrites
from tests.act.rendering import Renderer, Row
from tests.act.series import RECURRING, Recurring
from tests.act.surfaces import Occurrences, Records, Series
from tests.act.table import TABLE, Route

KINDS = WRITTEN | {
    "tasks": "activity",
    "recurring-tasks": "activity",
    "activities": "activity",
    "secondary-contacts": "secondary_contact",
}
_RESTRICTIONS = ("FirstOccurrence", "All", "FirstUnclearedOccurrence")
_FILTERS_BY = ("InRange", "InSeries")


class Api:
    """Answers calls of table routes, each by a method below."""

    def __init__(self, database: Database, login: Login, here: Installation, page_cap: int) -> None:
        self.database, self.login, self.here = database, login, here
        self.renderer = Renderer(database)
        self._facts = Facts(database, self.renderer, here)
        self._lists = Lists(page_cap)
        self.journal = Journal(database.overlay)
        self._writers: dict[type[Clerk], Clerk] = {
            writer: writer(database, self.renderer, here, self.journal) for writer in _WRITERS
        }

    def answer(self, call: Call) -> Answer:
        """Raises Refused, and BadQuery for what is no good in the query."""
        if call.route.path == "/api/system":
            return self._facts.system(call)
        self.login.check(call.question)
        if self.here.is_locked(self.database.now()) and "lock" not in call.words:
            return locked()
        if self.here.without.has(call.words[0]):
            raise refusal(404, "No HTTP resource was found that matches the request URI.")
        if fact := FACTS.get(call.route.name):
            return fact(self._facts, call)
        for writer, routes in _WRITERS.items():
            if write := routes.get(call.route.name):
                with self.database.overlay.at_once():
                    return write(self._writers[writer], call)
        handler = _HANDLERS.get(call.route.name) or _by_shape(call)
        if handler is None:
            raise refusal(405, "The requested resource does not support this http method.")
        return handler(self, call)

    def records(self, call: Call, kind: str, only: Iterable[int] | None = None) -> Answer:
        surface = Records(
            self.database,
            self.renderer,
            kind,
            only=only,
            form=call.form,
            e164=call.e164,
        )
        return self.listed(call, surface, kind)

    def listed(self, call: Call, surface: Surface, kind: str) -> Answer:
        query = call.question.options if call.route.takes_odata else {}
        asked = options(query, TABLE.models[surface.model], kind, self.here.without)
        rows = self._lists.page(surface, asked, self.database.version)
        if self.here.envelope == "value" and surface.model in ("Contact", "Company"):
            return told({"value": rows, "Count": len(rows)})
        return told(rows)

    def single(self, call: Call) -> Answer:
        kind = KINDS[call.words[-2]]
        row = self.renderer.row(
            kind, self._visible(kind, list(call.values.values())[-1]), call.form
        )
        return told(self.renderer.phones(row) if call.e164 else row)

    def list_of_kind(self, call: Call) -> Answer:
        return self.records(call, KINDS[call.words[0]])

    def sub_list(self, call: Call) -> Answer:
        parent = KINDS[call.words[0]]
        kind = KINDS[call.words[2].removeprefix("associated-")]
        number = self._visible(parent, call.first[:36])
        if parent == "activity":
            return self.records(call, kind, self._histories(number, call.first))
        if kind == "activity":
            only = self.database.linked_to("activity", parent, number)
            surface = Occurrences(self.database, self.renderer, only=only, form=call.form)
            return self.listed(call, surface, kind)
        return self.records(call, kind, self._related(parent, number, kind))

    def secondary(self, call: Call) -> Answer:
        number = self.database.find("secondary_contact", call.values["id"])
        parent = self._visible("contact", call.values["contactId"])
        if number is None or self.database.parent(number) != parent:
            raise not_found()
        return self.single(call)

    def access(self, call: Call) -> Answer:
        kind = KINDS[call.words[0]]
        return told(self.renderer.access(kind, self._visible(kind, call.first)))

    def products(self, call: Call) -> Answer:
        lines = self.renderer.products(self._visible("opportunity", call.first))
        if "productId" not in call.values:
            return told(lines)
        for line in lines:
            if line["id"] == call.values["productId"]:
                return told(line)
        raise not_found()

    def divisions(self, call: Call) -> Answer:
        self._visible("company", call.first)
        companies = Records(self.database, self.renderer, "company")
        rows = map(companies.full, companies.keys(Condition()))
        return told([row for row in rows if row["parentID"] == call.first])

    def by_ids(self, call: Call) -> Answer:
        kind = "opportunity" if call.words[0] == "opportunity-lists" else "contact"
        found = (self.database.find(kind, guid) for guid in call.question.values("ids"))
        return self.records(call, kind, [each for each in found if each is not None])

    def group_contacts(self, call: Call) -> Answer:
        groups = [self._visible("group", guid) for guid in call.question.values("ids")]
        members = {each for group in groups for each in self.database.members(group)}
        return self.records(call, "contact", sorted(members))

    def my_record(self, call: Call) -> Answer:
        return told(
            self.renderer.row("contact", self._visible("contact", self.database.guid("contact", 0)))
        )

    def tasks(self, call: Call) -> Answer:
        surface = Occurrences(self.database, self.renderer, form=call.form)
        return self.listed(call, surface, "activity")

    def task(self, call: Call) -> Answer:
        return told(self._task(call.first, call.form))

    def task_list(self, call: Call) -> Answer:
        return told([self._task(guid, call.form) for guid in call.question.values("taskIds")])

    def recurring(self, call: Call) -> Answer:
        filter_by = call.choice("filterBy", _FILTERS_BY)
        surface = Series(
            self.database,
            self.renderer,
            restriction=call.choice("restriction", _RESTRICTIONS),
            filter_by=filter_by,
            form=call.form,
        )
        if filter_by == "InSeries" and "startTime" not in call.question.options.get("$filter", ""):
            raise BadQuery("filterBy=InSeries needs a $filter on startTime.")
        return self.listed(call, surface, "activity")

    def recurring_one(self, call: Call) -> Answer:
        number = self._visible("activity", call.first)
        kept = self.database.row("activity", number)
        if not kept["_recur"] or kept.get("_ended"):
            raise not_found()
        return told(self.renderer.whole_series(number, kept, call.form))

    def _visible(self, kind: str, guid: str) -> int:
        number = self.database.find(kind, guid)
        if number is None or not self.database.is_visible(kind, number):
            raise not_found()
        return number

    def _related(self, parent: str, number: int, kind: str) -> list[int]:
        database = self.database
        match (parent, kind):
            case ("contact", "group"):
                return database.groups_of(number)
            case ("group", "contact"):
                return database.members(number)
            case ("contact", "secondary_contact"):
                return database.children(number)
            case ("contact", "company"):
                found = database.find("company", database.row("contact", number)["companyID"])
                return [] if found is None else [found]
            case ("company", "contact"):
                return database.employees(number)
            case ("opportunity", "contact" | "company" | "group"):
                place = ("contact", "company", "group").index(kind)
                return database.links("opportunity", number)[place]
        return database.linked_to(kind, parent, number)

    def _histories(self, number: int, guid: str) -> list[int]:
        """What clearing made of an activity: of all its occurrences, or of the task's day [I]."""
        kept = self.database.row("activity", number)
        made: dict[str, list[int]] = kept.get("_histories", {})
        day = day_of(guid)
        if day is None:
            return [each for numbers in made.values() for each in numbers]
        which = on_day(kept, day)
        return made.get(which.original.isoformat(), []) if which else []

    def _task(self, guid: str, form: str) -> Row:
        number = self._visible("activity", guid[:36])
        kept = self.database.row("activity", number)
        day = day_of(guid)
        if which := day and on_day(kept, day):
            return self.renderer.occurrence(number, kept, which, form)
        raise not_found()


Handler = Callable[[Api, Call], Answer]
_WRITERS: dict[type[Clerk], dict[str, Callable[[Any, Call], Answer]]] = {
    RecordWrites: RECORDS,
    Appointments: APPOINTMENTS,
    Clearing: CLEARING,
    Recurring: RECURRING,
    Joining: JOINING,
    ProductLines: PRODUCT_LINES,
    Lookups: LOOKUPS,
}


def _by_shape(call: Call) -> Handler | None:
    """Routes whose paths tell all there is to know."""
    words = call.words
    if call.route.method != "GET" or not words:
        return None
    if len(words) == 1 and words[0] in KINDS:
        return Api.list_of_kind
    if len(words) == 2 and words[0] in KINDS and words[1].startswith("{"):
        return Api.single
    if len(words) == 3 and words[2].removeprefix("associated-") in KINDS:
        return Api.sub_list
    return Api.access if words[-1] == "access" else None


_HANDLERS: dict[str, Handler] = {
    "GET /api/contacts/by-ids": Api.by_ids,
    "GET /api/opportunity-lists": Api.by_ids,
    "GET /api/group-contacts": Api.group_contacts,
    "GET /api/contacts/myrecord": Api.my_record,
    "GET /api/contacts/{contactId}/secondary-contacts/{id}": Api.secondary,
    "GET /api/opportunities/{opportunityId}/products": Api.products,
    "GET /api/opportunities/{opportunityId}/products/{productId}": Api.products,
    "GET /api/companies/{companyId}/divisions": Api.divisions,
    "GET /api/tasks": Api.tasks,
    "GET /api/activities": Api.tasks,
    "GET /api/tasks/{taskId}": Api.task,
    "GET /api/tasks-lists": Api.task_list,
    "GET /api/recurring-tasks": Api.recurring,
    "GET /api/recurring-tasks/{recurringId}": Api.recurring_one,
}


def is_served(route: Route) -> bool:
    """Whether the stand-in answers a route of the table."""
    known = route.name in {**_HANDLERS, **FACTS}.keys() | set().union(*_WRITERS.values())
    return known or _by_shape(Call(Question("GET", ""), route, {})) is not None
