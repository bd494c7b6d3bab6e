"""The portal's settings with the linter of migrations, which no production installs."""

from hhcportal.settings import *  # noqa: F403
from hhcportal.settings import INSTALLED_APPS as PORTAL

INSTALLED_APPS = [*PORTAL, "django_migration_linter"]
