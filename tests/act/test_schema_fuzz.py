"""Requests made up from the table: every served route answers as the table says.

`LONG_FIGURES` set: many more requests for each route, and all routes that write.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from tests.act.conftest import WEEK
from tests.act.office import Caller, Office
from tests.act.openapi import document, served
from tests.act.table import Route

LONG_FIGURES = bool(os.environ.get("LONG_FIGURES"))
EXAMPLES = 200 if LONG_FIGURES else 4
WRITES = 50 if LONG_FIGURES else 4
# What each of them answers, the tests of that route look at; these requests look for surprises.
WRITTEN = served(reading=False)[:: 1 if LONG_FIGURES else 9]
CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance]


@pytest.fixture(scope="module")
def schema(act: Office, caller: Caller) -> Any:
    """The reading routes."""
    return schemathesis.openapi.from_dict(document(ids(act, caller), reading=True))


@pytest.fixture(scope="module")
def scribble() -> Iterator[Office]:
    """An office of which nobody knows what it will be like in the end."""
    with Office(*WEEK, contacts=40) as office:
        yield office


@pytest.fixture(scope="module")
def scribbler(scribble: Office) -> Iterator[Caller]:
    """Signed in there."""
    with Caller(scribble) as signed_in:
        yield signed_in


@pytest.fixture(scope="module")
def writing_schema(scribble: Office, scribbler: Caller) -> Any:
    """The other routes."""
    return schemathesis.openapi.from_dict(document(ids(scribble, scribbler), reading=False))


def ids(office: Office, caller: Caller) -> dict[str, list[str]]:
    """Ids that are there."""
    tasks = caller.rows("tasks", top=2)
    series = caller.rows("recurring-tasks", top=1)
    deal = next(t for t in office.truth("opportunity") if t["is_visible"] and t["products"])
    child = next(t for t in office.truth("secondary_contact") if t["is_visible"])
    found = {name: [row["id"] for row in caller.rows(name, top=2)] for name in
             ("contacts", "companies", "groups", "opportunities", "notes", "history")}  # fmt: skip
    found["contacts"].append(child["parent"])
    return found | {
        "contactId": found["contacts"],
        "companyId": found["companies"],
        "groupId": found["groups"],
        "opportunityId": [*found["opportunities"], deal["row"]["id"]],
        "productId": [deal["products"][0]["id"]],
        "taskId": [row["id"] for row in tasks],
        "taskIds": [tasks[0]["id"]],
        "activities": [row["seriesID"] for row in tasks],
        "recurringId": [row["id"] for row in series],
        "recordType": ["contact", "company", "note"],
        "processId": [row["id"] for row in caller.rows("opportunities/processes")],
        "userId": [row["id"] for row in caller.rows("users")[:1]],
        "ids": found["contacts"][:1],
    }


@pytest.mark.parametrize("route", served(reading=True), ids=lambda route: route.path)
def test_every_reading_route(route: Route, schema: Any, act: Office, caller: Caller) -> None:
    ask_all(schema[route.path][route.method], EXAMPLES, act, caller)


@pytest.mark.parametrize("route", WRITTEN, ids=lambda route: route.name)
def test_every_writing_route(
    route: Route, writing_schema: Any, scribble: Office, scribbler: Caller
) -> None:
    ask_all(writing_schema[route.path][route.method], WRITES, scribble, scribbler)


def ask_all(operation: Any, examples: int, office: Office, caller: Caller) -> None:
    """Make so many requests and look at each answer."""

    @settings(
        max_examples=examples,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
    def ask(case: Any) -> None:
        if case.method == "PATCH" and isinstance(case.body, dict):
            # With any other id there is nothing but the empty 400.
            case.body["id"] = list(case.path_parameters.values())[-1]
        headers = {"Authorization": caller.http.headers["Authorization"]}
        answer = case.call(base_url=office.url, headers=headers)
        case.validate_response(answer, checks=CHECKS)

    ask()
    # Made-up values are no requests of the agent's; what was answered has to be right.
    assert not [each for each in office.forgive() if each.startswith("answer")]
