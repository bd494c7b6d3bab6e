"""What is stored. Only this room writes these tables; everyone else calls its functions.

A *place* is a position in one mailbox, given out under that mailbox's row lock, counting
from 1; place 0 is the start. Columns that hold places are bigints.
"""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.models import Account, Peer


class Mailbox(models.Model):
    """One direction of an account. Its row lock is the mailbox lock."""

    class Direction(models.TextChoices):
        DOWN = "down", "server → devices"
        UP = "up", "devices → server"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="mailboxes")
    direction = models.CharField(max_length=4, choices=Direction)
    head = models.BigIntegerField(default=0, help_text="The last place given out.")
    rows = models.BigIntegerField(default=0, help_text="Changes that lie here.")
    bytes = models.BigIntegerField(default=0, help_text="Their size.")
    live = models.BigIntegerField(default=0, help_text="Down: records that are not deleted.")
    # The highest version of an applied batch; down only, never lowered.
    highest_version = models.BigIntegerField(default=0)
    checkpoint = models.TextField(null=True)
    epoch = models.UUIDField(default=uuid.uuid4)
    keep_copy = models.BooleanField(default=True)
    filled = models.BooleanField(default=True, help_text="Holds every live record.")
    storage_days = models.PositiveIntegerField(default=60)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "direction"], name="mailbox_one_a_direction")
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.direction}"


class Reader(models.Model):
    """A device's place in the down mailbox, or the account's server's in the up mailbox.

    `waiting` and `by_kind` are exact counts of the changes after `acked`, kept by the
    transactions that change them. `generation` rises with each resync and ends the cursors
    handed out before.
    """

    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="readers")
    peer = models.OneToOneField(
        Peer, null=True, on_delete=models.CASCADE, related_name="reader", help_text="Empty: up."
    )
    acked = models.BigIntegerField(default=0)
    waiting = models.BigIntegerField(default=0)
    by_kind = models.JSONField(default=dict)
    since = models.DateTimeField(null=True, help_text="When waiting last left 0.")
    generation = models.IntegerField(default=1)
    mark = models.CharField(max_length=16, blank=True)
    marked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["mailbox"], condition=Q(peer=None), name="mailbox_one_up_reader"
            )
        ]

    def __str__(self) -> str:
        return f"reader {self.pk} at {self.acked}"


class Change(models.Model):
    """The newest version of a record in a down mailbox: one row a record."""

    pk = models.CompositePrimaryKey("mailbox_id", "kind", "record_id")
    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=32, db_collation="C")
    record_id = models.CharField(max_length=64, db_collation="C")
    op = models.CharField(max_length=6)
    version = models.BigIntegerField()
    # The sealed letter: the very JSON text that was sent; empty for a delete.
    data = models.TextField(null=True)
    size = models.IntegerField(help_text="Bytes on a page, envelope included.")
    place = models.BigIntegerField()
    taken_at = models.DateTimeField(help_text="When the mailbox accepted it.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["mailbox", "place"], include=["kind"], name="mailbox_change_place"
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["mailbox", "taken_at"],
                condition=Q(op="delete"),
                name="mailbox_change_deletes",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.record_id} v{self.version}"


class UpChange(models.Model):
    """A device's edit on its way to the server. Every one is kept, in order."""

    pk = models.CompositePrimaryKey("mailbox_id", "place")
    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="+", db_index=False)
    place = models.BigIntegerField()
    kind = models.CharField(max_length=32, db_collation="C")
    record_id = models.CharField(max_length=64, db_collation="C")
    op = models.CharField(max_length=6)
    base_version = models.BigIntegerField(null=True)
    ref = models.CharField(max_length=64, null=True)
    data = models.TextField(null=True)
    size = models.IntegerField()
    batch = models.ForeignKey("Batch", on_delete=models.CASCADE, related_name="+")
    index = models.IntegerField()
    device = models.ForeignKey(Peer, on_delete=models.CASCADE, related_name="+", db_index=False)
    taken_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} {self.record_id} at {self.place}"


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
    key = models.CharField(max_length=128, null=True, db_collation="C")
    body_sha256 = models.BinaryField()
    received_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.RECEIVED)
    accepted = models.IntegerField()
    applied = models.IntegerField(default=0)
    stale = models.IntegerField(default=0)
    rejected = models.JSONField(default=list)
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
