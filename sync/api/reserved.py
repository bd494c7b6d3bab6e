"""Paths of the contract that nothing answers yet.

Who may call them is decided already, and told before anything else about them: a program of
the wrong role learns that it is not for it, one of the right role that there is nothing here.
"""

from django.http import HttpRequest, HttpResponse

from sync.api import problems
from sync.api.base import Endpoint


class PushSubscriptionView(Endpoint):
    """Where a device will say how it can be woken."""

    roles = ("device",)

    def put(self, request: HttpRequest) -> HttpResponse:
        raise problems.not_found()

    def delete(self, request: HttpRequest) -> HttpResponse:
        raise problems.not_found()
