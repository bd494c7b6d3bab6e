"""The *Account Overview*: has everything arrived, and if not, why, and what do I do?"""

import hashlib
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from accounts import clock
from accounts.models import Account, is_inactive
from hhcportal.pages import cards, drawing, support_text, way, week
from hhcportal.pages.door import members_only
from hhcportal.pages.frame import frame
from hhcportal.pages.tags import sign
from sync.findings import sessions, words
from sync.findings.catalogue import findings
from sync.findings.facts import gather
from sync.findings.finding import INFO
from sync.findings.sentence import verdict


@require_safe
@members_only
def overview(request: HttpRequest, *, account: Account) -> HttpResponse:
    """One account as it stands now; a fixed number of queries, whatever lies in the mailbox.

    `?part=live` is what changes on the page, alone. The ETag is that of its words, times of day
    and ages included, so that a 304 says: what you show is still true.
    """
    now = clock.now()
    shared = frame(request, account, now)
    live = render_to_string("_overview.html", shared | _shown(account, now), request)
    etag = quote_etag(hashlib.sha256(live.encode()).hexdigest()[:32])
    if "part" not in request.GET:
        page = {"etag": etag, "live": mark_safe(live)}  # noqa: S308 - a template's
        return render(request, "overview.html", shared | page)
    fresh = HttpResponse(live, headers={"ETag": etag})
    return get_conditional_response(request, etag=etag, response=fresh) or fresh


def _shown(account: Account, now: datetime) -> dict[str, Any]:
    """What the living part of the page is made of."""
    facts = gather(account, now=now)
    found = findings(facts, now)
    said = verdict(facts, found, now)
    syncs = [cards.of_sync(sync) for sync in sessions.newest(account.pk)]
    # What is only worth knowing marks nobody.
    alarming = [finding for finding in found if finding.severity != INFO]
    concerned = {finding.said.peer.id for finding in alarming if finding.said.peer}
    drawn = way.draw(facts, concerned, {finding.code for finding in alarming}, now)
    together = {stop.peer.id for stop in drawn.together}
    shown = cards.of_peers(facts, concerned, now)
    return {
        "as_of": words.moment(now, now),
        "facts": facts,
        "verdict": said,
        "tone": "asleep" if found and found[0].code == "device-asleep" else said.tone,
        "sign": sign(found[0]) if found else said.tone,
        "findings": found,
        "way": drawn,
        "drawings": drawing.drawings(drawn),
        "cards": [card for card in shown if card.peer.id not in together],
        "quiet_cards": [card for card in shown if card.peer.id in together],
        "week": week.draw(facts, account.pk, now),
        "account_rows": cards.of_account(facts, people=account.memberships.count()),
        "inactive": is_inactive(facts.state),
        "state_word": words.state_of_account(facts.state),
        "syncs": syncs,
        "ended": [peer for peer in facts.peers if not peer.is_live][-5:],
        "support_text": support_text.text(facts, said.sentence, found, syncs, now),
    }
