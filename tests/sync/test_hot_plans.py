"""Who calls is found out in one statement, in whatever order the database joins its tables."""

import pytest
from django.db import connection

from tests.office import Office, edit, put, said

# A planner that tries few orders, and others with each seed.
_AT_RANDOM = """
SET LOCAL geqo_threshold = 2; SET LOCAL geqo_pool_size = 2; SET LOCAL geqo_generations = 1;
SET LOCAL join_collapse_limit = 20; SET LOCAL from_collapse_limit = 20;
SET LOCAL geqo_seed = %s; DISCARD PLANS
"""


@pytest.mark.parametrize("seed", [n / 12 for n in range(12)])
def test_every_token_opens_its_own_door(db: None, seed: float) -> None:
    offices = [Office() for _ in range(3)]
    phones = [office.device() for office in offices]
    for number, (office, phone) in enumerate(zip(offices, phones, strict=True), 1):
        office.server.deliver(*(put(f"r{n}") for n in range(number)))
        phone.deliver(*(edit(f"r{n}", 1) for n in range(number)))
    with connection.cursor() as cursor:
        cursor.execute(_AT_RANDOM, [seed])
    for number, (office, phone) in enumerate(zip(offices, phones, strict=True), 1):
        for program in (office.server, phone):
            assert program.mailbox()["waiting"]["total"] == number
            assert len(program.page()["changes"]) == number
        said(office.server.push(put("another")), 202)
