"""Planned faults: each does what its name says, at the requests that were meant."""

from collections.abc import Iterator

import httpx
import pytest

from tests.act.office import Caller, Office

CONTACTS = "GET /api/contacts"


@pytest.fixture(autouse=True)
def without_faults(busy: Office, visitor: Caller) -> Iterator[None]:
    visitor.sign_in()
    yield
    busy.do("clear-faults")


@pytest.mark.parametrize(
    ("what", "status", "kind"),
    [
        ("forbidden", 403, "application/json"),
        ("gateway", 403, "application/json"),
        ("addresses", 403, "text/html"),
        ("crash", 500, "application/json"),
        ("missing", 404, "application/json"),
        ("unavailable", 503, "text/html"),
        ("too-many", 429, "application/json"),
        ("html", 200, "text/html"),
    ],
)
def test_an_answer_of_its_own(
    busy: Office, visitor: Caller, what: str, status: int, kind: str
) -> None:
    busy.plan(what, CONTACTS)
    answer = visitor.get("contacts", top=1)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith(kind)
    assert visitor.get("contacts", top=1).status_code == 200


def test_a_401_in_mid_run_ends_the_token(busy: Office, visitor: Caller) -> None:
    busy.plan("unauthorized", CONTACTS, nth=2)
    assert visitor.get("contacts", top=1).status_code == 200
    assert visitor.get("contacts", top=1).status_code == 401
    assert visitor.get("contacts", top=1).status_code == 401
    visitor.sign_in()
    assert visitor.get("contacts", top=1).status_code == 200


def test_the_nth_matching_request_and_the_ones_after(busy: Office, visitor: Caller) -> None:
    busy.plan("crash", "GET /api/*", nth=3, times=2)
    found = [visitor.get("groups", top=1).status_code for _ in range(6)]
    assert found == [200, 200, 500, 500, 200, 200]


def test_a_percentage_is_the_same_for_the_same_dice(busy: Office, visitor: Caller) -> None:
    found = []
    for _ in range(2):
        busy.plan("crash", percent=20, seed=5)
        found.append([visitor.get("groups", top=1).status_code for _ in range(50)])
        busy.do("clear-faults")
    assert found[0] == found[1]
    assert 2 < found[0].count(500) < 20


def test_cut_answers(busy: Office, visitor: Caller) -> None:
    busy.plan("cut-json", CONTACTS)
    with pytest.raises(ValueError, match=r"."):
        visitor.get("contacts", top=1).json()
    busy.plan("cut-connection", CONTACTS)
    with pytest.raises(httpx.RemoteProtocolError):
        visitor.get("contacts", top=1)
    assert visitor.get("contacts", top=1).status_code == 200


def test_a_slow_answer(busy: Office, visitor: Caller) -> None:
    busy.plan("slow", CONTACTS, seconds=5)
    hasty = httpx.Timeout(60.0, read=0.3)
    with pytest.raises(httpx.ReadTimeout):
        visitor.http.get(f"{busy.url}/api/contacts?$top=1", timeout=hasty)


def test_envelopes_and_pages_that_should_not_be(busy: Office, visitor: Caller) -> None:
    busy.plan("third-envelope", CONTACTS)
    assert set(visitor.get("contacts", top=1).json()) == {"items", "total"}
    busy.plan("empty", CONTACTS)
    assert visitor.get("contacts", top=1).json() == {"value": [], "Count": 0}


def test_rows_that_should_not_be(busy: Office, visitor: Caller) -> None:
    busy.plan("tamper", CONTACTS, property="id", value=None)
    assert "id" not in visitor.rows("contacts", top=1)[0]
    busy.plan("tamper", CONTACTS, property="edited", value="yesterday")
    assert visitor.rows("contacts", top=1)[0]["edited"] == "yesterday"


def test_each_page_takes_its_time() -> None:
    with Office("--latency-ms", "80", contacts=5) as office, Caller(office) as caller:
        assert caller.get("groups", top=1).elapsed.total_seconds() >= 0.08
