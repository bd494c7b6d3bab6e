"""What every page of an account shares: who looks at which account, and where else they may go."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest

from accounts import access
from accounts.models import Account
from hhcportal.pages.door import person


def frame(request: HttpRequest, account: Account, now: datetime) -> dict[str, Any]:
    """The context that `base.html` draws its navigation from, and whether this is an owner."""
    user = person(request)
    return {
        "now": now,
        "account": account,
        "accounts": access.accounts_of(user),
        "owner": access.is_owner(user, account),
    }
