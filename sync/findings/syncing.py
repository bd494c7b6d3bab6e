"""Syncs that fail, and syncs that never came."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from accounts.models import Peer
from sync.findings import words
from sync.findings.facts import AccountFacts, PeerFacts
from sync.findings.finding import Button, Evidence, Said
from sync.models import Session

NEVER_AFTER = timedelta(minutes=10)

# What no later try mends: one failure is enough.
FINAL_CODES = (
    "crm-sign-in-refused",
    "crm-right-missing",
    "crm-licence-expired",
    "mass-delete-held",
    "rules-invalid",
)


# No failure of the program's: `account-inactive` is a finding of its own, and ends with that.
NOT_ITS_OWN = "account-inactive"


def failing(facts: AccountFacts, now: datetime) -> Iterator[Said]:
    """A peer's last two sessions failed, or the last one for a reason that stays."""
    for peer in facts.live:
        failed = [
            attempt
            for attempt in peer.attempts
            if attempt.result == Session.Result.FAILED and attempt.error_code != NOT_ITS_OWN
        ]
        last = peer.last_attempt
        if last is None or last not in failed:
            continue
        if len(failed) >= 2 or last.error_code in FINAL_CODES:
            yield _failing(peer)


def _failing(peer: PeerFacts) -> Said:
    name, last = words.shown(peer.name), peer.attempts[0]
    evidence = [
        Evidence(_("Reason"), last.error_detail or reason(last.error_code)),
        Evidence(_("Last attempt"), at=last.at),
        Evidence("Most recent sync", "" if peer.contacts.last_sync else _("never"),
                 peer.contacts.last_sync),
    ]  # fmt: skip
    return Said(
        title=_("The sync of %(name)s fails") % {"name": name},
        sentence=_("The sync of %(name)s fails: %(reason)s.")
        % {"name": name, "reason": reason(last.error_code)},
        because=_("Until one succeeds, what is new in the office stays there.")
        if peer.role == Peer.Role.SERVER
        else _("Until one succeeds, this device gets nothing new and its edits stay on it."),
        remedy=_remedy(last.error_code),
        evidence=tuple(evidence),
        peer=peer,
        button=Button("sync-now", peer.id),
    )


def reason(code: str) -> str:
    """Why a sync failed, in words, by the code that the program told."""
    return {
        "account-inactive": _("the account is not active"),
        "unreachable": _("the mailbox was out of reach"),
        "crm-sign-in-refused": _("Act! refuses the sign-in"),
        "crm-right-missing": _("a right is missing in Act!"),
        "crm-licence-expired": _("the licence of Act! has expired"),
        "mass-delete-held": _("too many records vanished at once"),
        "disk-full": _("its disk is full"),
        "source-missing": _("the source folder is gone"),
        "source-locked": _("another program has locked the source"),
        "source-unreadable": _("the source cannot be read"),
        "mailbox-full": _("the mailbox is full"),
        "act-unreachable": _("Act! does not answer"),
        "act-not-there": _("no Act! Web API answers at that address"),
        "act-certificate-refused": _("the certificate of the Act! server is not trusted"),
        "act-answer-unreadable": _("Act! sends something unreadable"),
        "act-incompatible": _("the Web API does not fit its Act!"),
        "act-address-not-allowed": _("the Act! server does not let the agent's PC in"),
        "act-locked": _("the Act! database is locked for maintenance"),
        "act-too-busy": _("Act! asks for fewer requests"),
        "act-broken": _("Act! fails while it answers"),
        "rules-invalid": _("a name in the rules file means nothing in Act!"),
    }.get(code, _("it reports “%(code)s”") % {"code": words.shown(code) if code else "–"})


def _remedy(code: str) -> str:
    return {
        "crm-sign-in-refused": _("Check the user name and the password that the agent was given."),
        "crm-right-missing": _("Let an administrator of Act! give the agent's user the right."),
        "crm-licence-expired": _("Renew the licence of Act!; then the next sync works again."),
        "mass-delete-held": _(
            "If the records were really deleted, run the agent once with --allow-mass-delete; "
            "otherwise put the file, or the rights of the agent's user, back as they were."
        ),
        "disk-full": _("Make room on that disk; the next sync works by itself."),
        "source-missing": _("Put the folder back, or tell the agent its new place."),
        "source-locked": _("Close the program that holds the file, for example Excel."),
        "source-unreadable": _("Mend the file that the reason names; the next sync reads it."),
        "act-unreachable": _(
            "See that the Act! server and its Web API run; the next sync works by itself."
        ),
        "act-locked": _("Wait for the end of the maintenance; the next sync works by itself."),
        "rules-invalid": _("Correct the line of the rules file that the reason names."),
    }.get(code, _("Follow what the program itself says; the hotline helps with the reason above."))


def never(facts: AccountFacts, now: datetime) -> Iterator[Said]:
    """A peer was paired 10 minutes ago and never finished a sync."""
    for peer in facts.live:
        if peer.contacts.last_sync is None and now - peer.paired_at >= NEVER_AFTER:
            yield _never(peer, now)


def _never(peer: PeerFacts, now: datetime) -> Said:
    name = words.shown(peer.name)
    heard = peer.contacts.last_contact
    if heard is None:
        remedy = _("It was paired, but has not called since: start the program on it.")
    elif peer.role == Peer.Role.SERVER:
        remedy = _("It has called, but sent nothing yet: let the agent finish its first sync.")
    else:
        remedy = _("It has called, but not collected everything yet: keep the app open meanwhile.")
    return Said(
        title=_("%(name)s has never synced") % {"name": name},
        sentence=_("%(name)s was paired %(span)s ago and has never synced.")
        % {"name": name, "span": words.span(now - peer.paired_at)},
        remedy=remedy,
        evidence=(
            Evidence(_("Paired"), at=peer.paired_at),
            Evidence(_("Last contact"), "" if heard else _("never"), heard),
        ),
        peer=peer,
    )
