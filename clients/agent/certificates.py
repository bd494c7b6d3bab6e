"""How long a server's certificate lasts: one that runs out stops every sync at once."""

from __future__ import annotations

import socket
import ssl
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from clients.agent.checks import Examination

_PATIENCE = 10.0
_SOON = 14 * 86400.0


def examine(examination: Examination, name: str, url: str, ca_file: Path | None = None) -> None:
    """Tell when the certificate behind an https URL ends, once that URL was reached.

    Asked for directly: behind a proxy there may be no answer, and then there is nothing to tell.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        return
    try:
        ends = _ends(parts.hostname, parts.port or 443, ca_file)
    except OSError:
        return
    day = f"{datetime.fromtimestamp(ends, UTC):%Y-%m-%d}"
    if ends - time.time() > _SOON:
        examination.ok(name, f"The certificate of {parts.hostname} is trusted until {day}.")
    else:
        examination.warning(
            name, f"The certificate of {parts.hostname} ends on {day}: have it renewed before."
        )


def _ends(host: str, port: int, ca_file: Path | None) -> float:
    context = httpx.create_ssl_context()
    if ca_file:
        context.load_verify_locations(ca_file)
    with (
        socket.create_connection((host, port), timeout=_PATIENCE) as line,
        context.wrap_socket(line, server_hostname=host) as secured,
    ):
        shown = secured.getpeercert() or {}
    return ssl.cert_time_to_seconds(str(shown["notAfter"]))
