"""What was pushed, and what became of it."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.models import Peer
from mailbox.models.box import Mailbox


class Batch(models.Model):
    """What one push delivered. `id` is the order of arrival, `uuid` the name outside."""

    class State(models.TextChoices):
        RECEIVED = "received"
        APPLIED = "applied"
        FAILED = "failed"

    uuid = models.UUIDField(unique=True)
    mailbox = models.ForeignKey(
        Mailbox, on_delete=models.CASCADE, related_name="batches", db_index=False
    )
    peer = models.ForeignKey(Peer, on_delete=models.CASCADE, related_name="batches", db_index=False)
    part_of = models.UUIDField(null=True, help_text="The snapshot that it is a part of.")
    key = models.CharField(max_length=128, null=True, db_collation="C")
    body_sha256 = models.BinaryField()
    received_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.RECEIVED)
    accepted = models.IntegerField()
    applied = models.IntegerField(default=0)
    stale = models.IntegerField(default=0)
    rejected = models.JSONField(default=list)
    # Apart from what the sender is told: a release before reads `rejected` as it is.
    refused_names = models.JSONField(
        null=True, help_text="Kind and id of each rejected change, null where unreadable."
    )
    checkpoint = models.TextField(null=True)
    max_version = models.BigIntegerField(default=0)
    tries = models.IntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    final_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["peer", "key"], name="mailbox_batch_key")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["mailbox", "id"],
                condition=Q(state="received"),
                name="mailbox_batch_received",
            ),
            models.Index(fields=["mailbox", "-id"], name="mailbox_batch_newest"),
            # Few among millions, looked for by every page and every list of who is late.
            models.Index(
                fields=["mailbox", "final_at"],
                condition=Q(state="failed"),
                name="mailbox_batch_failed",
            ),
        ]

    def __str__(self) -> str:
        return f"batch {self.uuid} {self.state}"


class Content(models.Model):
    """The accepted changes of a batch that is not applied yet, a column each.

    `versions` are a server's versions or a device's base versions (null: a new record).
    """

    batch = models.OneToOneField(Batch, primary_key=True, on_delete=models.CASCADE)
    # Empty where a release before the second wall stored it; `manage.py wall up` fills it in.
    # The batch holds it to a mailbox that is there: a constraint of its own would prove no more.
    mailbox = models.ForeignKey(
        Mailbox,
        null=True,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    indexes = ArrayField(models.IntegerField())
    kinds = ArrayField(models.TextField())
    record_ids = ArrayField(models.TextField())
    ops = ArrayField(models.TextField())
    versions = ArrayField(models.BigIntegerField(null=True))
    refs = ArrayField(models.TextField(null=True))
    data = ArrayField(models.TextField(null=True))

    def __str__(self) -> str:
        return f"content of {self.batch_id}"


class Outcome(models.Model):
    """What became of one change of a device's batch."""

    class State(models.TextChoices):
        WAITING = "waiting"
        COLLECTED = "collected"
        APPLIED = "applied"
        CONFLICT = "conflict"
        REJECTED = "rejected"
        EXPIRED = "expired"

    pk = models.CompositePrimaryKey("batch_id", "index")
    batch = models.ForeignKey(
        Batch, on_delete=models.CASCADE, related_name="outcomes", db_index=False
    )
    index = models.IntegerField()
    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="+", db_index=False)
    place = models.BigIntegerField()
    kind = models.CharField(max_length=32, db_collation="C")
    record_id = models.CharField(max_length=64, db_collation="C")
    ref = models.CharField(max_length=64, null=True)
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    version = models.BigIntegerField(null=True)
    detail = models.CharField(max_length=500, blank=True)
    final_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["mailbox", "place"],
                condition=Q(state="waiting"),
                name="mailbox_outcome_waiting",
            ),
            models.Index(
                fields=["mailbox"],
                condition=Q(state__in=["waiting", "collected"]),
                name="mailbox_outcome_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.index} {self.state}"
