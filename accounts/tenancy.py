"""Accounts and the people in them."""

import secrets
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import Account, Membership, User


class NumbersExhausted(Exception):
    """No free account number was found in many draws."""


def create_account(name: str, *, now: datetime, state: str = Account.State.ACTIVE) -> Account:
    """An account under a random eight-digit number, so that none can be guessed from another."""
    for _ in range(50):
        number = str(secrets.randbelow(90_000_000) + 10_000_000)
        try:
            with transaction.atomic():
                return Account.objects.create(
                    number=number, name=name, state=state, state_since=now, created_at=now
                )
        except IntegrityError:
            continue
    raise NumbersExhausted


def add_person(
    account: Account, email: str, *, role: str, password: str | None = None, now: datetime
) -> User:
    """Let a person into an account; a new person gets `password`, a known one keeps theirs."""
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        user = User.objects.create_user(email, password)
    Membership.objects.get_or_create(
        account=account, user=user, defaults={"role": role, "created_at": now}
    )
    return user
