from importlib import import_module

import pytest
from django.apps import apps

from accounts.staff import Standing
from tests.admin.desk import Agent


@pytest.fixture(autouse=True)
def support_groups(db: None) -> None:
    """What a migration made, made anew: tests that commit leave empty tables behind."""
    import_module("accounts.migrations.0004_support_groups").make_groups(apps, None)


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
