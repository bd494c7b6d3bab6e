"""Who takes part in a journey."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.cast import Cast, gather
from tests.stack import Stack


@pytest.fixture
def cast(stack: Stack, tmp_path: Path) -> Iterator[Cast]:
    """A fresh account on the running program, with its people and programs."""
    gathered = gather(stack, tmp_path)
    yield gathered
    gathered.close()
