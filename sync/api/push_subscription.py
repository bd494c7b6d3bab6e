"""Where a device can be woken."""

import base64
import binascii
from typing import Annotated

import msgspec
from django.http import HttpRequest, HttpResponse
from msgspec import Meta

from sync.api import problems, shape
from sync.api.base import Endpoint, answer
from sync.wakeups import subscriptions, vapid


class PushKeys(msgspec.Struct):
    """What a push to the device is encrypted with (RFC 8291), in base64url."""

    p256dh: Annotated[str, Meta(description="Its public key: an uncompressed point of P-256.")]
    auth: Annotated[str, Meta(description="The secret shared with us: 16 bytes.")]


class PushSubscription(msgspec.Struct):
    """A subscription as a push service or a browser gives it; other members are ignored."""

    endpoint: Annotated[
        str, Meta(max_length=2048, description="https, a public host; where the push is sent.")
    ]
    keys: PushKeys


class PushSubscriptionView(Endpoint):
    """`PUT`, `DELETE /push-subscription`: how a device can be woken, and that it no longer can."""

    roles = ("device",)

    def put(self, request: HttpRequest) -> HttpResponse:
        said = shape.decode(self.read_body(request), PushSubscription)
        try:
            subscriptions.subscribe(
                self.caller.peer_id,
                said.endpoint,
                _bytes(said.keys.p256dh),
                _bytes(said.keys.auth),
                now=self.now,
            )
        except subscriptions.Unusable as error:
            raise problems.invalid_request(str(error)) from None
        return HttpResponse(status=204)

    def delete(self, request: HttpRequest) -> HttpResponse:
        subscriptions.unsubscribe(self.caller.peer_id)
        return HttpResponse(status=204)


class PushKeyView(Endpoint):
    """`GET /push-key`: the key that a push service asks for when a device subscribes (VAPID)."""

    roles = ("device",)

    def get(self, request: HttpRequest) -> HttpResponse:
        return answer({"key": vapid.public(vapid.key())})


def _bytes(text: str) -> bytes:
    """Base64url, with or without padding; nothing where it is none, which no key is."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""
