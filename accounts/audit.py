"""The one door to the audit trail."""

from datetime import datetime

from accounts.models import Account, AuditEvent


def record(
    *, actor: str, account: Account | None, action: str, now: datetime, **detail: str | int | None
) -> None:
    """Note that `actor` did `action`, in the caller's transaction.

    `actor` is a person's e-mail, `peer:<name>` or `operator`; `detail` holds names, counts
    and ids, never a record's content.
    """
    AuditEvent.objects.create(account=account, at=now, actor=actor, action=action, detail=detail)
