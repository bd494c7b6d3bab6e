import pytest

from tests.hostile.caller import Caller
from tests.stack import Stack


@pytest.fixture(scope="session")
def sender(stack: Stack) -> Caller:
    """A server of an account of its own on the running program."""
    return Caller(stack, "server")
