"""Signs of life of the long-running processes."""

import logging
from datetime import datetime, timedelta

import psycopg
from django.conf import settings

from sync.models import Tick

# A restart takes seconds; what is longer kept programs out.
PAUSE = timedelta(minutes=2)
BEAT = "beat"

logger = logging.getLogger(__name__)


def tick(name: str) -> None:
    """Write a process's sign of life; never raises.

    On a connection of its own: the worker's children are forked from this process and must
    not inherit one from the pool.
    """
    try:
        with psycopg.connect(settings.DATABASE_URL, connect_timeout=5, autocommit=True) as own:
            own.execute(
                "INSERT INTO sync_tick (name, at, since)"
                " VALUES (%s, clock_timestamp(), clock_timestamp())"
                " ON CONFLICT (name) DO UPDATE SET at = excluded.at, since ="
                " CASE WHEN sync_tick.at > excluded.at - %s THEN sync_tick.since ELSE"
                " excluded.since END",
                [name, PAUSE],
            )
    except psycopg.Error as error:
        logger.warning("%s could not write its sign of life: %s", name, type(error).__name__)


def in_service_since() -> datetime | None:
    """From when on this program has run without a longer pause; None: it keeps no signs of life."""
    return Tick.objects.filter(name=BEAT).values_list("since", flat=True).first()
