"""The Celery app and beat's schedule. Tasks are nudges; the database row is the truth."""

import os
import threading
import time

from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hhcportal.settings")

from django.conf import settings

app = Celery("hhcportal", broker=settings.REDIS_URL)
app.set_default()  # for every thread: the bell's is not the one that made the app
app.conf.update(
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options={"socket_timeout": 10, "socket_connect_timeout": 5},
    task_ignore_result=True,
    task_serializer="json",
    accept_content=["json"],
    task_time_limit=120,
    # Redelivery is the sweep's work: a late acknowledgement redelivers without end a batch
    # that kills its worker.
    task_acks_late=False,
    worker_prefetch_multiplier=1,
    worker_soft_shutdown_timeout=5,
    worker_hijack_root_logger=False,
    worker_send_task_events=False,
    enable_utc=True,
    beat_schedule={
        "nudge": {"task": "sync.tasks.nudge", "schedule": 10.0, "options": {"expires": 60}},
        "sweep": {"task": "sync.tasks.sweep", "schedule": 30.0, "options": {"expires": 60}},
        "wake-ups": {
            "task": "sync.tasks.send_wake_ups",
            "schedule": 15.0,
            "options": {"expires": 60},
        },
        "mails": {"task": "sync.tasks.send_mails", "schedule": 30.0, "options": {"expires": 60}},
    },
    imports=["sync.tasks"],
)

TICK_SECONDS = 5


def _tick_for_ever(name: str) -> None:
    """Write this process's sign of life; PostgreSQL away is nobody's reason to die."""
    from sync import health

    while True:
        health.tick(name)
        time.sleep(TICK_SECONDS)


def _insist(**_: object) -> None:
    from hhcportal import demands

    demands.insist()


def _start_ticking(**_: object) -> None:
    name = os.environ.get("TICK_NAME")
    if name:
        threading.Thread(target=_tick_for_ever, args=(name,), daemon=True).start()


# Celery offers no other hook; a thread of the main process ticks on while Redis is away.
for begins in (signals.worker_init, signals.beat_init):
    begins.connect(_insist, weak=False)
    begins.connect(_start_ticking, weak=False)
