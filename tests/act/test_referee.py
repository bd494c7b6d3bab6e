"""The referee notices what is outside the table, on either side, and nothing else."""

from typing import Any

import orjson
import pytest

from tests.act.answers import Answer, Question, told
from tests.act.office import Caller, Office
from tests.act.referee import Referee, answer_violations, request_violations
from tests.act.table import TABLE, Route


def route(path: str) -> Route:
    found = TABLE.match("GET", path)
    assert found
    return found[0]


GOOD: list[tuple[str, Any]] = [
    ("/api/contacts", []),
    ("/api/contacts", {"value": [{"id": "x", "companyID": ""}], "Count": 1}),
    ("/api/contacts", [{"id": "x", "edited": None, "customFields": {"a": 1, "b": None}}]),
    ("/api/contacts/x", {"id": "x", "recordOwner": "Anna", "businessAddress": None}),
    ("/api/opportunities", [{"id": "x", "status": 3, "contacts": None}]),
    ("/api/opportunities", [{"id": "x", "status": "Won"}]),
    ("/api/tasks", [{"id": "x" * 44, "recurSpec": {"day": {"daysOfWeek": "Monday"}}}]),
    ("/api/notes", [{"id": "x", "attachment": None, "edited": "2026-01-01T00:00:00"}]),
    ("/api/database/maintenance/lock", {"lockTypeId": "UNLOCK", "reasonId": None}),
]
BAD: list[tuple[str, Any]] = [
    ("/api/contacts", [{"id": "x", "spoon": 1}]),
    ("/api/contacts", {"value": [{"id": "x", "spoon": 1}], "Count": 1}),
    ("/api/contacts", {"value": [{"id": "x"}], "Count": 2}),
    ("/api/contacts", {"value": [], "Count": 0, "next": None}),
    ("/api/contacts", [{"id": None}]),
    ("/api/contacts", [{"id": "x", "edited": "yesterday"}]),
    ("/api/contacts", [{"id": "x", "isPrivate": "no"}]),
    ("/api/contacts", [{"id": "x", "customFields": {"a": []}}]),
    ("/api/groups", {"value": [], "Count": 0}),
    ("/api/opportunities", [{"id": "x", "status": 4}]),
    ("/api/opportunities", [{"id": "x", "status": "Open-ish"}]),
    ("/api/tasks", [{"id": "x" * 36}]),
    ("/api/notes", [{"id": "x", "contacts": [{"id": "y", "phone": "1"}]}]),
    ("/api/database/maintenance/lock", {"lockTypeId": "HALF"}),
    ("/api/system", [{}]),
]


@pytest.mark.parametrize(("path", "body"), GOOD)
def test_good_answers_pass(path: str, body: Any) -> None:
    assert answer_violations(told(body), route(path)) == []


@pytest.mark.parametrize(("path", "body"), BAD)
def test_bad_answers_are_noticed(path: str, body: Any) -> None:
    assert answer_violations(told(body), route(path))


def test_other_statuses_and_kinds_are_noticed() -> None:
    assert answer_violations(told([], 201), route("/api/contacts"))
    assert answer_violations(Answer(200, b"[]x"), route("/api/contacts"))
    assert answer_violations(Answer(404, b"gone", "text/plain"), route("/api/contacts"))
    assert answer_violations(Answer(401, b"", ""), route("/api/contacts")) == []
    assert answer_violations(told("token"), route("/authorize"))


@pytest.mark.parametrize(
    ("path", "query", "is_good"),
    [
        ("/api/contacts", {"$filter": "edited ge 2026-01-01T00:00:00Z", "$top": "5"}, True),
        ("/api/contacts", {"$filter": "customFields/spoon eq 1", "$select": "id"}, True),
        ("/api/contacts", {"$filter": "spoon eq 1"}, False),
        ("/api/contacts", {"$filter": "businessAddress/spoon eq 1"}, False),
        ("/api/contacts", {"$select": "id,spoon"}, False),
        ("/api/contacts", {"$orderby": "spoon"}, False),
        ("/api/contacts", {"$top": "x"}, False),
        ("/api/contacts", {"$count": "true"}, False),
        ("/api/contacts", {"spoon": "1"}, False),
        ("/api/contacts", {"phoneFormat": "E164"}, True),
        ("/api/contacts", {"phoneFormat": "E165"}, False),
        ("/api/contacts/by-ids", {"ids": "x"}, True),
        ("/api/contacts/x", {"$select": "id"}, False),
        ("/api/notes", {"format": "text"}, True),
        ("/api/notes", {"format": "spoon"}, False),
        ("/api/recurring-tasks", {"restriction": "All", "filterBy": "InSeries"}, True),
    ],
)
def test_requests_are_judged(path: str, query: dict[str, str], is_good: bool) -> None:
    question = Question("GET", path, tuple(query.items()))
    assert (request_violations(question, route(path)) == []) is is_good


@pytest.mark.parametrize(
    ("name", "body", "kind", "is_good"),
    [
        ("POST /api/notes", {"noteText": "x", "noteTypeID": 100}, "application/json", True),
        ("POST /api/notes", {"noteText": "x", "spoon": 1}, "application/json", False),
        ("POST /api/notes", {"noteTypeID": "many"}, "application/json", False),
        ("POST /api/notes", {"contacts": [{"id": "x", "spoon": 1}]}, "application/json", False),
        ("POST /api/notes", {"noteText": "x"}, "text/plain", False),
        ("POST /api/notes", None, "", False),
        ("PATCH /api/tasks/x", {"id": "x" * 36}, "application/json", False),
        ("PUT /api/tasks/x/clear", {"result": {"id": 1}}, "application/json", True),
        ("PUT /api/tasks/x/clear", {"result": 1}, "application/json", False),
        ("POST /api/recurring-tasks", {"recurSpec": {"day": {"daysOfWeek": ["Monday"]}}},
         "application/json", True),
        ("POST /api/recurring-tasks", {"recurSpec": {"recurType": "Often"}},
         "application/json", False),
        ("DELETE /api/notes/x", None, "", True),
        ("DELETE /api/notes/x", {"id": "x"}, "application/json", False),
        ("POST /api/sync-data/search-synced-external-ids", ["x"], "application/json", True),
    ],
)  # fmt: skip
def test_bodies_of_requests_are_judged(name: str, body: Any, kind: str, is_good: bool) -> None:
    method, path = name.split()
    found = TABLE.match(method, path)
    assert found
    sent = b"" if body is None else orjson.dumps(body)
    question = Question(method, path, headers={"content-type": kind}, body=sent)
    assert (request_violations(question, found[0]) == []) is is_good


def test_a_route_outside_the_table_is_noticed_and_a_planned_fault_is_not() -> None:
    referee = Referee()
    referee.judge(Question("GET", "/api/spoons"), None, told([]), is_planned=False)
    good = TABLE.match("GET", "/api/contacts")
    referee.judge(Question("GET", "/api/contacts"), good, told({"x": 1}), is_planned=True)
    assert referee.violations == ["request: GET /api/spoons: the table has no such route"]
    assert referee.judged == 2


def test_an_office_that_was_misused_ends_with_an_error() -> None:
    with (
        pytest.raises(AssertionError, match="spoons"),
        Office(contacts=5) as office,
        Caller(office) as caller,
    ):
        caller.get("spoons")


def test_letter_case_does_not_matter_in_paths() -> None:
    assert route("/api/history").path == "/api/History"
    assert route("/api/contacts/by-ids").path == "/api/contacts/by-ids"
    assert route("/api/contacts/some-id").path == "/api/contacts/{contactId}"
