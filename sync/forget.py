"""Deleting what was kept long enough, some at a time."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

AT_ONCE = 20_000


def older(rows: "QuerySet[Any]", *, by: str, than: datetime) -> int:
    """Delete rows whose time `by` lies at or before `than`, the oldest first; how many."""
    old = rows.filter(**{f"{by}__lte": than}).order_by(by)[:AT_ONCE]
    return int(rows.model.objects.filter(pk__in=old.values("pk")).delete()[0])
