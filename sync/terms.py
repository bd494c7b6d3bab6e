"""What an account is told once and keeps: its name, its state, when its programs are expected.

Part of `sync.lifecycle`, which everyone calls; each is one transaction with its audit event.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.hours import OfficeHours
from accounts.models import Account
from sync import news

GRACE_MINUTES = (10, 1440)


class NotPossible(Exception):
    """The action does not fit what it is asked of; the message says why, in a sentence."""


def rename_account(account: Account, name: str, *, actor: str, now: datetime) -> None:
    """Give an account another name."""
    told = {"name": name, "before": account.name}
    _set(account, {"name": name}, "account-renamed", told, actor, now)


def set_state(
    account: Account, state: str, *, ends_at: datetime | None, actor: str, now: datetime
) -> None:
    """Activate, put on trial or suspend; `ends_at` None: without an end."""
    fields = {"state": state, "state_since": now, "ends_at": ends_at}
    told = {"state": state, "ends_at": ends_at.isoformat() if ends_at else None}
    _set(account, fields, "state-set", told, actor, now)


def set_interval(account: Account, role: str, minutes: int, *, actor: str, now: datetime) -> None:
    """How often a server or the devices are asked to come; handed out as `poll_after`."""
    fields = {f"{role}_interval": minutes}
    _set(account, fields, "interval-set", {"role": role, "minutes": minutes}, actor, now)


def set_grace(account: Account, minutes: int | None, *, actor: str, now: datetime) -> None:
    """How long after a missed contact a silence is only late; None: one interval, at least 10 min.

    Raises NotPossible outside `GRACE_MINUTES`.
    """
    if minutes is not None and not GRACE_MINUTES[0] <= minutes <= GRACE_MINUTES[1]:
        raise NotPossible("A grace has {} to {} minutes.".format(*GRACE_MINUTES))
    _set(account, {"grace": minutes}, "grace-set", {"minutes": minutes}, actor, now)


def set_office_hours(
    account: Account, hours: OfficeHours | None, *, actor: str, now: datetime
) -> None:
    """When the office's silence is a fault; None: at any time. See `accounts.hours`."""
    days = "".join(map(str, hours.days)) if hours else ""
    fields = {
        "office_days": days,
        "office_opens": hours.opens if hours else None,
        "office_closes": hours.closes if hours else None,
        "office_zone": hours.zone if hours else "",
    }
    told = {name.removeprefix("office_"): str(value) for name, value in fields.items() if hours}
    _set(account, fields, "office-hours-set", told, actor, now)


def _set(
    account: Account,
    fields: Mapping[str, object],
    action: str,
    told: Mapping[str, str | int | None],
    actor: str,
    now: datetime,
) -> None:
    with transaction.atomic():
        Account.objects.filter(pk=account.pk).update(**fields)
        audit.record(actor=actor, account=account, action=action, now=now, **told)
        news.spread(account.pk, now=now)
