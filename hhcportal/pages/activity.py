"""Activity: everything that was done to the account, by whom and when; support's acts included."""

from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import audit, clock
from accounts.audit import Event
from accounts.models import Account
from hhcportal.pages import deeds, paging
from hhcportal.pages.door import members_only
from hhcportal.pages.frame import frame

SHOWN = 50


class Line(NamedTuple):
    """An event in words."""

    event: Event
    who: str
    what: str


@require_safe
@members_only
def activity(request: HttpRequest, *, account: Account) -> HttpResponse:
    """A page of events, newest first; `before` names the last one of the page before."""
    before = paging.parse(request.GET.get("before", ""), _key)
    events = audit.newest(account, before=before, limit=SHOWN + 1)
    context = {
        **frame(request, account, clock.now()),
        "lines": [Line(e, deeds.actor(e.actor), deeds.sentence(e)) for e in events[:SHOWN]],
        "older": paging.older(events, SHOWN, lambda e: paging.mark(e.at, e.id)),
        "further": before is not None,
    }
    return render(request, "activity.html", context)


def _key(text: str) -> int:
    key = int(text)
    if not 0 <= key < 2**63:
        raise ValueError
    return key
