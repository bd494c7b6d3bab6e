"""Times in the viewer's zone: the one that the person chose, else the one the browser told."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts import clock
from accounts.models import User

# Kept by a small script, `zone.js`; without it the program's own zone counts.
COOKIE = "zone"


def find(name: str) -> ZoneInfo | None:
    """The zone of that name, which anybody may have typed; None where there is none."""
    return ZoneInfo(name) if name in clock.zones() else None


def of_person(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Show every time of this request in the viewer's zone."""

    def middleware(request: HttpRequest) -> HttpResponse:
        chosen = request.user.time_zone if isinstance(request.user, User) else ""
        zone = find(chosen) or find(request.COOKIES.get(COOKIE, ""))
        with timezone.override(zone):  # None: the program's own
            return get_response(request)

    return middleware
