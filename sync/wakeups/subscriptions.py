"""Push subscriptions: taken, given up, and looked at when an account has news."""

import uuid
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric import ec
from django.db import connection

from sync.models import PushSubscription
from sync.wakeups import endpoints, ladder

AUTH_BYTES = 16
POINT_BYTES = 65


class Unusable(Exception):
    """No push can be sent with it; the words say why."""


def subscribe(
    peer_id: uuid.UUID, endpoint: str, p256dh: bytes, auth: bytes, *, now: datetime
) -> None:
    """Take a device's subscription, in place of an earlier one. Raises Unusable.

    The same again changes nothing but that it is looked at soon, so that a device may say so with
    each start and is woken no more often for it.
    """
    _check(endpoint, p256dh, auth)
    with connection.cursor() as cursor:
        cursor.execute(
            _SUBSCRIBE,
            {
                "peer": peer_id, "endpoint": endpoint, "p256dh": p256dh, "auth": auth, "now": now,
                "due": now + ladder.FIRST,
            },
        )  # fmt: skip


def unsubscribe(peer_id: uuid.UUID) -> None:
    """Forget a device's subscription; that it has none is no error."""
    PushSubscription.objects.filter(peer_id=peer_id).delete()


def look_soon(account_id: int, *, now: datetime) -> None:
    """Something came that a device of this account may have to be woken for.

    Inside the transaction that brings it, so that the look stands in PostgreSQL with it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LOOK_SOON, {"account": account_id, "due": now + ladder.FIRST})


def wish(peer_id: uuid.UUID, *, now: datetime) -> bool:
    """Have a device woken now, or as soon as it may be again; False: it cannot be."""
    living = PushSubscription.objects.filter(peer_id=peer_id, gone_at__isnull=True)
    return bool(living.update(asked_at=now, due_at=now))


# What the earlier subscription was sent counts: never two within twenty minutes.
_SUBSCRIBE = """
INSERT INTO sync_pushsubscription AS s
    (peer_id, endpoint, p256dh, auth, subscribed_at, due_at, failures)
VALUES (%(peer)s, %(endpoint)s, %(p256dh)s, %(auth)s, %(now)s, %(due)s, 0)
ON CONFLICT (peer_id) DO UPDATE SET endpoint = excluded.endpoint, p256dh = excluded.p256dh,
    auth = excluded.auth, subscribed_at = excluded.subscribed_at, gone_at = NULL, failures = 0,
    paused_until = NULL,
    due_at = least(s.due_at, excluded.due_at)
"""
_LOOK_SOON = """
UPDATE sync_pushsubscription s SET due_at = %(due)s FROM accounts_peer p
WHERE p.id = s.peer_id AND p.account_id = %(account)s AND s.gone_at IS NULL
AND (s.due_at IS NULL OR s.due_at > %(due)s)
"""


def _check(endpoint: str, p256dh: bytes, auth: bytes) -> None:
    try:
        endpoints.check_form(endpoint)
    except endpoints.Forbidden as error:
        raise Unusable(f"No push is sent to this `endpoint`. {error}") from None
    if len(auth) != AUTH_BYTES:
        raise Unusable("`auth` is not the base64url of 16 bytes.")
    try:
        if len(p256dh) != POINT_BYTES:
            raise ValueError
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), p256dh)
    except ValueError:
        raise Unusable("`p256dh` is not the base64url of a point of P-256.") from None
