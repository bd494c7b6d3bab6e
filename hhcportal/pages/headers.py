"""Pages are personal: no cache on the way keeps one."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


def no_store(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Forbid keeping what says nothing else about itself; static files have their own answer."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware
