"""One door to each account: who may see it. A stranger's answer is that it does not exist."""

from collections.abc import Sequence

from accounts.models import Account, User


def account_for(user: User, number: str) -> Account | None:
    """The account with this number, if this person belongs to it."""
    return Account.objects.filter(number=number, memberships__user=user).first()


def accounts_of(user: User) -> Sequence[Account]:
    """Every account that this person belongs to, by name."""
    return list(Account.objects.filter(memberships__user=user).order_by("name", "number"))
