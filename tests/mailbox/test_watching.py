"""What an operator looks at shows what is wrong, through the wall between accounts."""

import os
import re
from io import StringIO

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from hhcportal.run.places import CHECKOUT
from hhcportal.run.postgres import conninfo
from tests.office import Office, apply_all, manage, put, said

pytestmark = pytest.mark.django_db(transaction=True)

BOOK = (CHECKOUT / "docs" / "monitoring.md").read_text()
COMMAND = re.compile(r"""`(?:PGOPTIONS='([^']*)' )?psql "\$DATABASE_URL" -c "([^"`]*)"`""")


def looked_at(table: str) -> list[object]:
    """What each of the book's queries on this table shows first, as its command would ask."""
    server = conninfo(os.environ["DATABASE_URL"]).rpartition("/")[0]
    url = f"{server}/{connection.settings_dict['NAME']}"
    shown: list[object] = []
    for options, query in COMMAND.findall(BOOK):
        if f"FROM {table}" in query:
            with psycopg.connect(url, options=options) as asking:
                row = asking.execute(query).fetchone()
                shown.append(row and row[0])
    return shown


def checked() -> str:
    """What `manage.py check --database default` warns of."""
    told = StringIO()
    call_command("check", databases=["default"], stdout=StringIO(), stderr=told)
    return told.getvalue()


def test_the_books_queries_show_what_waits_and_what_failed(office: Office, poison: None) -> None:
    assert looked_at("mailbox_batch") == [None, 0]
    said(office.server.push(put("poison")), 202)
    for _ in range(6):
        apply_all()
        office.age("10s")
    said(office.server.push(put("a")), 202)
    oldest, failed = looked_at("mailbox_batch")
    assert oldest is not None
    assert failed == 1


def test_a_wall_that_is_down_is_told() -> None:
    assert "wall" not in checked()
    manage("wall", "down")
    try:
        assert manage("wall", "show") == {"wall": "down"}
        assert "The second wall between accounts is down for mailbox_batch" in checked()
    finally:
        manage("wall", "up")
