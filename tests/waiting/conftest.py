"""Accounts of the tests' own on the running program, each with a server and two devices."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.stack import Stack
from tests.waiting.offices import Account, open_offices
from tests.waiting.program import Program

ENOUGH = 20


@dataclass(frozen=True)
class Office:
    """An account's programs, and its number for the operator's commands."""

    number: str
    server: Program
    phone: Program
    tablet: Program


@pytest.fixture(scope="session")
def accounts(stack: Stack) -> list[Account]:
    """Opened at once, for each start of Django takes as long as a test."""
    return open_offices(stack.environment, accounts=ENOUGH, devices=2)


@pytest.fixture
def account(accounts: list[Account]) -> Account:
    """One that no other test uses."""
    return accounts.pop()


@pytest.fixture
def office(stack: Stack, account: Account) -> Iterator[Office]:
    server, phone, tablet = (Program(stack.url, k) for k in (account.server, *account.devices))
    yield Office(account.number, server, phone, tablet)
    for program in (server, phone, tablet):
        program.close()
