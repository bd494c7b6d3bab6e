"""Whether this web process lives, and whether the mailbox makes progress."""

from django.db import Error
from django.http import HttpRequest, HttpResponse
from psycopg_pool import PoolTimeout

from accounts import clock
from sync import pulse


def livez(request: HttpRequest) -> HttpResponse:
    """The process answers; PostgreSQL away is no reason to restart it."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """The process reaches its database, worker and beat go on, and no batch lies too long."""
    try:
        trouble = pulse.take(now=clock.now()).trouble()
    except (Error, PoolTimeout):
        trouble = ["database not available"]
    if trouble:
        text = "".join(f"{line}\n" for line in trouble)
        return HttpResponse(text, status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")
