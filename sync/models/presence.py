from typing import ClassVar

from django.db import models

from accounts.models import Peer


class Presence(models.Model):
    """What a peer's requests told: facts from which its presence is computed.

    A row comes with the pairing; `last_contact` is empty until the first authenticated
    request and is kept to the minute.
    """

    peer = models.OneToOneField(
        Peer, primary_key=True, on_delete=models.CASCADE, related_name="presence"
    )
    last_contact = models.DateTimeField(null=True)
    next_contact_in = models.PositiveIntegerField(null=True, help_text="Seconds, as announced.")
    last_sync = models.DateTimeField(null=True, help_text="Most recent sync.")
    pending = models.IntegerField(null=True, help_text="Own changes not accepted yet.")
    pending_at = models.DateTimeField(null=True)
    last_sent = models.DateTimeField(null=True, help_text="Last batch with an accepted change.")
    last_received = models.DateTimeField(null=True, help_text="Last acknowledged change.")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["last_contact"])]

    def __str__(self) -> str:
        return f"{self.peer_id} {self.last_contact}"
