"""Who we are to push services: one key for the whole mailbox, made on first use."""

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from py_vapid import Vapid02
from py_vapid.utils import b64urlencode

from sync.models import VapidKey
from sync.wakeups.endpoints import origin

SIGNED_FOR = 12 * 3600  # seconds; RFC 8292 allows 24 hours


def key() -> Vapid02:
    """The mailbox's key. Of two that are made at once the first one stays."""
    stored = VapidKey.objects.first()
    if stored is None:
        fresh = Vapid02()
        fresh.generate_keys()
        VapidKey.objects.bulk_create(
            [VapidKey(private=fresh.private_pem().decode())], ignore_conflicts=True
        )
        stored = VapidKey.objects.get()
    return Vapid02.from_pem(stored.private.encode())


def public(vapid: Vapid02) -> str:
    """The key that a device subscribes with (`applicationServerKey`), in base64url."""
    point = vapid.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return str(b64urlencode(point))


def authorization(vapid: Vapid02, endpoint: str, at: float) -> str:
    """The header that signs a push to this endpoint; `at` in seconds since 1970."""
    vapid.conf["no-strict"] = True  # a portal on a machine of its own has no public name
    claims = {"aud": origin(endpoint), "exp": int(at) + SIGNED_FOR, "sub": _contact()}
    return str(vapid.sign(claims)["Authorization"])


def _contact() -> str:
    """Whom a push service writes to when something is wrong."""
    return f"mailto:{settings.SUPPORT_EMAIL}" if settings.SUPPORT_EMAIL else settings.PORTAL_URL
