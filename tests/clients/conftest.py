"""An account, an office and phones for the tests of the clients."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.clients.program import Account
from tests.stack import Stack


@pytest.fixture
def account(stack: Stack, tmp_path: Path) -> Account:
    return Account(stack, tmp_path)
