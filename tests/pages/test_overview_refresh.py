"""The overview keeps itself true: its part that changes is known by an ETag, at a fixed price."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from accounts.models import Account
from mailbox.wall import acting_for
from tests.office import manage, put
from tests.pages.person import Person, text_of
from tests.pages.test_overview import pair

LETTERS = ("mailbox_change", "mailbox_upchange")


def ask(person: Person, etag: str = "") -> Any:
    headers = {"If-None-Match": etag} if etag else {}
    return person.browser.get(f"/accounts/{person.number}/?part=live", headers=headers)


def test_what_did_not_change_is_not_sent_again(petra: Person) -> None:
    server, phone = pair(petra, "server", "BÜRO-PC"), pair(petra, "device", "Pixel 9")
    server.deliver(put("first"))
    phone.collect()
    manage("age", petra.number, "--by", "3h")
    # At most once in a minute an age that the page shows becomes another in between.
    answers = [ask(petra, ask(petra)["ETag"]) for _ in range(3)]
    unchanged = [answer for answer in answers if answer.status_code == 304]
    assert len(unchanged) >= 2
    assert unchanged[0].content == b""
    assert unchanged[0]["Cache-Control"] == "no-store"
    before = ask(petra)["ETag"]
    server.deliver(put("first", 2))
    fresh = ask(petra, before)
    assert fresh.status_code == 200
    assert fresh["ETag"] != before
    assert "1 record waits since" in text_of(fresh.content.decode())


def test_the_part_is_what_the_page_shows(petra: Person) -> None:
    pair(petra, "server", "BÜRO-PC")
    manage("age", petra.number, "--by", "3h")
    for _ in range(3):
        page, part = petra.overview(), ask(petra)
        if part.content.decode() in page:
            break
    assert part.content.decode() in page
    assert f'data-etag="{escape(part["ETag"])}"' in page
    assert "csrfmiddlewaretoken" not in part.content.decode()
    assert "<html" not in part.content.decode()


def test_strangers_and_the_signed_out_get_no_part(petra: Person, stranger: Person) -> None:
    stranger.number, number = petra.number, stranger.number
    assert ask(stranger).status_code == 404
    stranger.number = number
    stranger.browser.post("/auth/logout/")
    assert ask(stranger).status_code == 302


def test_a_304_asks_no_more_than_the_page(petra: Person) -> None:
    pair(petra, "server", "BÜRO-PC")
    manage("age", petra.number, "--by", "3h")
    with CaptureQueriesContext(connection) as whole:
        petra.overview()
    etag = ask(petra)["ETag"]
    with CaptureQueriesContext(connection) as part:
        ask(petra, etag)
    assert len(part) <= len(whole)


@pytest.mark.parametrize("waiting", [10, 1500])
def test_no_query_reads_the_waiting_changes(petra: Person, waiting: int) -> None:
    """Each asks for the oldest one of a reader by its index, however many wait behind it."""
    server, phone = pair(petra, "server", "BÜRO-PC"), pair(petra, "device", "Pixel 9")
    phone.get("/mailbox")
    for first in range(0, waiting, 500):
        server.deliver(*(put(f"r{n}") for n in range(first, min(first + 500, waiting))))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE mailbox_change")
    with CaptureQueriesContext(connection) as captured:
        page = petra.overview()
    assert f"{waiting} records are on their way" in text_of(page)
    reading = [q["sql"] for q in captured if any(table in q["sql"] for table in LETTERS)]
    assert reading
    assert sum(_rows_read(petra, sql) for sql in reading) <= 10


def _rows_read(person: Person, sql: str) -> int:
    account = Account.objects.get(number=person.number)
    with acting_for(account.pk), connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
        [[plan]] = cursor.fetchall()
    return sum(
        int(node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * int(node["Actual Loops"])
        for node in _nodes(plan[0]["Plan"])
        if node.get("Relation Name") in LETTERS
    )


def _nodes(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [node, *(inner for child in node.get("Plans", ()) for inner in _nodes(child))]
