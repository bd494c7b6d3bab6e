"""The processes of the portal: web, worker and beat, and the one that holds who waits."""

import sys
from collections.abc import Mapping
from pathlib import Path

from hhcportal.run.places import CHECKOUT, Places
from hhcportal.run.ports import portal_host
from hhcportal.run.processes import Child, Command

NAMES = ("web", "worker", "beat", "waiting")
WITHOUT_PROXY = ("web", "worker", "beat")
WEB_WORKERS = 2
CELERY_PROCESSES = 2
# Large bodies go back to the system at once; glibc would raise the bar by itself and keep them.
WEB_MEMORY = {"MALLOC_MMAP_THRESHOLD_": "524288"}
# `migrate` has checked everything: to check again, each would read every page and form.
_CELERY = ("celery", "--app=hhcportal", "--skip-checks")


def start(
    name: str,
    places: Places,
    environment: Mapping[str, str],
    port: int,
    *,
    host: str | None = None,
    folder: Path = CHECKOUT,
) -> Child:
    """Start one of NAMES of the release in `folder`; worker and beat tick.

    Web and waiting listen on `port` of `host`, by default the portal's.
    """
    if name in ("web", "waiting"):
        words = {"web": _web, "waiting": _waiting}[name](host or portal_host(), port)
    else:
        words = {"worker": _worker, "beat": _beat}[name](places)
    told = {**environment, "TICK_NAME": name, **(WEB_MEMORY if name == "web" else {})}
    return Child(Command(name, (sys.executable, "-m", *words), told, folder=folder), places)


def _web(host: str, port: int) -> tuple[str, ...]:
    """Threads are left as they are: fewer let a few half-sent bodies hang everybody."""
    return (
        "granian",
        "--interface=wsgi",
        f"--host={host}",
        f"--port={port}",
        f"--workers={WEB_WORKERS}",
        "--respawn-failed-workers",
        "--workers-kill-timeout=3",
        # HTTP/2 bodies carry no length; the proxy in front speaks it to the world.
        "--http=1",
        "--no-ws",
        "hhcportal.wsgi:application",
    )


def _waiting(host: str, port: int) -> tuple[str, ...]:
    return ("hhcportal.waiting", f"--host={host}", f"--port={port}")


def _worker(_places: Places) -> tuple[str, ...]:
    return (
        *_CELERY,
        "worker",
        f"--concurrency={CELERY_PROCESSES}",
        "--loglevel=INFO",
        # One worker has nobody to talk to, and the tick tells that it lives.
        "--without-gossip",
        "--without-mingle",
        "--without-heartbeat",
    )


def _beat(places: Places) -> tuple[str, ...]:
    return (
        *_CELERY,
        "beat",
        "--loglevel=INFO",
        f"--schedule={places.run / 'beat-schedule'}",
        "--pidfile=",
    )
