import pytest

from tests.office import Program
from tests.pages.person import Person


@pytest.fixture
def petra(db: None) -> Person:
    """An owner, signed in, with an English browser."""
    return Person("petra@example.com").sign_in()


@pytest.fixture
def stranger(db: None) -> Person:
    """An owner of another account, signed in."""
    return Person("stranger@example.com", name="Somebody else").sign_in()


@pytest.fixture
def server(petra: Person) -> Program:
    """Of her account."""
    return petra.pair("server", "BÜRO-PC")


@pytest.fixture
def phone(petra: Person) -> Program:
    return petra.pair("device", "Pixel 9")
