"""The lists' filters: by effective state, and by who is late."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.models import Account, Peer
from hhcportal.admin.lateness import ASLEEP, LATE, peers_late
from sync.findings.finding import CRITICAL, INFO, SEVERITIES, WARNING
from sync.models import AccountHealth


def by_choice(field: str, label: Any, choices: Sequence[tuple[str, Any]]) -> type[SimpleListFilter]:
    """A filter by one of a field's values, under a title that is translated."""

    class ChoiceFilter(SimpleListFilter):
        title = label
        parameter_name = field

        def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
            return list(choices)

        def queryset(self, request: Any, queryset: QuerySet[Any]) -> QuerySet[Any]:
            if self.value() in dict(choices):
                return queryset.filter(**{field: self.value()})
            return queryset

    return ChoiceFilter


class StateFilter(SimpleListFilter):
    """`active`, `trial` and `suspended` as stored, but where the end date has made it `expired`."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return [*Account.State.choices, ("expired", _("expired"))]

    def queryset(self, request: Any, queryset: QuerySet[Account]) -> QuerySet[Account]:
        over = Q(ends_at__lte=clock.now()) & ~Q(state=Account.State.SUSPENDED)
        if self.value() == "expired":
            return queryset.filter(over)
        if self.value() in Account.State.values:
            return queryset.filter(~over, state=self.value())
        return queryset


class TroubleFilter(SimpleListFilter):
    """By the worst finding, as it was when each account was last looked at."""

    title = _("trouble")
    parameter_name = "trouble"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return [(CRITICAL, _("critical")), (WARNING, _("a warning")), (INFO, _("a hint"))]

    def queryset(self, request: Any, queryset: QuerySet[Account]) -> QuerySet[Account]:
        if self.value() not in SEVERITIES:
            return queryset
        troubled = AccountHealth.objects.exclude(worst="").filter(severity=self.value())
        return queryset.filter(pk__in=troubled.values("account"))


class LateFilter(SimpleListFilter):
    """Accounts with a live server or device that missed its expected contact."""

    title = _("lateness")
    parameter_name = "late"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("server-late", _("Act! server late")),
            ("server-asleep", _("Act! server asleep")),
            ("device-late", _("a device late")),
            ("device-asleep", _("a device asleep")),
        ]

    def queryset(self, request: Any, queryset: QuerySet[Account]) -> QuerySet[Account]:
        role, _dash, presence = (self.value() or "").partition("-")
        if role not in Peer.Role.values or presence not in (LATE, ASLEEP):
            return queryset
        late = peers_late(role, presence, now=clock.now())
        # Distinct: found once as a whole. Else the planner, hoping for a quick page, asks for
        # every account whether it has one, which takes over a second where none has.
        return queryset.filter(pk__in=late.values("account").distinct())
