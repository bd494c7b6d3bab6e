"""A mailbox, and the places of those who read it."""

import uuid
from typing import ClassVar

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
    # The database that this mailbox lived in when its epoch began (see mailbox.epochs).
    origin = models.CharField(max_length=40, null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "direction"], name="mailbox_one_a_direction")
        ]
        indexes: ClassVar = [models.Index(fields=["origin"], name="mailbox_origin")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.direction}"


class Reader(models.Model):
    """A device's place in the down mailbox, or the account's server's in the up mailbox.

    `waiting` and `by_kind` are exact counts of the changes after `acked`, kept by the
    transactions that change them. `generation` rises with each resync and ends the cursors
    handed out before. `fetches` counts how often the page behind `acked` was read, see
    `mailbox.read`. A device that read a mailbox
    which was not filled may hold what this one forgot to delete: `later_mark` is set as its mark
    once the mailbox is filled again.
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
    fetches = models.PositiveSmallIntegerField(default=0, db_default=0)
    fetched_since = models.DateTimeField(null=True, help_text="The first of these.")
    later_mark = models.CharField(max_length=16, blank=True, default="", db_default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["mailbox"], condition=Q(peer=None), name="mailbox_one_up_reader"
            )
        ]

    def __str__(self) -> str:
        return f"reader {self.pk} at {self.acked}"
