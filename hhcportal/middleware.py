"""What every request gets before anything else."""

import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import resolve


def request_id(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Give each request an id of its own, told in its answer and in the log."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.request_id = uuid.uuid4().hex  # type: ignore[attr-defined]
        response = get_response(request)
        response["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        return response

    return middleware


def api_first(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Answer the API here: it has no browser session, language, cookie or form to look after.

    Nor does it care by which name a device reached it, so no wrong host answers with a page.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if f"{request.path_info}/".startswith("/api/v1/"):
            match = request.resolver_match = resolve(request.path_info)
            response: HttpResponse = match.func(request, *match.args, **match.kwargs)
            response["Content-Length"] = str(len(response.content))
            return response
        return get_response(request)

    return middleware
