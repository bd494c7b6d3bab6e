"""Deleting what was kept long enough, some at a time."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

AT_ONCE = 5000


def older(rows: "QuerySet[Any]", *, by: str, than: datetime) -> int:
    """Delete rows whose time `by` lies at or before `than`, the oldest first; how many."""
    old = rows.filter(**{f"{by}__lte": than}).order_by(by)[:AT_ONCE]
    ids = list(old.values_list("pk", flat=True))
    return int(rows.model.objects.filter(pk__in=ids).delete()[0])
