"""Requests made up from the published schema: no answer that it does not describe, no 5xx.

`LONG_FIGURES` set: many more requests for each operation.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from sync.api.schema.document import document
from sync.api.schema.operation import Operation
from sync.api.schema.operations import OPERATIONS
from tests.hostile.caller import API, Caller
from tests.stack import Stack, fresh_stack

EXAMPLES = 400 if os.environ.get("LONG_FIGURES") else 6
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
ROLES = ("server", "device")
# These need an id, a code or a cursor of the mailbox's own making, a version above all that were
# guessed before, or a point of a curve: there is no guessing it.
UNGUESSABLE = {
    "pair", "finish_session", "batch", "command_done", "acknowledge", "snapshot",
    "open_snapshot", "commit_snapshot", "subscribe",
}  # fmt: skip
schema = schemathesis.openapi.from_dict(document())


class Programs:
    """One of each role, and another of each that may unpair itself."""

    def __init__(self, stack: Stack) -> None:
        self._lasting = {role: Caller(stack, role) for role in ROLES}
        self._leaving = {role: Caller(stack, role) for role in ROLES}

    def caller(self, role: str, operation: str) -> Caller:
        return (self._leaving if operation == "unpair" else self._lasting)[role]


@pytest.fixture(scope="module")
def own_stack() -> Iterator[Stack]:
    """Made-up pairing codes close its door for ten minutes; on the shared one, to everybody."""
    with fresh_stack() as running:
        yield running


@pytest.fixture(scope="module")
def programs(own_stack: Stack) -> Programs:
    return Programs(own_stack)


def made_up(operation: Operation) -> st.SearchStrategy[Any]:
    """Requests as described, and where anything can be wrong about them, others too."""
    described = schema[operation.path][operation.method.upper()]
    good = described.as_strategy(generation_mode=GenerationMode.POSITIVE)
    if operation.body is None and not operation.parameters:
        return good
    return st.one_of(good, described.as_strategy(generation_mode=GenerationMode.NEGATIVE))


def hurry(case: Any) -> None:
    """A wait that is right takes its time, and has tests of its own."""
    wait = (case.query or {}).get("wait")
    if str(wait) in map(str, range(1, 56)):
        case.query["wait"] = 0


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_operation(
    operation: Operation, role: str, own_stack: Stack, programs: Programs
) -> None:
    caller = programs.caller(role, operation.name)
    seen: set[int] = set()

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(made_up(operation))
    def ask(case: Any) -> None:
        if "Install-Id" in (case.headers or {}):
            case.headers["Install-Id"] = caller.install_id
        hurry(case)
        headers = {"Authorization": f"Bearer {caller.token}"}
        answer = case.call(base_url=f"{own_stack.url}{API}", headers=headers)
        case.validate_response(answer, checks=CHECKS)
        seen.add(answer.status_code)

    ask()
    if role not in operation.view.roles:
        assert 403 in seen
        assert min(seen) >= 400
    elif operation.name not in UNGUESSABLE:
        assert min(seen) < 400, seen
