"""Signs of life of the long-running processes."""

import logging

import psycopg
from django.conf import settings

logger = logging.getLogger(__name__)


def tick(name: str) -> None:
    """Write a process's sign of life; never raises.

    On a connection of its own: the worker's children are forked from this process and must
    not inherit one from the pool.
    """
    try:
        with psycopg.connect(settings.DATABASE_URL, connect_timeout=5, autocommit=True) as own:
            own.execute(
                "INSERT INTO sync_tick (name, at) VALUES (%s, clock_timestamp())"
                " ON CONFLICT (name) DO UPDATE SET at = excluded.at",
                [name],
            )
    except psycopg.Error as error:
        logger.warning("%s could not write its sign of life: %s", name, type(error).__name__)
