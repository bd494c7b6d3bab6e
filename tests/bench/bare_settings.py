"""The program's settings with nothing around a view, for the bare one."""

import os

os.environ["DATABASE_POOL"] = "1"

from hhcportal.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.bare"
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "accounts"]
MIDDLEWARE = []
