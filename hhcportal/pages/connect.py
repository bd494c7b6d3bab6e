"""Letting a program in: a pairing code, shown once, and the page that waits for its use."""

from datetime import datetime
from typing import Any

import segno
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts import pairing as codes
from accounts.models import Account, PairingCode, Peer
from hhcportal.pages.door import owners_only, person
from hhcportal.pages.frame import frame
from sync import lifecycle


@require_http_methods(["GET", "HEAD", "POST"])
@owners_only
def connect(request: HttpRequest, *, account: Account, role: str) -> HttpResponse:
    """GET says what will happen (a second server retires the first); POST makes the code.

    The code's text is in this one answer alone; the address of its state does not hold it.
    """
    now = clock.now()
    live = account.peers.filter(role=Peer.Role.SERVER, state=Peer.State.ACTIVE).first()
    context = {
        **frame(request, account, now),
        "role": role,
        "live_server": live if role == Peer.Role.SERVER else None,
        "portal_url": settings.PORTAL_URL,
    }
    if request.method == "POST":
        actor = person(request).email
        code = lifecycle.make_pairing_code(account, role, actor=actor, now=now)
        context |= {**_state(code, now), "qr": _qr(code.text)}
    return render(request, "connect.html", context)


@require_safe
@owners_only
def pairing(request: HttpRequest, *, account: Account, role: str, code_id: str) -> HttpResponse:
    """What became of a code: it waits, is over, or let a program in. `?part=state`: that alone."""
    now = clock.now()
    code = codes.code_of(account, role, int(code_id))
    if code is None:
        raise Http404
    context = {"account": account, "role": role, "now": now, **_state(code, now)}
    if request.GET.get("part") != "state":
        return render(request, "pairing.html", context | frame(request, account, now))
    etag = quote_etag(f"{context['state']}-{get_language()}")
    fresh = render(request, "_pairing.html", context)
    fresh["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=fresh) or fresh


@require_safe
def scanned(request: HttpRequest) -> HttpResponse:
    """Where a phone's own camera leads: the code stands behind `#` and never comes here."""
    return render(request, "pair.html")


def _state(code: PairingCode, now: datetime) -> dict[str, Any]:
    state = "waiting" if now < code.expires_at else "expired"
    return {"code": code, "state": "connected" if code.peer_id else state}


def _qr(text: str) -> SafeString:
    """A drawing of the portal's address with the code, dark on light in either theme."""
    drawn = segno.make(f"{settings.PORTAL_URL}/pair#{text}", error="m", micro=False)
    return mark_safe(  # noqa: S308 - drawn from our own address and a code of our own alphabet
        drawn.svg_inline(svgclass="qr", lineclass=None, omitsize=True, dark="#000", light="#fff")
    )
