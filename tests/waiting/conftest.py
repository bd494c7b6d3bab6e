"""Accounts of the tests' own on the running program, each with a server and two devices."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass

import pytest

from tests.stack import Stack
from tests.waiting.offices import Account, Known, open_offices
from tests.waiting.program import Program

ENOUGH = 16
Connect = Callable[[str, Known], Program]


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
def connect() -> Iterator[Connect]:
    """Connects a program to an address, for this test."""
    with ExitStack() as exits:
        yield lambda url, known: exits.enter_context(closing(Program(url, known)))


@pytest.fixture
def office(stack: Stack, account: Account, connect: Connect) -> Office:
    server, phone, tablet = (connect(stack.url, k) for k in (account.server, *account.devices))
    return Office(account.number, server, phone, tablet)
