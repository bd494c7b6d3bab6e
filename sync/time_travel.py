"""Time for tests: an account's stored times move back, so hours have gone by on the real clock."""

from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.db.models import F

from accounts import audit
from accounts.models import Account, PairingCode
from mailbox import locks
from mailbox.wall import acting_for
from sync.models import Session

# What requests lock before the others of its app: a code before its account, a session before its
# peer's presence and commands.
_FIRST = (PairingCode, Session)


def age(account_id: int, by: timedelta) -> int:
    """Move every time that hangs on the account back by `by`; the number of rows moved.

    Finds the tables and columns by the models' own relations, so that a new one is not
    forgotten.
    """
    moved = 0
    with acting_for(account_id), audit.rewriting("an account's whole time is moved"):
        for app in ("accounts", "mailbox", "sync"):
            if app == "mailbox":
                # As whoever writes both: people and peers, the mailbox lock, then what lies in the
                # mailbox. An applier holds a batch and then wants a reader, moved by now.
                locks.lock_all(account_id)
            for model in sorted(apps.get_app_config(app).get_models(), key=_later):
                way = _way_to_account(model)
                times = [f.name for f in _fields(model) if isinstance(f, models.DateTimeField)]
                if way is not None and times:
                    rows: Any = models.QuerySet(model).filter(**{way: account_id})
                    moved += rows.update(**{name: F(name) - by for name in times})
        with connection.cursor() as cursor:
            cursor.execute(_SLEPT, {"by": by.total_seconds(), "account": account_id})
    return moved


def _later(model: type[models.Model]) -> bool:
    return model not in _FIRST


# The one place where times lie inside a document.
_SLEPT = """
UPDATE sync_session SET slept = (
    SELECT jsonb_agg(jsonb_build_object(
        'from', (gap ->> 'from')::timestamptz - make_interval(secs => %(by)s),
        'until', (gap ->> 'until')::timestamptz - make_interval(secs => %(by)s)) ORDER BY nth)
    FROM jsonb_array_elements(slept) WITH ORDINALITY AS told(gap, nth)
) WHERE account_id = %(account)s AND slept <> '[]'
"""


def _way_to_account(model: type[models.Model], depth: int = 3) -> str | None:
    """The look-up that leads from a row to its account: by relations that every row has, if any do.

    The reader of an up mailbox belongs to no peer, for example, and has to be found all the same.
    """
    if model is Account:
        return "pk"
    if depth == 0:
        return None
    ways = []
    for field in _fields(model):
        target = field.related_model
        if isinstance(field, models.ForeignKey) and isinstance(target, type):
            way = _way_to_account(target, depth - 1)
            if way is not None:
                ways.append((field.null, f"{field.name}__{way}"))
    return min(ways, key=lambda way: (way[0], len(way[1])), default=(False, None))[1]


def _fields(model: type[models.Model]) -> "list[models.Field[Any, Any]]":
    return list(model._meta.fields)  # noqa: SLF001 (Django's documented model API)
