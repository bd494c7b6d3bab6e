"""The *Account Overview*: has everything arrived, and if not, why, and what do I do?"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import access, clock
from accounts.models import Account, is_inactive
from hhcportal.pages import cards, way
from hhcportal.pages.door import members_only, person
from hhcportal.pages.tags import sign
from sync.findings import sessions, words
from sync.findings.catalogue import findings
from sync.findings.facts import gather
from sync.findings.sentence import verdict


@require_safe
@members_only
def overview(request: HttpRequest, *, account: Account) -> HttpResponse:
    """One account as it stands now; a fixed number of queries, whatever lies in the mailbox."""
    user, now = person(request), clock.now()
    facts = gather(account, now=now)
    found = findings(facts, now)
    said = verdict(facts, found, now)
    concerned = {finding.said.peer.id for finding in found if finding.said.peer}
    return render(
        request,
        "overview.html",
        {
            "now": now,
            "account": account,
            "accounts": access.accounts_of(user),
            "facts": facts,
            "verdict": said,
            "tone": "asleep" if found and found[0].code == "device-asleep" else said.tone,
            "sign": sign(found[0]) if found else said.tone,
            "findings": found,
            "way": way.draw(facts, now),
            "cards": cards.of_peers(facts, concerned, now),
            "account_rows": cards.of_account(facts, people=account.memberships.count()),
            "inactive": is_inactive(facts.state),
            "state_word": words.state_of_account(facts.state),
            "syncs": [cards.of_sync(sync) for sync in sessions.newest(account.pk)],
            "ended": [peer for peer in facts.peers if not peer.is_live][-5:],
            "owner": access.is_owner(user, account),
        },
    )
