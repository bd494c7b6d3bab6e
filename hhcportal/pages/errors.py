"""What a browser sees when something is missing, forbidden or broken.

These pages ask the database nothing: it may be what is missing. A stranger's 404 and an
unknown address's are the same bytes.
"""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from psycopg_pool import PoolTimeout

from hhcportal.pages.context import product

DATABASE_AWAY = (OperationalError, InterfaceError, PoolTimeout)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 403)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open for too long, or came from another site."""
    return _page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 404)


def broken(request: HttpRequest) -> HttpResponse:
    """Ours to mend; 503 where the database is away, for that passes."""
    return _page(request, 503 if isinstance(sys.exc_info()[1], DATABASE_AWAY) else 500)


def _page(request: HttpRequest, status: int) -> HttpResponse:
    return HttpResponse(render_to_string(f"{status}.html", product(request)), status=status)
