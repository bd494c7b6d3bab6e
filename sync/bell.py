"""The bell: tells the workers what to apply, and the waiting process whose peers should look.

It never rings inside a request. A request puts an id into a set; one daemon thread a process
publishes what has gathered. With the broker paused or gone the thread is silent for a while and
the request knows nothing of it: beat's nudge, and the look that whoever waits takes anyway, are
the guarantee.
"""

import atexit
import logging
import threading
import time
from functools import cache

import redis
from celery import current_app
from django.conf import settings
from django.db import transaction
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)

SILENT_SECONDS = 5.0
LAST_WORDS_SECONDS = 2.0
# Account ids, some to a message. One channel for all: whoever waits is found in the process.
CHANNEL = "mailbox:news"

_received: set[int] = set()  # mailboxes with something to apply
_news: set[int] = set()  # accounts with something to see
_wake = threading.Condition()
_threads: list[threading.Thread] = []
_busy = threading.Event()


def ring(mailbox_id: int) -> None:
    """Have the mailbox applied soon; returns at once and never raises."""
    _put(_received, mailbox_id)


def tell(account_id: int) -> None:
    """Once this transaction is committed, have the account's waiting peers look.

    Returns at once and never raises.
    """
    transaction.on_commit(lambda: _put(_news, account_id))


def _put(ids: set[int], one: int) -> None:
    with _wake:
        ids.add(one)
        if not any(thread.is_alive() for thread in _threads):  # none yet, or lost in a fork
            _threads[:] = [threading.Thread(target=_publish_for_ever, name="bell", daemon=True)]
            _threads[0].start()
        _wake.notify()


def _publish_for_ever() -> None:
    while True:
        with _wake:
            _busy.clear()
            _wake.wait_for(lambda: bool(_received or _news))
            _busy.set()
            mailboxes, accounts = sorted(_received), sorted(_news)
            _received.clear()
            _news.clear()
        try:
            if accounts:
                _publisher().publish(CHANNEL, " ".join(map(str, accounts)))
            for mailbox_id in mailboxes:
                current_app.send_task("sync.tasks.apply", args=[mailbox_id], retry=False)
        except Exception as error:  # noqa: BLE001 (the broker's client raises of many kinds)
            logger.warning("the broker did not take a nudge: %s", type(error).__name__)
            _busy.clear()
            time.sleep(SILENT_SECONDS)


@cache
def _publisher() -> "redis.Redis":
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2, retry=Retry(NoBackoff(), 1)
    )


@atexit.register
def _last_words() -> None:
    """An operator's command ends as soon as it has committed: let the bell be heard first."""
    until = time.monotonic() + LAST_WORDS_SECONDS
    while time.monotonic() < until and (_received or _news or _busy.is_set()):
        time.sleep(0.01)
