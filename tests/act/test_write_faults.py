"""Faults in the middle of writes: what took effect, and what the writer is told."""

from collections.abc import Iterator

import httpx
import pytest

from tests.act.faults import WRITE_FAULTS
from tests.act.office import Caller, Office

CREATE = "POST /api/contacts"
BODY = {"fullName": "Once Only"}


@pytest.fixture(autouse=True)
def as_before(busy: Office, visitor: Caller) -> Iterator[None]:
    busy.do("reset")
    yield
    busy.do("clear-faults")
    busy.do("lock", state="UNLOCK")


def test_an_answer_lost_after_the_write(busy: Office, visitor: Caller) -> None:
    busy.plan("lost", CREATE)
    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        visitor.write("POST", "contacts", BODY)
    assert busy.writes()["counts"] == {"contact": {"create": 1}}
    id = busy.writes()["writes"][0]["id"]
    busy.plan("lost", "DELETE *")
    with pytest.raises(httpx.RemoteProtocolError):
        visitor.write("DELETE", f"contacts/{id}")
    assert visitor.get(f"contacts/{id}").status_code == 404


@pytest.mark.parametrize(("what", "taken"), [("crash", 0), ("crash-after", 1)])
def test_a_500_before_the_write_and_after_it(
    busy: Office, visitor: Caller, what: str, taken: int
) -> None:
    busy.plan(what, "POST *")
    assert visitor.write("POST", "contacts", BODY).status_code == 500
    assert busy.writes()["total"] == taken
    assert visitor.write("POST", "contacts", BODY).status_code == 201


@pytest.mark.parametrize(("what", "taken"), [("lock", 0), ("lock-after", 1)])
def test_a_lock_in_the_middle(busy: Office, visitor: Caller, what: str, taken: int) -> None:
    busy.plan(what, "POST *", seconds=3_600)
    answer = visitor.write("POST", "contacts", BODY)
    assert (answer.status_code, "locked" in answer.text) == (500, True)
    assert busy.writes()["total"] == taken
    assert visitor.get("database/maintenance/lock").json()["lockTypeId"] == "LOCK"
    assert visitor.get("contacts", top=1).status_code == 500
    busy.do("clock", seconds=3_601)
    visitor.sign_in()
    assert visitor.get("database/maintenance/lock").json()["lockTypeId"] == "UNLOCK"
    assert visitor.write("POST", "contacts", BODY).status_code == 201


@pytest.mark.parametrize("what", WRITE_FAULTS)
def test_the_journal_outlives_each_fault(busy: Office, visitor: Caller, what: str) -> None:
    busy.plan(what, "PATCH *", nth=2, seconds=0)
    id = visitor.write("POST", "contacts", BODY).json()["id"]
    for title in ("one", "two", "three"):
        body = {"id": id, "jobTitle": title}
        try:
            visitor.write("PATCH", f"contacts/{id}", body)
        except httpx.RemoteProtocolError:
            assert what == "lost"
    expected = 2 if what in ("crash", "lock") else 3
    assert busy.writes()["counts"]["contact"] == {"create": 1, "change": expected}
    assert visitor.get(f"contacts/{id}").json()["jobTitle"] == "three"
