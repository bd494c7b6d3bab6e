"""The account itself."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import is_inactive
from sync.findings import words
from sync.findings.facts import AccountFacts
from sync.findings.finding import Evidence, Said


def inactive(facts: AccountFacts, now: datetime) -> Iterator[Said]:
    """The account is suspended or has expired."""
    if not is_inactive(facts.state):
        return
    expired = facts.state == "expired"
    since = facts.ends_at if expired and facts.ends_at else facts.state_since
    evidence = [Evidence(_("Since"), at=since)]
    evidence += [
        Evidence(
            _("Waiting for %(name)s") % {"name": words.shown(peer.name)},
            words.number(peer.waiting.total),
        )
        for peer in facts.live
        if peer.waiting.total
    ]
    yield Said(
        title=_("The account has expired") if expired else _("The account is suspended"),
        sentence=_("This account has expired: nothing is being collected.")
        if expired
        else _("This account is suspended: nothing is being collected."),
        because=_("Nothing is taken from your office and nothing is handed to your devices."),
        remedy=_(
            "Please ask whoever runs your account, or the hotline, to activate it. What waits "
            "stays here and goes out as soon as the account is active."
        ),
        evidence=tuple(evidence),
    )
