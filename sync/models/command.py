import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import Peer


class Command(models.Model):
    """Something a peer is asked to do. It stands in every Mailbox answer until it is done."""

    class Do(models.TextChoices):
        RESEND_ALL = "resend-all"
        SYNC_NOW = "sync-now"
        ERASE = "erase"

    class State(models.TextChoices):
        REQUESTED = "requested"
        FETCHED = "fetched"
        DONE = "done"
        FAILED = "failed"
        SUPERSEDED = "superseded"

    PENDING = (State.REQUESTED, State.FETCHED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    peer = models.ForeignKey(Peer, on_delete=models.CASCADE, related_name="commands")
    do = models.CharField(max_length=10, choices=Do)
    state = models.CharField(max_length=10, choices=State, default=State.REQUESTED)
    requested_at = models.DateTimeField()
    requested_by = models.CharField(max_length=254)
    fetched_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    detail = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["peer", "do"],
                condition=Q(state__in=["requested", "fetched"]),
                name="sync_command_pending_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.do} {self.state}"
