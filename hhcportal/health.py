"""Whether this web process lives, and whether it can serve."""

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from psycopg_pool import PoolTimeout


def livez(request: HttpRequest) -> HttpResponse:
    """The process answers; PostgreSQL away is no reason to restart it."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """The process answers and reaches its database."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (Error, PoolTimeout):
        return HttpResponse("database not available\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")
