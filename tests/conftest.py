"""What every test may ask for."""

from collections.abc import Iterator

import pytest

from tests.stack import Stack, fresh_stack

SHARED = "stack"


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The real program on a free port, one for all tests that ask: open accounts of your own."""
    with fresh_stack() as running:
        yield running


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of the one stack stay in one process of pytest-xdist, so that it starts once."""
    for item in items:
        if SHARED in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group(SHARED))
