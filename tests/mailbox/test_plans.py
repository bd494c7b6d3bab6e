"""How PostgreSQL reads a mailbox that is far larger than all the others, by its generic plans."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
from django.db import connection

from accounts import tokens
from accounts.clock import now
from accounts.models import Peer
from mailbox import read
from mailbox.models import Reader
from mailbox.wall import across_accounts
from sync import hot
from tests.bench.populate import BIG_ACCOUNT, fill

pytestmark = pytest.mark.django_db
PLACEHOLDER = re.compile(r"(?<!%)%\((\w+)\)s")
TOKEN = "of the large account's device"


@pytest.fixture
def large() -> Reader:
    fill(accounts=400, changes=24_000, big=20_000)
    with across_accounts("to find the large one"), connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        reader = Reader.objects.get(
            mailbox__account__number=BIG_ACCOUNT, mailbox__direction="down", peer__isnull=False
        )
    Peer.objects.filter(reader=reader).update(token_hash=tokens.digest(TOKEN))
    return reader


def plan(statement: str, given: Mapping[str, Any]) -> list[str]:
    """The lines of the plan that serves whatever is asked for."""
    values = [given[name] for name in PLACEHOLDER.findall(statement)]
    numbers = iter(range(1, len(values) + 1))
    numbered = PLACEHOLDER.sub(lambda _: f"${next(numbers)}", statement)
    with connection.cursor() as cursor:
        cursor.execute("PREPARE looked_at AS " + numbered.replace("%%", "%"))
        blanks = ", ".join(["%s"] * len(values))
        cursor.execute(f"EXPLAIN EXECUTE looked_at ({blanks})", values)
        lines = [line for (line,) in cursor.fetchall()]
        cursor.execute("DEALLOCATE looked_at")
    return lines


def reads_by_place(lines: list[str]) -> bool:
    """Whether changes are read in the order of the places, and only as many as are wanted."""
    at = [number for number, line in enumerate(lines) if "on mailbox_change" in line]
    by_place = [number for number in at if "Index Scan using mailbox_change_place" in lines[number]]
    between = [line for number in at for line in lines[max(0, number - 2) : number]]
    return len(at) == len(by_place) > 0 and not any("Sort" in line for line in between)


@pytest.mark.parametrize("after", [0, 15_000, None])
def test_a_page_of_the_largest_mailbox_reads_no_more_than_a_page(
    large: Reader, after: int | None
) -> None:
    told = {
        "mailboxes": f"{{{large.mailbox_id}}}",
        "after": after,
        "reader": large.pk,
        "rows": 501,
        "bytes": 4_000_000,
        "now": now(),
        "window": now(),
    }
    lines = plan(read._DOWN, told)
    assert reads_by_place(lines), "\n".join(lines)


def test_a_poll_of_the_largest_mailbox_reads_one_change(large: Reader) -> None:
    at = now()
    told = {"token": tokens.digest(TOKEN), "role": "device", "now": at, "overdue": at}
    lines = plan(hot._POLL_SQL["device"], told)
    assert reads_by_place(lines), "\n".join(lines)
