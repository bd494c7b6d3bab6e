import pytest

from tests.findings.scene import Scene


@pytest.fixture
def scene(db: None) -> Scene:
    """An account in which everything has arrived."""
    return Scene()
