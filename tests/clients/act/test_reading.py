"""Lists of Act!: two envelopes, pages up to the empty one, several reads in one request."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import islice

import pytest

from clients.agent.act.envelopes import rows
from clients.agent.act.line import Line
from clients.agent.act.pages import pages
from clients.agent.act.records import Row
from clients.agent.act.refusals import NotFound, RightMissing, Unreadable
from tests.clients.act.scripted import Asked, Said, Server, data

ROWS = [{"id": "1"}, {"id": "2"}]


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (ROWS, ROWS),
        ([], []),
        ({"value": ROWS, "Count": 2}, ROWS),
        ({"value": [], "Count": 0}, []),
        ({"value": ROWS}, ROWS),
        ({"@odata.context": "x", "value": ROWS}, ROWS),
    ],
)
def test_both_envelopes(answer: object, found: list[Row]) -> None:
    assert rows(answer) == found


@pytest.mark.parametrize(
    "answer",
    [
        None,
        {},
        "",
        0,
        {"items": []},
        {"value": None, "Count": 0},
        {"value": {}, "Count": 0},
        {"Count": 0},
        {"value": [], "message": "An error has occurred."},
        [None],
        ["1"],
        [ROWS],
        {"value": [1], "Count": 1},
        {"message": "An error has occurred."},
    ],
)
def test_a_third_shape_is_never_no_changes(answer: object) -> None:
    with pytest.raises(Unreadable) as caught:
        rows(answer)
    assert caught.value.code == "act-answer-unreadable"


def listing(
    count: int, *, cap: int = 5000, ignores: tuple[str, ...] = ()
) -> Callable[[Asked], Said]:
    """A list of `count` rows; `ignores` names the options that it takes no notice of."""

    def plays(asked: Asked) -> Said:
        skip = 0 if "$skip" in ignores else int(asked.query["$skip"])
        top = cap if "$top" in ignores else min(int(asked.query["$top"]), cap)
        return data([{"id": str(n)} for n in range(count)][skip : skip + top])

    return plays


def sizes(line: Line, size: int = 200) -> list[int]:
    return [len(page) for page in pages(line, "contacts", size=size)]


@pytest.mark.parametrize(
    ("plays", "expected"),
    [
        (listing(0), []),
        (listing(40), [40]),
        (listing(400), [200, 200]),
        (listing(450), [200, 200, 50]),
        (listing(250, cap=100), [100, 100, 50]),
        # Servers that take no notice hand out all they have.
        (listing(40, ignores=("$skip",)), [40]),
        (listing(450, ignores=("$top", "$skip")), [450]),
        (listing(450, ignores=("$top",)), [450]),
    ],
)
def test_pages_end_with_the_empty_one(
    server: Server, line: Line, plays: Callable[[Asked], Said], expected: list[int]
) -> None:
    server.plays = plays
    assert sizes(line) == expected


@pytest.mark.parametrize(
    "plays",
    [
        listing(200, ignores=("$skip",)),
        listing(450, ignores=("$skip",)),
        listing(7000, ignores=("$top", "$skip")),
    ],
)
def test_a_list_that_cannot_be_turned_is_no_list_that_ended(
    server: Server, line: Line, plays: Callable[[Asked], Said]
) -> None:
    server.plays = plays
    with pytest.raises(Unreadable, match="the same page"):
        sizes(line)
    # The second is the same; two more may have been asked for by then.
    assert 2 <= len(server.asked_at("/api/contacts")) <= 4


def test_a_list_that_cannot_be_turned_ends_though_each_page_is_another(
    server: Server, line: Line
) -> None:
    """Where `$skip` is ignored, and rows of one `edited` come in any order (seen live)."""
    chance = random.Random(3)
    rows = [{"id": str(n)} for n in range(40)]
    server.plays = lambda asked: data(chance.sample(rows, 10))
    turned = islice(pages(line, "contacts", size=10), 1000)
    with pytest.raises(Unreadable, match="again and again"):
        list(turned)


def test_rows_without_an_id_are_no_reason_to_stop(server: Server, line: Line) -> None:
    answers = iter([[{"a": 1}], [{"a": 2}], []])
    server.plays = lambda asked: data(next(answers))
    assert sizes(line) == [1, 1]


def test_what_a_page_is_asked_for(server: Server, line: Line) -> None:
    asked = pages(
        line,
        "notes",
        filter="edited ge 2026-01-01T00:00:00Z",
        orderby="edited asc",
        select="id,edited",
        extra={"format": "text"},
    )
    assert list(asked) == []
    assert server.asked_at("/api/notes")[0].query == {
        "$filter": "edited ge 2026-01-01T00:00:00Z",
        "$orderby": "edited asc",
        "$select": "id,edited",
        "$top": "200",
        "$skip": "0",
        "format": "text",
    }


def test_a_query_goes_in_the_form_that_was_proven_live(server: Server, line: Line) -> None:
    line.rows("contacts", {"$filter": "edited ge 2026-01-01T00:00:00+02:00", "$top": "1"})
    expected = "$filter=edited%20ge%202026-01-01T00%3A00%3A00%2B02%3A00&$top=1"
    assert server.asked_at("/api/contacts")[0].raw_query == expected


def test_a_third_shape_in_the_middle_of_pages_is_raised(server: Server, line: Line) -> None:
    server.plays = lambda asked: data(ROWS if asked.query["$skip"] == "0" else {"items": []})
    reading = pages(line, "contacts", size=2)
    assert next(reading) == ROWS
    with pytest.raises(Unreadable):
        next(reading)


def batched(*parts: bytes, boundary: str = "x") -> Said:
    body = b"".join(
        b"--%s\r\nContent-Type: application/http; msgtype=response\r\n\r\n%s\r\n"
        % (boundary.encode(), part)
        for part in parts
    )
    kind = {"Content-Type": f'multipart/mixed; boundary="{boundary}"'}
    return Said(200, body + f"--{boundary}--\r\n".encode(), kind)


FOUND = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[{"id": "Ü"}]'.encode()
MISSING = b"HTTP/1.1 404 Not Found\r\n\r\n"
BARE = b'HTTP/1.1 200 \r\nContent-Type: application/json\r\n\r\n{"id": "1"}'


def test_several_reads_in_one_request(server: Server, line: Line) -> None:
    server.plays = lambda asked: batched(FOUND, MISSING, BARE)
    paths = ["contacts/1/secondary-contacts", "contacts/2", "contacts/3"]
    answers = line.batch([(path, {"$top": "1"}) for path in paths])
    assert answers == [[{"id": "Ü"}], None, {"id": "1"}]
    posted = server.asked[-1]
    assert (posted.method, posted.path) == ("POST", "/api/$batch")
    assert posted.body.count(b"Authorization: Bearer ") == 3
    assert b"GET /act.web.api/api/contacts/2?$top=1 HTTP/1.1\r\nHost: localhost:" in posted.body
    assert line.requests == 2


@pytest.mark.parametrize(
    ("answer", "refusal"),
    [
        (batched(FOUND), Unreadable),
        (batched(FOUND, b"nonsense"), Unreadable),
        (batched(FOUND, b"HTTP/1.1 200 OK\r\n\r\n<html>"), Unreadable),
        (batched(FOUND, b"HTTP/1.1 403 Forbidden\r\n\r\n"), RightMissing),
        (data([]), Unreadable),
        (data({}, 404), NotFound),
    ],
)
def test_a_batch_that_failed_in_a_part_failed(
    server: Server, line: Line, answer: Said, refusal: type[Exception]
) -> None:
    server.plays = lambda asked: answer
    with pytest.raises(refusal):
        line.batch([("contacts/1", {}), ("contacts/2", {})])
