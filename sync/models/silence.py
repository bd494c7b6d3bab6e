from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import Peer


class Silence(models.Model):
    """A peer was asleep: from its last contact, until the one with which it came back."""

    peer = models.ForeignKey(Peer, on_delete=models.CASCADE, related_name="silences")
    began_at = models.DateTimeField(help_text="Its last contact before.")
    noticed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, help_text="Empty: it lasts.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["peer"], condition=Q(ended_at__isnull=True), name="sync_one_open_silence"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["ended_at"])]

    def __str__(self) -> str:
        return f"{self.peer_id} from {self.began_at:%Y-%m-%d %H:%M}"
