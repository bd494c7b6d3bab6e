"""`/metrics` for Prometheus: how long requests take, and the mailbox's pulse.

Every serving process of this machine leaves its numbers in a folder, and
whoever is asked answers with all of them. What lies in PostgreSQL is looked up when it is asked.
"""

import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from psycopg_pool import PoolTimeout

from accounts import clock
from hhcportal.shared_numbers import FOLDER
from sync import pulse

DURATIONS = Histogram(
    "mailbox_request_seconds",
    "How long requests took; of one that waits for mail, each look.",
    ("method", "route", "status"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
WAITING_PEERS = Gauge(
    "mailbox_waiting_peers", "Programs that wait for mail.", multiprocess_mode="livesum"
)


def timed(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Measure every request. Its route is told, never its path, which holds ids."""

    def middleware(request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = get_response(request)
        match = request.resolver_match
        route = match.route if match else "-"
        DURATIONS.labels(_method(request), route, response.status_code).observe(
            time.perf_counter() - began
        )
        return response

    return middleware


def metrics(request: HttpRequest) -> HttpResponse:
    """For whoever brings the token of `METRICS_TOKEN`; for everybody else nothing is here."""
    given = request.headers.get("Authorization", "")
    wanted = f"Bearer {settings.METRICS_TOKEN}"
    if not settings.METRICS_TOKEN or not secrets.compare_digest(given.encode(), wanted.encode()):
        raise Http404
    registry = CollectorRegistry()
    if FOLDER in os.environ:
        _forget_dead(Path(os.environ[FOLDER]))
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        for own in (DURATIONS, WAITING_PEERS):
            registry.register(own)
    registry.register(_InDatabase())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _InDatabase:
    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("mailbox_database_up", "Whether PostgreSQL answers.")
        try:
            families = list(_families())
        except (Error, PoolTimeout):
            families = []
        up.add_metric([], bool(families))
        yield up
        yield from families


def _families() -> Iterator[Metric]:
    now = clock.now()
    taken = pulse.take(now=now)
    ticks = GaugeMetricFamily(
        "mailbox_tick_age_seconds", "Since the last sign of life.", labels=["process"]
    )
    for name, age in taken.ticks.items():
        ticks.add_metric([name], age)
    yield ticks
    yield GaugeMetricFamily(
        "mailbox_oldest_unapplied_batch_seconds", "How long the oldest received batch has waited.",
        value=taken.oldest_unapplied or 0,
    )  # fmt: skip
    yield GaugeMetricFamily(
        "mailbox_oldest_due_wake_up_seconds", "How long the oldest wake-up has been due.",
        value=taken.oldest_wake_up or 0,
    )  # fmt: skip
    yield GaugeMetricFamily(
        "mailbox_readers_with_mail", "For how many something waits.", value=pulse.waited_for()
    )
    peers = GaugeMetricFamily(
        "mailbox_peers", "Servers and devices that are paired.", labels=["role", "presence"]
    )
    for (role, presence), count in pulse.peers(now=now).items():
        peers.add_metric([role, presence], count)
    yield peers


def _method(request: HttpRequest) -> str:
    """One of the known ones: a stranger's words make no series of their own."""
    known = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH")
    return str(request.method) if request.method in known else "other"


def _forget_dead(folder: Path) -> None:
    """In a process that was killed nobody waits any more."""
    for file in folder.glob("gauge_live*_*.db"):
        pid = int(file.stem.rpartition("_")[2])
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            with suppress(FileNotFoundError):
                mark_process_dead(pid)  # type: ignore[no-untyped-call]
        except PermissionError:
            continue
