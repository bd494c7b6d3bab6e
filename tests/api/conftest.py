from collections.abc import Callable

import pytest
from django.db import connection

from tests.office import Office, Program


@pytest.fixture
def other(db: None) -> Callable[[], Office]:
    """Somebody else's account."""
    return Office


@pytest.fixture
def set_back() -> Callable[[Program], None]:
    """Restore the mailbox that a device reads from an older state: its head falls to 0."""

    def set_back(program: Program) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE mailbox_mailbox m SET head = 0 FROM mailbox_reader r"
                " WHERE r.mailbox_id = m.id AND r.peer_id = %s",
                [program.id],
            )

    return set_back
