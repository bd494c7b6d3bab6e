from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import Account, Peer


class Notice(models.Model):
    """Something of which an account's people may want a mail; a row for each time it comes true.

    `code`: a finding's, or one of `sync.notices` alone.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="notices")
    code = models.CharField(max_length=32)
    peer = models.ForeignKey(Peer, on_delete=models.CASCADE, null=True, related_name="notices")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, help_text="Empty: it lasts.")
    due_at = models.DateTimeField(null=True, help_text="When it is mailed; empty: that is over.")
    mailed_at = models.DateTimeField(null=True, help_text="Empty: nobody was mailed.")
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "code", "peer"],
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="sync_one_open_notice",
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"], condition=Q(due_at__isnull=False), name="sync_notice_due"
            ),
            models.Index(fields=["ended_at"], name="sync_notice_ended"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.code}"
