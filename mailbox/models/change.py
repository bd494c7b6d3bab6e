"""What lies in a mailbox."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import Peer
from mailbox.models.batch import Batch
from mailbox.models.box import Mailbox


class Change(models.Model):
    """The newest version of a record in a down mailbox: one row a record.

    A put without `data` is a stub, what stays of it where no copy is kept: it has no place, so
    nobody waits for it and no page shows it, and it counts as no row.
    """

    pk = models.CompositePrimaryKey("mailbox_id", "kind", "record_id")
    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=32, db_collation="C")
    record_id = models.CharField(max_length=64, db_collation="C")
    op = models.CharField(max_length=6)
    version = models.BigIntegerField()
    # The sealed letter: the very JSON text that was sent; empty for a delete and a stub.
    data = models.TextField(null=True)
    size = models.IntegerField(help_text="Bytes on a page, envelope included.")
    place = models.BigIntegerField(null=True)
    taken_at = models.DateTimeField(help_text="When it was accepted; a stub: when it became one.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["mailbox", "place"], include=["kind"], name="mailbox_change_place"
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["mailbox", "taken_at"],
                condition=Q(data=None),
                name="mailbox_change_no_letter",
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
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="+")
    index = models.IntegerField()
    device = models.ForeignKey(Peer, on_delete=models.CASCADE, related_name="+", db_index=False)
    taken_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} {self.record_id} at {self.place}"
