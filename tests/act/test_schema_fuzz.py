"""Requests made up from the table: every served route answers as the table says.

`LONG_FIGURES` set: many more requests for each route.
"""

import os
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from tests.act.office import Caller, Office
from tests.act.openapi import document, served
from tests.act.table import Route

EXAMPLES = 200 if os.environ.get("LONG_FIGURES") else 4
CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance]


@pytest.fixture(scope="module")
def schema(act: Office, caller: Caller) -> Any:
    """The document with ids that are there."""
    tasks = caller.rows("tasks", top=2)
    series = caller.rows("recurring-tasks", top=1)
    deal = next(t for t in act.truth("opportunity") if t["is_visible"] and t["products"])
    child = next(t for t in act.truth("secondary_contact") if t["is_visible"])
    ids = {name: [row["id"] for row in caller.rows(name, top=2)] for name in
           ("contacts", "companies", "groups", "opportunities", "notes", "history")}  # fmt: skip
    ids["contacts"].append(child["parent"])
    return schemathesis.openapi.from_dict(
        document(
            ids
            | {
                "contactId": ids["contacts"],
                "companyId": ids["companies"],
                "groupId": ids["groups"],
                "opportunityId": [*ids["opportunities"], deal["row"]["id"]],
                "productId": [deal["products"][0]["id"]],
                "taskId": [row["id"] for row in tasks],
                "taskIds": [tasks[0]["id"]],
                "activities": [row["seriesID"] for row in tasks],
                "recurringId": [row["id"] for row in series],
                "recordType": ["contact", "company", "note"],
                "processId": [row["id"] for row in caller.rows("opportunities/processes")],
                "userId": [row["id"] for row in caller.rows("users")[:1]],
                "ids": ids["contacts"][:1],
            }
        )
    )


@pytest.mark.parametrize("route", served(), ids=lambda route: route.path)
def test_every_served_route(route: Route, schema: Any, act: Office, caller: Caller) -> None:
    operation = schema[route.path][route.method]

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
    def ask(case: Any) -> None:
        headers = {"Authorization": caller.http.headers["Authorization"]}
        answer = case.call(base_url=act.url, headers=headers)
        case.validate_response(answer, checks=CHECKS)

    ask()
    # Made-up values are no requests of the agent's; what was answered has to be right.
    assert not [each for each in act.forgive() if each.startswith("answer")]
