import pytest

from accounts.staff import Standing
from tests.admin.desk import Agent


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
