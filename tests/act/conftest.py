"""An office for tests that only read, and one for each file that changes something."""

from collections.abc import Iterator

import pytest

from tests.act.office import Caller, Office

# The tests name days of this diary, whenever they are run.
WEEK = ("--week", "2026-11-30")


@pytest.fixture(autouse=True)
def referee(request: pytest.FixtureRequest) -> Iterator[None]:
    """Each test answers for itself, though several share an office."""
    yield
    for name in {"act", "busy"} & set(request.fixturenames):
        assert not request.getfixturevalue(name).forgive()


@pytest.fixture(scope="session")
def act() -> Iterator[Office]:
    """An office that nobody changes."""
    with Office(*WEEK, contacts=200) as running:
        yield running


@pytest.fixture(scope="session")
def caller(act: Office) -> Iterator[Caller]:
    """Signed in at the office that nobody changes."""
    with Caller(act) as signed_in:
        yield signed_in


@pytest.fixture(scope="module")
def busy() -> Iterator[Office]:
    """An office that the tests of a file change."""
    with Office(*WEEK, contacts=120) as running:
        yield running


@pytest.fixture(scope="module")
def visitor(busy: Office) -> Iterator[Caller]:
    """Signed in at the office that the tests of a file change."""
    with Caller(busy) as signed_in:
        yield signed_in
