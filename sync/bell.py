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
_thread: threading.Thread | None = None


def ring(mailbox_id: int) -> None:
    """Have the mailbox applied soon; returns at once and never raises."""
    global _thread
    with _wake:
        _waiting.add(mailbox_id)
        if _thread is None or not _thread.is_alive():  # none yet, or lost in a fork
            _thread = threading.Thread(target=_publish_for_ever, name="bell", daemon=True)
            _thread.start()
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
        except Exception as error:  # the broker's client raises of many kinds
            logger.warning("the broker did not take a nudge: %s", type(error).__name__)
            time.sleep(SILENT_SECONDS)
