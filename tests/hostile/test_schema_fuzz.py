"""Requests made up from the published schema: no answer that it does not describe, no 5xx.

`LONG_FIGURES` set: many more requests for each operation.
"""

import os
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from sync.api.schema.document import document
from sync.api.schema.operations import OPERATIONS
from tests.hostile.caller import API, Caller
from tests.stack import Stack

EXAMPLES = 400 if os.environ.get("LONG_FIGURES") else 25
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
ROLES = ("server", "device")
UNGUESSABLE = {"pair", "finish_session", "batch", "command_done"}
schema = schemathesis.openapi.from_dict(document())


class Programs:
    """One of each role, and another of each that may unpair itself."""

    def __init__(self, stack: Stack) -> None:
        self.lasting = {role: Caller(stack, role) for role in ROLES}
        self.leaving = {role: Caller(stack, role) for role in ROLES}
        self.accepted: set[str] = set()

    def caller(self, role: str, operation: str) -> Caller:
        return (self.leaving if operation == "unpair" else self.lasting)[role]


@pytest.fixture(scope="module")
def programs(stack: Stack) -> Programs:
    return Programs(stack)


@pytest.mark.parametrize("role", ROLES)
@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_operation(case: Any, role: str, stack: Stack, programs: Programs) -> None:
    operation: str = case.operation.definition.raw["operationId"]
    caller = programs.caller(role, operation)
    if "Install-Id" in (case.headers or {}):
        case.headers["Install-Id"] = caller.install_id
    answer = case.call(
        base_url=f"{stack.url}{API}", headers={"Authorization": f"Bearer {caller.token}"}
    )
    case.validate_response(answer, checks=CHECKS)
    if answer.status_code < 400:
        programs.accepted.add(operation)


def test_more_than_refusals_was_tried(programs: Programs) -> None:
    """What names an id of the mailbox's own making cannot be guessed, and a code neither."""
    guessed = {operation.name for operation in OPERATIONS} - UNGUESSABLE
    assert guessed <= programs.accepted
