"""What is worth a mail: each time that it comes true is one notice, however often it is looked at.

Noted by whoever looks at accounts anyway (`sync.account_health`), mailed by `sync.mails`.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import Account, Peer
from sync.findings.facts import AccountFacts
from sync.findings.finding import INFO, Finding
from sync.findings.waiting import expires
from sync.forget import older
from sync.models import Notice

SERVER_BACK, DEVICE_CONNECTED = "server-back", "device-connected"
DEVICE_SILENT_FOR = timedelta(days=3)
EXPIRING_WITHIN = timedelta(days=7)
KEPT_FOR = timedelta(days=90)

Key = tuple[str, uuid.UUID | None]


def _server_asleep(finding: Finding, facts: AccountFacts, now: datetime) -> bool:
    return finding.severity != INFO  # outside the office hours it is no fault


def _device_silent(finding: Finding, facts: AccountFacts, now: datetime) -> bool:
    heard = finding.said.peer.contacts.last_contact if finding.said.peer else None
    return heard is not None and now - heard >= DEVICE_SILENT_FOR


def _expiring(finding: Finding, facts: AccountFacts, now: datetime) -> bool:
    at = expires(facts, finding.said.peer) if finding.said.peer else None
    return at is not None and at - now <= EXPIRING_WITHIN


def _always(finding: Finding, facts: AccountFacts, now: datetime) -> bool:
    return True


# When a finding is worth a mail.
WORTH: Mapping[str, Callable[[Finding, AccountFacts, datetime], bool]] = {
    "server-asleep": _server_asleep,
    "device-asleep": _device_silent,
    "waiting-long": _expiring,
    "subscription-ending": _always,
}


def key(finding: Finding) -> Key:
    """What tells one finding from another of the same account."""
    return finding.code, finding.said.peer.id if finding.said.peer else None


def note(account: Account, facts: AccountFacts, found: Sequence[Finding], *, now: datetime) -> None:
    """Begin a notice for what has come true, and end those of what is over."""
    lasting = {(n.code, n.peer_id): n for n in account.notices.filter(ended_at__isnull=True)}
    there = {key(finding): finding for finding in found if finding.code in WORTH}
    Notice.objects.bulk_create(
        [
            _notice(account, code, peer, now)
            for (code, peer), finding in there.items()
            if (code, peer) not in lasting and WORTH[code](finding, facts, now)
        ],
        ignore_conflicts=True,  # another sweep saw it too
    )
    for over in lasting.keys() - there.keys():
        _end(account, lasting[over], now)


def connected(peer: Peer, *, now: datetime) -> None:
    """A new device was connected. Inside the transaction that connects it."""
    _happened(peer.account, DEVICE_CONNECTED, peer.pk, now)


def forget(*, now: datetime) -> int:
    """Delete notices that ended more than 90 days ago; how many."""
    return older(Notice.objects.all(), by="ended_at", than=now - KEPT_FOR)


def _notice(account: Account, code: str, peer: uuid.UUID | None, now: datetime) -> Notice:
    return Notice(account=account, code=code, peer_id=peer, began_at=now, due_at=now)


def _happened(account: Account, code: str, peer: uuid.UUID | None, now: datetime) -> None:
    """A notice of what lasts for no time: it is over as it begins."""
    notice = _notice(account, code, peer, now)
    notice.ended_at = now
    Notice.objects.bulk_create([notice])


def _end(account: Account, notice: Notice, now: datetime) -> None:
    """It is over. Whoever was mailed that the server sleeps is mailed that it is back."""
    with transaction.atomic():
        # Locked, for it may be being mailed at this moment.
        lasting = Notice.objects.select_for_update().filter(pk=notice.pk, ended_at__isnull=True)
        ended = lasting.first()
        lasting.update(ended_at=now, due_at=None)
        if ended is not None and ended.code == "server-asleep" and ended.mailed_at:
            _happened(account, SERVER_BACK, ended.peer_id, now)
