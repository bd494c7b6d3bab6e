"""The demands of `hhcportal.run.demands`, put to the database by each program of the portal."""

import logging
import os
import signal
import threading
import time
from collections.abc import Sequence

import psycopg
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning
from django.db import connections

from hhcportal.run import demands
from hhcportal.run.postgres import conninfo

logger = logging.getLogger(__name__)

LOOK_AGAIN_SECONDS = 1.0


def check_database(*, databases: Sequence[str] | None = None, **_: object) -> list[CheckMessage]:
    """Django's check, for `migrate` and `check --database default`; a waived demand warns."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        with connections[alias].cursor() as cursor:
            sentence, waived = demands.unmet(cursor)
        if sentence:
            kind = Warning if waived else Error
            found.append(kind(sentence, id="hhcportal.database"))
    return found


def insist() -> None:
    """Refuse a database that would lose what was accepted: SystemExit with a sentence.

    While the database does not answer the program starts all the same, so that nobody has to
    start it again later; a thread asks until it answers, and ends the process then.
    """
    try:
        sentence = _unmet()
    except psycopg.OperationalError:
        threading.Thread(target=_insist_later, name="demands", daemon=True).start()
        return
    if sentence:
        raise SystemExit(sentence)


def _insist_later() -> None:
    while True:
        time.sleep(LOOK_AGAIN_SECONDS)
        try:
            sentence = _unmet()
        except psycopg.OperationalError:
            continue
        if sentence:
            logger.critical("%s", sentence)
            os.kill(os.getpid(), signal.SIGTERM)
        return


def _unmet() -> str:
    """What is unmet and not waived. Raises psycopg.OperationalError where nothing answers.

    On a connection of its own: a pool would wait for the database, and a worker's children are
    forked from the process that asks.
    """
    with psycopg.connect(conninfo(settings.DATABASE_URL), connect_timeout=5) as own:
        sentence, waived = demands.unmet(own.cursor())
    if waived:
        logger.warning("%s", sentence)
        return ""
    return sentence
