import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import Account, Peer


class Session(models.Model):
    """One sync of one peer, from start to finish. Open while `result` is empty.

    An implicit session is the mailbox's own, for data that came without a session.
    `sent` and `received` are the mailbox's counts; the client's own are in `client_counts`.
    """

    class Result(models.TextChoices):
        OK = "ok"
        FAILED = "failed"
        INTERRUPTED = "interrupted"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    peer = models.ForeignKey(Peer, on_delete=models.CASCADE, related_name="sessions")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="sessions")
    implicit = models.BooleanField(default=False)
    reason = models.CharField(max_length=10)
    client_version = models.CharField(max_length=40, blank=True)
    started_at = models.DateTimeField()
    last_request_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=11, choices=Result, null=True)
    error_code = models.CharField(max_length=64, blank=True)
    error_detail = models.CharField(max_length=500, blank=True)
    sent = models.BigIntegerField(default=0)
    received = models.BigIntegerField(default=0)
    batches = models.IntegerField(default=0, help_text="Batches with an accepted change.")
    place = models.BigIntegerField(null=True, help_text="The furthest place that it acknowledged.")
    client_counts = models.JSONField(default=dict)
    clock_off = models.FloatField(null=True, help_text="Seconds its clock was ahead of ours.")
    slept = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["peer"], condition=Q(result=None), name="sync_session_one_open"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["account", "-started_at"]),
            models.Index(fields=["peer", "-started_at"]),
            models.Index(
                fields=["last_request_at"], condition=Q(result=None), name="sync_session_open"
            ),
            models.Index(
                fields=["finished_at"],
                condition=Q(finished_at__isnull=False),
                name="sync_session_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.started_at:%Y-%m-%d %H:%M} {self.result or 'open'}"
