import pytest

from accounts.staff import Standing
from tests.admin.desk import Agent


@pytest.fixture(autouse=True)
def with_support_groups(support_groups: None) -> None:
    """Every test here knows what support may do."""


@pytest.fixture
def looker(db: None) -> Agent:
    """Support that may look."""
    return Agent(Standing.LOOK)


@pytest.fixture
def actor(db: None) -> Agent:
    """Support that may look and act."""
    return Agent(Standing.ACT)


@pytest.fixture
def administrator(db: None) -> Agent:
    return Agent(Standing.ADMINISTRATOR)
