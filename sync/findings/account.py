"""The account itself."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from accounts.models import is_inactive
from sync.findings import words
from sync.findings.facts import AccountFacts
from sync.findings.finding import Evidence, Said

ENDING_WITHIN = timedelta(days=14)


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


def ending(facts: AccountFacts, now: datetime) -> Iterator[Said]:
    """The account ends in less than 14 days."""
    ends_at = facts.ends_at
    if ends_at is None or is_inactive(facts.state) or not now < ends_at < now + ENDING_WITHIN:
        return
    yield Said(
        title=_("The subscription ends soon"),
        sentence=_("This account ends %(span)s, after %(day)s.")
        % {"span": words.ago(ends_at, now), "day": words.last_day(ends_at)},
        because=_("From then on nothing is collected and nothing is handed out; nothing is lost."),
        remedy=_("Please ask whoever runs your account, or the hotline, to extend it."),
        evidence=(
            Evidence(_("State"), words.state_of_account(facts.state)),
            Evidence(_("Ends"), at=ends_at),
        ),
    )


def full(facts: AccountFacts, now: datetime) -> Iterator[Said]:
    """The mailbox takes no more changes but deletes."""
    room = facts.room
    if room.changes < room.most_changes and room.bytes < room.most_bytes:
        return
    of = _("%(used)s of %(most)s")
    yield Said(
        title=_("The mailbox is full"),
        sentence=_("The mailbox is full: it takes nothing more but deletes."),
        because=_("What lies there is still handed out, and nothing is lost."),
        remedy=_(
            "Delete what is no longer needed in Act!, and let every device collect; or ask "
            "whoever runs your account, or the hotline, for more room."
        )
        if room.changes < room.most_changes
        else _(
            "Please ask whoever runs your account, or the hotline, for more room: what you delete "
            "in Act! makes room only after the storage time of %(days)s days."
        )
        % {"days": words.number(facts.mailbox.storage_days)},
        evidence=(
            Evidence(
                _("Changes"),
                of
                % {
                    "used": words.number(room.changes),
                    "most": words.number(room.most_changes),
                },
            ),
            Evidence(
                _("Size"),
                of % {"used": words.size(room.bytes), "most": words.size(room.most_bytes)},
            ),
        ),
    )
