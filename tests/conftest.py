"""What every test may ask for."""

import gc
import os
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.test import override_settings
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from sync.limiter import Limiter
from tests.databases import template
from tests.office import Office, Program
from tests.stack import Stack, fresh_stack
from tests.wakeups.push_service import PushService, push_service

HERE = Path(__file__).parent
LONGEST = (
    "run",
    "browser",
    "model",
    "planted",
    "upgrade",
    "faults",
    "waiting",
    "journeys",
    "hostile",
    "clients",
    "pages",
    "wakeups",
    "races",
)
LONG_FIGURES = "LONG_FIGURES" in os.environ

# A busy machine is no failure: neither a slow example nor slow drawing.
hypothesis_settings.register_profile(
    "mailbox",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    max_examples=2000 if LONG_FIGURES else 30,
    print_blob=True,
)
hypothesis_settings.load_profile("mailbox")


def pytest_configure() -> None:
    """What happens by the hundred in these processes is cheap.

    Passwords are hashed, and static files are listed whenever a client asks for the first time:
    they are looked for when asked for instead.
    """
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Connections are pooled as a web process's are; each endpoint lets go of its own.

    The tables are there already, and the wall between accounts is up.
    """
    pooled = {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False}
    settings.DATABASES["default"].update(pooled)
    settings.DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 10}
    settings.DATABASES["default"]["TEST"]["TEMPLATE"] = template()


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The real program on a free port, one a test process: open accounts of your own."""
    with fresh_stack() as running:
        yield running


@pytest.fixture
def service() -> Iterator[PushService]:
    """A push service on this machine, where the mailbox is allowed to go."""
    with push_service() as running, override_settings(PUSH_TO_LOOPBACK=True):
        yield running


@pytest.fixture
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs may ask as often as they like."""
    monkeypatch.setattr("sync.api.base._limiter", Limiter(per_minute=10**6, burst=10**6))


@pytest.fixture
def support_groups(db: None) -> None:
    """What a migration made, made anew: tests that commit leave empty tables behind."""
    import_module("accounts.migrations.0004_support_groups").make_groups(apps, None)


@pytest.fixture
def office(db: None) -> Office:
    """An account with a paired server, in this process."""
    return Office()


@pytest.fixture
def server(office: Office) -> Program:
    return office.server


@pytest.fixture
def phone(office: Office) -> Program:
    return office.device()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, so that no test process is left alone with them at the end."""
    place = {HERE / folder: number for number, folder in enumerate(LONGEST)}

    def place_of(item: pytest.Item) -> int:
        return min(place.get(folder, len(place)) for folder in item.path.parents)

    items.sort(key=place_of)


def pytest_collection_finish() -> None:
    """What is there now stays to the end: the collector need not go through it again and again."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests counted and want to be known, by `record_property("figures", …)`."""
    for report in [r for name in ("passed", "failed") for r in terminalreporter.getreports(name)]:
        for name, told in report.user_properties:
            if name == "figures":
                terminalreporter.write_sep("-", report.nodeid)
                terminalreporter.write_line(str(told))
    left_out = [r for r in terminalreporter.getreports("skipped") if "Chromium" in str(r.longrepr)]
    if left_out:
        terminalreporter.write_sep(
            "!", f"{len(left_out)} tests in a browser were LEFT OUT", red=True
        )
        terminalreporter.write_line(
            "Chromium is missing: apt install chromium-headless-shell, and run them again."
        )
