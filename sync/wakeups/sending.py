"""Sends what is due. PostgreSQL knows what that is; a sender may die at any moment.

Whoever claims a subscription moves its next look by the least time between two wake-ups, before
anything is sent: a claim that is never ended is taken up again then, and never sends twice within
it.
"""

import logging
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Case, DateTimeField, F, Min, Value, When

from accounts.models import Account, is_inactive
from mailbox.standing import waiting_since
from sync import claims
from sync.forget import older
from sync.models import Command, PushSubscription, WakeUp
from sync.wakeups import ladder, vapid, webpush
from sync.wakeups.webpush import Answer, To

logger = logging.getLogger(__name__)

# All of a round at once: one that does not answer takes ten seconds, and the worker has more to do.
AT_ONCE = 50
FOR_SECONDS = 10.0
RETRY_FIRST = timedelta(minutes=1)
RETRY_LATEST = timedelta(hours=12)
# Long enough for the timeline, and for "did the last one work?".
KEPT_FOR = timedelta(days=30)


class Facts(NamedTuple):
    """A device with a living subscription, and why it should call."""

    subscription: PushSubscription
    reasons: tuple[ladder.Reason, ...]
    claimed_until: datetime

    def next(self, now: datetime, *, sent: datetime | None) -> datetime | None:
        """When it is woken next, if ever, had the last wake-up been `sent` then."""
        return ladder.next_step(
            self.reasons,
            heard=self.subscription.peer.presence.last_contact,
            sent=sent,
            paused=self.subscription.paused_until,
            now=now,
        )


def send_due(*, now: datetime) -> int:
    """Send the wake-ups that are due, as many as time allows; how many were sent."""
    began, sent = time.monotonic(), 0
    while (spent := time.monotonic() - began) < FOR_SECONDS:
        claimed = _claim(now)
        due = [facts for facts in _facts(claimed, now) if not _wait(facts, now)]
        sent += _send(due, now + timedelta(seconds=spent))
        if len(claimed) < AT_ONCE:
            break
    return sent


def forget(*, now: datetime) -> int:
    """Delete what was sent more than 30 days ago; how much."""
    return older(WakeUp.objects.all(), by="sent_at", than=now - KEPT_FOR)


def _claim(now: datetime) -> list[PushSubscription]:
    until = now + ladder.APART
    ids = claims.due("sync_pushsubscription", "peer_id", now=now, until=until, at_most=AT_ONCE)
    living = PushSubscription.objects.filter(pk__in=ids, gone_at__isnull=True)
    return list(living.select_related("peer__account", "peer__presence"))


def _facts(subscriptions: Sequence[PushSubscription], now: datetime) -> Iterator[Facts]:
    """Why each of these devices should call, if for anything; two statements for all."""
    ids = [subscription.peer_id for subscription in subscriptions]
    waits, asked = waiting_since(ids), _unfetched(ids)
    for subscription in subscriptions:
        account: Account = subscription.peer.account
        in_vain = is_inactive(account.state_at(now))  # nothing is collected for it
        reasons = ladder.reasons(
            waiting=None if in_vain else waits.get(subscription.peer_id),
            asked=asked.get(subscription.peer_id),
            wished=subscription.asked_at,
        )
        yield Facts(subscription, reasons, now + ladder.APART)


def _unfetched(ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, datetime]:
    requested = Command.objects.filter(peer__in=ids, state=Command.State.REQUESTED)
    oldest = requested.values("peer_id").annotate(at=Min("requested_at"))
    return dict(oldest.values_list("peer_id", "at"))


def _wait(facts: Facts, now: datetime) -> bool:
    """Whether it is not to be woken now; then its next look stands where its next step is."""
    step = facts.next(now, sent=facts.subscription.sent_at)
    if step is not None and step <= now:
        return False
    _end(facts, due_at=step)
    return True


def _send(due: Sequence[Facts], now: datetime) -> int:
    if not due:
        return 0
    key = vapid.key()
    to = [To(f.subscription.endpoint, bytes(f.subscription.p256dh), bytes(f.subscription.auth))
          for f in due]  # fmt: skip
    with ThreadPoolExecutor(AT_ONCE) as senders:
        answers = list(senders.map(lambda one: webpush.push(one, key, now=now), to))
    for facts, answer in zip(due, answers, strict=True):
        _book(facts, answer, now)
    return len(due)


def _book(facts: Facts, answer: Answer, now: datetime) -> None:
    """What became of one. What may have arrived counts as sent: better one less than two."""
    subscription, result = facts.subscription, answer.result
    WakeUp.objects.create(
        peer_id=subscription.peer_id, sent_at=now, result=result, status=answer.status
    )
    if result == WakeUp.Result.GONE:
        _end(facts, due_at=None, gone_at=now)
    elif result in (WakeUp.Result.ACCEPTED, WakeUp.Result.UNANSWERED):
        _end(facts, due_at=facts.next(now, sent=now), sent_at=now, failures=0)
    else:
        wait = min(RETRY_FIRST * 2 ** min(subscription.failures, 16), RETRY_LATEST)
        again = now + max(wait, answer.pause or wait)
        _end(facts, due_at=again, paused_until=again, failures=F("failures") + 1)
    if result != WakeUp.Result.ACCEPTED:
        logger.info("A wake-up was %s (%s).", result, answer.status or "no answer")


def _end(facts: Facts, *, due_at: datetime | None, **columns: object) -> None:
    """Let go of a claim. A look that was asked for since then stays.

    The same subscription alone: the device may have given another one meanwhile.
    """
    claimed = When(due_at=facts.claimed_until, then=Value(due_at))
    due = Case(claimed, default=F("due_at"), output_field=DateTimeField())
    PushSubscription.objects.filter(
        pk=facts.subscription.pk, endpoint=facts.subscription.endpoint
    ).update(due_at=due, **columns)
