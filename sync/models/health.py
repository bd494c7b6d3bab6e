from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import Account


class AccountHealth(models.Model):
    """How an account stood when it was last looked at, for lists; see `sync.account_health`.

    Nobody trusts it who looks at one account: that is computed from facts. `worst` is the code of
    its worst finding, empty for none; `rank` sorts by trouble, worst first.
    """

    account = models.OneToOneField(
        Account, primary_key=True, on_delete=models.CASCADE, related_name="health"
    )
    worst = models.CharField(max_length=32, blank=True)
    severity = models.CharField(max_length=8, blank=True)
    rank = models.PositiveSmallIntegerField(default=0)
    findings = models.PositiveSmallIntegerField(default=0, help_text="How many.")
    waiting = models.BigIntegerField(default=0, help_text="For all its readers together.")
    checked_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(help_text="When it is looked at again.")

    class Meta:
        verbose_name_plural = "account health"
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="sync_health_due"),
            models.Index(
                fields=["rank", "account"], condition=~Q(worst=""), name="sync_health_trouble"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.worst or 'well'}"
