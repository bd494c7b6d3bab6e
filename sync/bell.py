"""The bell: tells the workers that a mailbox has something to apply.

It never rings inside a request. A request puts a mailbox's id into a set; one daemon thread
a process publishes what has gathered. With the broker paused or gone the thread is silent
for a while and the request knows nothing of it: beat's nudge is the guarantee.
"""

import logging
import threading
import time

from celery import current_app

logger = logging.getLogger(__name__)

SILENT_SECONDS = 5.0

_waiting: set[int] = set()
_wake = threading.Condition()
_threads: list[threading.Thread] = []


def ring(mailbox_id: int) -> None:
    """Have the mailbox applied soon; returns at once and never raises."""
    with _wake:
        _waiting.add(mailbox_id)
        if not any(thread.is_alive() for thread in _threads):  # none yet, or lost in a fork
            _threads[:] = [threading.Thread(target=_publish_for_ever, name="bell", daemon=True)]
            _threads[0].start()
        _wake.notify()


def _publish_for_ever() -> None:
    while True:
        with _wake:
            _wake.wait_for(lambda: bool(_waiting))
            ids = sorted(_waiting)
            _waiting.clear()
        try:
            for mailbox_id in ids:
                current_app.send_task("sync.tasks.apply", args=[mailbox_id], retry=False)
        except Exception as error:  # noqa: BLE001 (the broker's client raises of many kinds)
            logger.warning("the broker did not take a nudge: %s", type(error).__name__)
            time.sleep(SILENT_SECONDS)
