"""Who is late, as a queryset: the same rule as `sync.presence.state`, for a list's filter."""

from datetime import datetime, timedelta

from django.db.models import DurationField, ExpressionWrapper, F, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Greatest

from accounts.models import Peer
from sync.presence import GRACE_AT_LEAST

LATE, ASLEEP = "late", "asleep"

_GRACE_MINUTES = int(GRACE_AT_LEAST.total_seconds()) // 60
_SECOND = Value(timedelta(seconds=1))


def peers_late(role: str, presence: str, *, now: datetime) -> QuerySet[Peer]:
    """Live peers of `role` that are `late` or `asleep` as of `now`.

    The first condition follows from the others. It needs no account, so the few that are silent
    are found before anything is joined.
    """
    announced = F("presence__next_contact_in")
    minutes = F(f"account__{role}_interval")
    expected_in = Coalesce(announced, minutes * 60)
    asleep_in = expected_in + Coalesce("account__grace", Greatest(minutes, _GRACE_MINUTES)) * 60
    at_least = Coalesce(announced, 0) + (_GRACE_MINUTES * 60 if presence == ASLEEP else 0)
    silent = Peer.objects.filter(
        role=role,
        state=Peer.State.ACTIVE,
        presence__last_contact__lt=Value(now) - _seconds(at_least),
    )
    if presence == ASLEEP:
        return silent.filter(presence__last_contact__lt=Value(now) - _seconds(asleep_in))
    return silent.filter(
        presence__last_contact__lt=Value(now) - _seconds(expected_in),
        presence__last_contact__gte=Value(now) - _seconds(asleep_in),
    )


def _seconds(count: Combinable) -> Combinable:
    return ExpressionWrapper(count * _SECOND, output_field=DurationField())
