"""What every test may ask for."""

import os
from collections.abc import Iterator

import pytest
from django.conf import settings
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests.stack import Stack, fresh_stack

SHARED = "stack"
LONG_FIGURES = "LONG_FIGURES" in os.environ

# A busy machine is no failure: neither a slow example nor slow drawing.
hypothesis_settings.register_profile(
    "mailbox",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    max_examples=2000 if LONG_FIGURES else 100,
    print_blob=True,
)
hypothesis_settings.load_profile("mailbox")


def pytest_configure() -> None:
    """Accounts are opened by the hundred: these processes hash their passwords cheaply."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


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
