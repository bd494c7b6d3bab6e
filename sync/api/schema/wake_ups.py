"""The operations by which a device says how it can be woken."""

from sync.api.push_subscription import PushKeyView, PushSubscription, PushSubscriptionView
from sync.api.schema import answers, examples
from sync.api.schema.operation import Answer, Content, Operation

WAKE_UPS = (
    Operation(
        method="put", path="/push-subscription", view=PushSubscriptionView, name="subscribe",
        tag="Wake-ups", summary="Say how this device can be woken",
        description=(
            "A subscription of Web Push, or of UnifiedPush, which speaks the same. While something "
            "waits and the device does not call it is sent a push without content: after a "
            "minute, half an hour, two hours, twelve hours, then daily for a week. In place of an "
            "earlier one; the same again changes nothing."
        ),
        body=Content(shapes=(PushSubscription,), example=examples.PUSH_SUBSCRIPTION),
        answer=Answer(status=204, description="Noted."),
    ),
    Operation(
        method="delete", path="/push-subscription", view=PushSubscriptionView,
        name="unsubscribe", tag="Wake-ups", summary="This device can no longer be woken",
        description="Safe to repeat.",
        answer=Answer(status=204, description="Forgotten."),
    ),
    Operation(
        method="get", path="/push-key", view=PushKeyView, name="push_key", tag="Wake-ups",
        summary="The key to subscribe with at a push service",
        description="The mailbox's public key (VAPID): a browser's `applicationServerKey`.",
        answer=Answer(
            status=200, description="The key.",
            content=Content(shapes=(answers.PushKey,), example=examples.PUSH_KEY),
        ),
    ),
)  # fmt: skip
