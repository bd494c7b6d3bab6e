import pytest
from pytest_django import Settings

from tests.findings.scene import Scene


@pytest.fixture
def scene(db: None, settings: Settings) -> Scene:
    """An account in which everything has arrived."""
    return Scene(settings)
