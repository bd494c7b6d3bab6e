"""What only other settings bring about: little room, and a demand for newer programs."""

from collections.abc import Iterator

import pytest

from tests.browser.scene import Scene
from tests.journeys.records import CONTACTS, HISTORIES
from tests.stack import Stack, fresh_stack


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """A program whose mailboxes have room for one record more than the office has."""
    room = str(CONTACTS + HISTORIES + 1)
    with fresh_stack(MAILBOX_MAX_CHANGES=room, MIN_CLIENT_VERSIONS="device=0.1") as running:
        yield running


def test_a_mailbox_that_is_full(scene: Scene) -> None:
    scene.office.add("contacts", {**scene.office.row("contacts", "C0000"), "id": "more"})
    scene.agent.sync()
    scene.collect()
    scene.sees("mailbox-full", "critical", "The mailbox is full")
    scene.office.remove("contacts", ["more"])
    scene.agent.sync()
    scene.collect()
    # The deletion itself takes a place until the storage time is over.
    scene.account.age("61d")
    scene.agent.sync()
    scene.collect()
    scene.sees_it_go("mailbox-full")


def test_a_program_that_is_outdated(scene: Scene) -> None:
    scene.tell(scene.phone, client_version="0.0.9")
    scene.sees("client-outdated", "warning", "The program on Anna is outdated: it has version")
    scene.phone.sync()
    scene.sees_it_go("client-outdated")
