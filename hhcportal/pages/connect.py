"""Letting a program in: a pairing code, shown once."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts import access, clock
from accounts.models import Account, Peer
from hhcportal.pages.door import members_only, person
from sync import lifecycle


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def connect(request: HttpRequest, *, account: Account, role: str) -> HttpResponse:
    """GET says what will happen (a second server retires the first); POST makes the code."""
    user, now = person(request), clock.now()
    if not access.is_owner(user, account):
        raise PermissionDenied
    code = None
    if request.method == "POST":
        code = lifecycle.make_pairing_code(account, role, actor=user.email, now=now)
    live = account.peers.filter(role=Peer.Role.SERVER, state=Peer.State.ACTIVE).first()
    return render(
        request,
        "connect.html",
        {
            "account": account,
            "role": role,
            "code": code,
            "now": now,
            "live_server": live if role == Peer.Role.SERVER else None,
            "portal_url": settings.PORTAL_URL,
        },
    )
