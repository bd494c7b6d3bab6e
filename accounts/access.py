"""One door to each account: who may see it. A stranger's answer is that it does not exist."""

import uuid
from collections.abc import Sequence

from accounts.models import Account, Membership, Peer, User


def account_for(user: User, number: str) -> Account | None:
    """The account with this number, if this person belongs to it."""
    return Account.objects.filter(number=number, memberships__user=user).first()


def accounts_of(user: User) -> Sequence[Account]:
    """Every account that this person belongs to, by name."""
    return list(Account.objects.filter(memberships__user=user).order_by("name", "number"))


def is_owner(user: User, account: Account) -> bool:
    """Whether this person may let programs in and change what the account does."""
    return account.memberships.filter(user=user, role=Membership.Role.OWNER).exists()


def peer_for(account: Account, peer_id: uuid.UUID) -> Peer | None:
    """A server or device of this account, live or ended; another account's is unknown."""
    return account.peers.filter(pk=peer_id).first()


def wants_mails(user: User, account: Account) -> bool:
    """Whether this person asked for mails about this account."""
    return account.memberships.filter(user=user, mails=True).exists()


def set_mails(user: User, account: Account, *, mails: bool) -> None:
    """Whether this person is mailed about this account."""
    account.memberships.filter(user=user).update(mails=mails)


def set_own(user: User, *, language: str, time_zone: str) -> None:
    """A person's own language and time zone; empty: what their browser says."""
    User.objects.filter(pk=user.pk).update(language=language, time_zone=time_zone)
