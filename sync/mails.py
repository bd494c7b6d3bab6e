"""Mails to people who asked for them: one for each notice, with its evidence and the page's link.

PostgreSQL knows what is to be mailed; a sender that dies in the midst leaves its notices due again,
so that a mail may come twice but is not forgotten.
"""

import logging
import smtplib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import clock
from accounts.models import Membership, User
from sync import claims, health, notices
from sync.findings import words
from sync.findings.catalogue import findings
from sync.findings.facts import AccountFacts, gather
from sync.findings.finding import Said
from sync.models import Notice

logger = logging.getLogger(__name__)

AT_ONCE = 20
CLAIMED_FOR = timedelta(minutes=10)
MOST_TRIES = 6
SALT = "mails-off"


def send_due(*, now: datetime) -> int:
    """Mail what is due, each notice once; how many mails went out."""
    sent = 0
    for notice in _claim(now):
        try:
            sent += _send(notice, now)
        except (OSError, smtplib.SMTPException) as error:
            # Stays claimed, and is due again later each time.
            wait = CLAIMED_FOR * 2 ** min(notice.tries, MOST_TRIES)
            due = now + wait if notice.tries < MOST_TRIES else None
            Notice.objects.filter(pk=notice.pk).update(due_at=due)
            logger.warning("A mail could not be sent: %s", type(error).__name__)
    return sent


def membership_of(token: str) -> Membership | None:
    """Whom the link at a mail's end concerns; None for what is none of ours."""
    try:
        found = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return Membership.objects.select_related("account").filter(pk=found).first()


def _claim(now: datetime) -> Sequence[Notice]:
    """The notices that are due, for this sender alone."""
    until = now + CLAIMED_FOR
    ids = claims.due(
        "sync_notice", "id", now=now, until=until, at_most=AT_ONCE, also=", tries = tries + 1"
    )
    return list(Notice.objects.select_related("account", "peer").filter(pk__in=ids))


def _send(notice: Notice, now: datetime) -> int:
    """Mail one notice to everybody who asked for it; how many they are."""
    facts = gather(notice.account, now=now)
    if (later := _held_until(notice, facts, now)) is not None:
        Notice.objects.filter(pk=notice.pk).update(due_at=later, tries=0)
        return 0
    asked = Membership.objects.filter(account=notice.account, mails=True, user__is_active=True)
    mails = [
        mail
        for membership in asked.select_related("user", "account")
        for mail in _mail(notice, facts, membership, now)
    ]
    with get_connection(timeout=settings.EMAIL_TIMEOUT) as server:
        server.send_messages(mails)
    Notice.objects.filter(pk=notice.pk).update(due_at=None, mailed_at=now if mails else None)
    return len(mails)


def _held_until(notice: Notice, facts: AccountFacts, now: datetime) -> datetime | None:
    """When an outage of ours no longer explains a silence; None: it does not.

    Whoever could not reach the mailbox comes back within its interval and grace.
    """
    peer = next((peer for peer in facts.live if peer.id == notice.peer_id), None)
    if peer is None or notice.code not in ("server-asleep", "device-asleep"):
        return None
    since = health.in_service_since()
    until = since + peer.contacts.interval + peer.contacts.grace if since else now
    return until if until > now else None


def _mail(
    notice: Notice, facts: AccountFacts, membership: Membership, now: datetime
) -> Iterator[EmailMessage]:
    """In the person's language and zone; nothing where it has ended meanwhile."""
    user = membership.user
    with (
        translation.override(user.language or settings.LANGUAGE_CODE),
        timezone.override(_zone(user)),
    ):
        said = _said(notice, facts, now)
        if said is None:
            return
        off = f"{settings.PORTAL_URL}/mails/off/{signing.dumps(membership.pk, salt=SALT)}/"
        context = {
            "said": said,
            "account": membership.account,
            "evidence": [_fact(fact.label, fact.value, fact.at) for fact in said.evidence],
            "page": f"{settings.PORTAL_URL}/accounts/{membership.account.number}/",
            "off": off,
            "product_name": settings.PRODUCT_NAME,
        }
        yield EmailMessage(
            subject=f"{words.shown(membership.account.name)}: {said.title}",
            body=render_to_string("mail/notice.txt", context),
            to=[user.email],
            headers={
                "Auto-Submitted": "auto-generated",
                "List-Unsubscribe": f"<{off}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            },
        )


def _zone(user: User) -> ZoneInfo | None:
    return ZoneInfo(user.time_zone) if user.time_zone in clock.zones() else None


def _fact(label: str, value: str, at: datetime | None) -> str:
    return f"{label}: {' · '.join(filter(None, (value, words.minute(at) if at else '')))}"


def _said(notice: Notice, facts: AccountFacts, now: datetime) -> Said | None:
    """The finding's own words, or those of what is no finding."""
    name = words.shown(notice.peer.name) if notice.peer else "–"
    if notice.code == notices.SERVER_BACK:
        return Said(
            title=_("The Act! server is back"),
            sentence=_("Your Act! server %(name)s has called again.") % {"name": name},
            remedy=_("You need not do anything: what waited is on its way."),
        )
    if notice.code == notices.DEVICE_CONNECTED:
        return Said(
            title=_("A new device was connected"),
            sentence=_("%(name)s was connected to your account.") % {"name": name},
            remedy=_("If none of you did that, revoke it at once under “Devices”."),
        )
    key = (notice.code, notice.peer_id)
    return next((f.said for f in findings(facts, now) if notices.key(f) == key), None)
