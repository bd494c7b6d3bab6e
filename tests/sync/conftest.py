from importlib import import_module

import pytest
from django.apps import apps


@pytest.fixture
def support_groups(db: None) -> None:
    """What a migration made, made anew: tests that commit leave empty tables behind."""
    import_module("accounts.migrations.0004_support_groups").make_groups(apps, None)
