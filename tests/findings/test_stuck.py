"""What counts as fetching a page in vain, and what does not."""

import pytest

from tests.findings.scene import Scene
from tests.office import put, said

STUCK = "device-stuck"


@pytest.fixture
def waiting(scene: Scene) -> Scene:
    """Six records wait for the phone."""
    scene.server.deliver(*(put(f"r{n}") for n in range(6)))
    return scene


def test_the_finding_names_the_record_and_ends_with_the_acknowledgement(waiting: Scene) -> None:
    for _ in range(5):
        page = waiting.phone.page("?limit=2")
    (found,) = waiting.status()["findings"]
    told = {fact["label"]: fact["value"] for fact in found["evidence"]}
    assert found["code"] == STUCK
    assert told["First record there"] == "contact r0"
    assert told["Place in the mailbox"] == "1"
    assert found["peer"] == waiting.phone.id
    waiting.phone.ack(page["cursor"])
    assert STUCK not in waiting.findings()
    for _ in range(4):
        waiting.phone.page("?limit=2")
    assert STUCK not in waiting.findings()


def test_whoever_reads_on_is_not_stuck(waiting: Scene) -> None:
    cursor = ""
    for _ in range(5):
        page = waiting.phone.page(f"?limit=1&after={cursor}")
        cursor = page["cursor"]
    assert STUCK not in waiting.findings()


def test_an_empty_page_may_be_asked_for_as_often_as_one_likes(scene: Scene) -> None:
    scene.fetch(6)
    scene.change()
    assert STUCK not in scene.findings()


def test_a_cursor_of_before_leads_to_the_same_page(waiting: Scene) -> None:
    first = waiting.phone.page("?limit=2")
    waiting.phone.ack(first["cursor"])
    for _ in range(5):
        said(waiting.phone.get(f"/changes?limit=2&after={first['cursor']}"))
    assert STUCK in waiting.findings()


def test_what_is_refused_fetches_nothing(waiting: Scene) -> None:
    for _ in range(6):
        assert waiting.phone.get("/changes?limit=0").status_code == 400
        assert waiting.phone.get("/changes", Install_Id=str(waiting.copy)).status_code == 409
    assert STUCK not in waiting.findings()
