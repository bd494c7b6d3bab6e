"""The WSGI application: portal and API."""

import os

from django.core.wsgi import get_wsgi_application

from hhcportal import demands, shared_numbers, unread

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hhcportal.settings")
os.environ.setdefault("DATABASE_POOL", "1")

shared_numbers.share()
application = unread.reading(get_wsgi_application())
demands.insist()
