"""Web Push: RFC 8030 with the encryption of RFC 8291 and the signature of RFC 8292.

UnifiedPush speaks the same. Another push service, as FCM or APNs, would be another function with
the shape of `push`.
"""

import math
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

import http_ece
import httpcore
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02

from sync.models import WakeUp
from sync.wakeups import vapid
from sync.wakeups.endpoints import PublicNetwork, origin

# It says nothing; an empty one would be no message to some push services.
CONTENT = b"{}"
# How long a push service keeps it for a phone that is off: by then a later one has gone out.
TTL = timedelta(days=1)
# A newer one replaces one that still lies there.
TOPIC = "mail"
# A lower one is held back in deep sleep, which is what it is to end.
URGENCY = "high"
LONGEST_PAUSE = timedelta(hours=12)

Result = WakeUp.Result


@dataclass(frozen=True)
class To:
    """A device's push subscription: where, its public key as a point, the shared secret."""

    endpoint: str
    p256dh: bytes
    auth: bytes


@dataclass(frozen=True)
class Answer:
    """What became of a push. `pause`: how long the push service asks us to wait, if it does."""

    result: str
    status: int | None = None
    pause: timedelta | None = None


def push(to: To, key: Vapid02, *, now: datetime) -> Answer:
    """Send one; takes ten seconds at most and never raises for what the other side does."""
    headers = {
        "Host": _host(to.endpoint),
        "Authorization": vapid.authorization(key, to.endpoint, now.timestamp()),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(int(TTL.total_seconds())),
        "Topic": TOPIC,
        "Urgency": URGENCY,
        "User-Agent": "handheld-mailbox",
    }
    network = PublicNetwork(loopback=to.endpoint.startswith("http:"))
    try:
        with (
            httpcore.ConnectionPool(network_backend=network) as pool,
            pool.stream(
                "POST", to.endpoint, headers=list(headers.items()), content=sealed(to)
            ) as response,
        ):
            return _answer(response.status, dict(response.headers), now)
    except (httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.UnsupportedProtocol):
        return Answer(Result.UNREACHED)
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError):
        return Answer(Result.UNANSWERED)


def _host(endpoint: str) -> str:
    return origin(endpoint).partition("://")[2]


def sealed(to: To) -> bytes:
    """The body of a push, which this device alone can open."""
    return bytes(
        http_ece.encrypt(
            CONTENT,
            salt=os.urandom(16),
            private_key=ec.generate_private_key(ec.SECP256R1()),
            dh=to.p256dh,
            auth_secret=to.auth,
            version="aes128gcm",
        )
    )


def _answer(status: int, headers: dict[bytes, bytes], now: datetime) -> Answer:
    if 200 <= status < 300:
        return Answer(Result.ACCEPTED, status)
    if status in (404, 410):
        return Answer(Result.GONE, status)
    told = next((value for name, value in headers.items() if name.lower() == b"retry-after"), b"")
    return Answer(Result.REFUSED, status, _pause(told.decode("latin-1"), now))


def _pause(told: str, now: datetime) -> timedelta | None:
    """`Retry-After`, in seconds or as a date; None where it says nothing of use."""
    try:
        if told.isascii() and told.isdigit():
            seconds = float(told[:9])
        else:
            seconds = (parsedate_to_datetime(told) - now).total_seconds()
    except (ValueError, TypeError):
        return None
    if not math.isfinite(seconds) or seconds <= 0:
        return None
    return min(timedelta(seconds=seconds), LONGEST_PAUSE)
