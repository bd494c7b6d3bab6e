"""Services for the tests, up before anything reads the settings.

Loaded by `-p` (see pyproject.toml), for pytest-django loads the settings before any conftest.py.
PostgreSQL and Valkey run on free ports with data of their own in a temporary folder; workers of
pytest-xdist inherit where they are. `DATABASE_URL` and `REDIS_URL` name others to use instead.
"""

import contextlib
import os
import secrets
import signal
from collections.abc import Iterator

import pytest

from hhcportal.run.temporary import temporary_places, temporary_services
from hhcportal.run.translations import compile_translations
from tests.databases import TEMPLATE, drop_template
from tests.places import furnish

UP = "MAILBOX_TEST_SERVICES"
_while_testing = contextlib.ExitStack()


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Iterator[None]:
    """A wrapper runs before pytest-django's own hook, which is `tryfirst`."""
    # Programs under test have to hear Ctrl-C; what a shell starts in the background ignores it,
    # and so would they.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if UP not in os.environ:
        _while_testing.enter_context(_services())
    return (yield)


def pytest_unconfigure() -> None:
    _while_testing.close()


@contextlib.contextmanager
def _services() -> Iterator[None]:
    with temporary_places("mailbox-tests-") as places, temporary_services(places) as services:
        os.environ |= {
            UP: "1",
            "DATABASE_URL": services.database_url,
            "REDIS_URL": services.redis_url,
            "VAR_DIR": str(places.var),
            "SECRET_KEY": "for-tests-alone",
            "PORTAL_URL": "http://testserver",
            "ALLOW_TIME_TRAVEL": "1",
            # Nobody misses these data: the servers flush nothing.
            "ALLOW_UNSAFE_DATABASE": "1",
            TEMPLATE: f"template_{secrets.token_hex(6)}",
        }
        furnish(places)
        compile_translations()
        yield
        drop_template()
