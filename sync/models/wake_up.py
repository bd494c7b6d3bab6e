from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import Peer


class PushSubscription(models.Model):
    """Where a device can be woken (RFC 8030), and when it is next looked at whether to do it.

    A row a device, so it never has two wake-ups before it; the ladder itself is computed
    (`sync.wakeups.ladder`) from facts.
    """

    peer = models.OneToOneField(
        Peer, primary_key=True, on_delete=models.CASCADE, related_name="push_subscription"
    )
    endpoint = models.CharField(max_length=2048)
    p256dh = models.BinaryField(help_text="The device's public key, an uncompressed point.")
    auth = models.BinaryField(help_text="The secret that it shares with us, 16 bytes.")
    subscribed_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True, help_text="The push service said that it ended.")
    due_at = models.DateTimeField(null=True, help_text="When it is looked at next, if ever.")
    asked_at = models.DateTimeField(null=True, help_text="When a person last asked to wake it.")
    sent_at = models.DateTimeField(null=True, help_text="The last one that may have arrived.")
    paused_until = models.DateTimeField(null=True, help_text="Its push service asked for it.")
    failures = models.PositiveSmallIntegerField(default=0, help_text="Refused since one went out.")

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"], condition=Q(due_at__isnull=False), name="sync_wake_up_due"
            )
        ]

    def __str__(self) -> str:
        return str(self.peer_id)


class WakeUp(models.Model):
    """One that was sent to a device's push service, and what became of it there."""

    class Result(models.TextChoices):
        ACCEPTED = "accepted"
        GONE = "gone"
        REFUSED = "refused"
        UNREACHED = "unreached"
        UNANSWERED = "unanswered"

    peer = models.ForeignKey(Peer, on_delete=models.CASCADE, related_name="wake_ups")
    sent_at = models.DateTimeField()
    result = models.CharField(max_length=10, choices=Result)
    status = models.PositiveSmallIntegerField(null=True, help_text="The push service's answer.")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["peer", "-sent_at"], name="sync_wake_up_of_peer"),
            models.Index(fields=["sent_at"], name="sync_wake_up_sent"),
        ]

    def __str__(self) -> str:
        return f"{self.sent_at:%Y-%m-%d %H:%M} {self.result}"


class VapidKey(models.Model):
    """The key by which push services know this mailbox (RFC 8292); one row, made on first use.

    In the database because every subscription is bound to it: a backup without it would lose them
    all.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    private = models.TextField(help_text="PKCS #8, PEM.")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(id=1), name="sync_one_vapid_key")
        ]

    def __str__(self) -> str:
        return "VAPID key"
