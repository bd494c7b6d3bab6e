"""What a server says that it has."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from mailbox.models.box import Mailbox


class Snapshot(models.Model):
    """A server's statement of all that it has of some kinds; what it does not name is gone.

    `accepted` counts the accepted changes of its parts. Once committed, `committed_head` is the
    mailbox's head at that moment, and `done_kind` and
    `done_id` say up to which record the rest was deleted, in slices.
    """

    class State(models.TextChoices):
        OPEN = "open"
        APPLYING = "applying"
        APPLIED = "applied"
        DROPPED = "dropped"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="snapshots")
    version = models.BigIntegerField()
    kinds = ArrayField(models.TextField())
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    accepted = models.BigIntegerField(default=0)
    opened_at = models.DateTimeField()
    committed_at = models.DateTimeField(null=True)
    committed_head = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)
    done_kind = models.CharField(max_length=32, default="", db_collation="C")
    done_id = models.CharField(max_length=64, default="", db_collation="C")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["mailbox"], condition=Q(state="open"), name="mailbox_one_open_snapshot"
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["mailbox"],
                condition=Q(state__in=["open", "applying"]),
                name="mailbox_snapshot_alive",
            )
        ]

    def __str__(self) -> str:
        return f"snapshot {self.pk} {self.state}"


class Named(models.Model):
    """A record that a part of a snapshot named, refused ones too; gone when it has ended."""

    pk = models.CompositePrimaryKey("snapshot_id", "kind", "record_id")
    snapshot = models.ForeignKey(
        Snapshot, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=32, db_collation="C")
    record_id = models.CharField(max_length=64, db_collation="C")

    def __str__(self) -> str:
        return f"{self.kind} {self.record_id}"
