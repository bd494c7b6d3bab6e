"""An account, an office and phones for the tests of the clients."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.program import Account
from tests.journeys.line import Line, line_to
from tests.stack import Stack


@pytest.fixture
def account(stack: Stack, tmp_path: Path) -> Account:
    return Account(stack, tmp_path)


@pytest.fixture
def line(stack: Stack) -> Iterator[Line]:
    with line_to(stack.url) as passing:
        yield passing
