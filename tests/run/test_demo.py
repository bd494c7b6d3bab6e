"""The demo that `make run` keeps alive: real programs, over HTTP, whatever happens to them."""

import json
import random
import time
from collections.abc import Callable, Iterator

import pytest

from hhcportal.run.demo.act_server import CONTACTS
from hhcportal.run.demo.phone import Owner
from hhcportal.run.demo.records import CONTACTS as IN_FILES
from hhcportal.run.processes import started
from tests.places import furnished_folder
from tests.run.demo import CHILDREN, WITH_FILES, Demo

# The slowest of them comes every two minutes.
WITHIN = 240.0
OF_FILES = {"company", "contact", "activity", "note", "history", "opportunity"}
OF_ACT = {*OF_FILES, "group", "secondary_contact", "field"}


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    """With files first, until a test has the Act! server take their place."""
    with furnished_folder("mailbox-demo-") as places:
        running = Demo(places)
        running.start(DEMO_CONNECTOR="csv")
        try:
            yield running
        finally:
            running.end()


def until(reached: Callable[[], bool]) -> bool:
    """Look again and again, with pauses: each look costs a program's work."""
    deadline = time.monotonic() + WITHIN
    while not reached():
        if time.monotonic() > deadline:
            return False
        time.sleep(1.0)
    return True


def records_of(demo: Demo, name: str) -> dict[str, int]:
    """How many records of each kind a device has."""
    if not (demo.places.var / "demo" / name / "pairing.json").exists():
        return {}
    records: dict[str, int] = demo.device(name, "status")["records"]
    return records


def has_collected(demo: Demo, name: str) -> bool:
    """Whether the device has records of every kind of the Act! server, and nearly all contacts.

    Who is private or works there stays in the office.
    """
    records = records_of(demo, name)
    return records.keys() == OF_ACT and records["contact"] > 0.9 * CONTACTS


def agrees(demo: Demo, name: str) -> bool:
    """Whether what the mailbox says and what the device says is the same, between two changes."""
    own, status = demo.device(name, "status"), demo.status()
    theirs = next(peer for peer in status["peers"] if peer["peer"] == own["peer"])
    records = sum(own["records"].values())
    return bool(theirs["waiting"] == 0 and records == status["account"]["records"])


def attempts(demo: Demo) -> dict[str, str]:
    """When each peer's last sync ended; those that had one."""
    peers = demo.status()["peers"]
    return {peer["peer"]: peer["last_attempt"] for peer in peers if peer["last_attempt"]}


def test_what_a_phone_edits_stands_in_the_offices_files(demo: Demo) -> None:
    def has_the_files() -> bool:
        """All of them: they leave the office while it is still being read."""
        records = records_of(demo, "phone")
        return records.keys() == OF_FILES and records["contact"] == IN_FILES

    assert until(has_the_files), demo.status()
    file = demo.places.var / "demo" / "records" / "contacts.csv"
    # One of those whom nobody at the office deals with these days: it would be a conflict.
    contact = file.read_text().splitlines()[-1].split(",")[0]
    demo.device("phone", "edit", "contact", contact, "jobTitle=Kellermeisterin")

    def is_applied() -> bool:
        edits = demo.device("phone", "status")["edits"]
        return [e["state"] for e in edits if e["id"] == contact] == ["applied"]

    assert until(is_applied), demo.device("phone", "status")
    [row] = [row for row in file.read_text().splitlines() if row.startswith(contact)]
    assert "Kellermeisterin" in row
    assert not demo.pid("demo-act-server")


def test_it_ends_with_the_program_and_goes_on_with_the_next_and_its_act_server(demo: Demo) -> None:
    assert until(lambda: len(attempts(demo)) == 3)
    children = [demo.pid(name) for name in WITH_FILES]
    before = attempts(demo)
    demo.end()
    assert not any(map(started, children))
    demo.start()

    def all_came_again() -> bool:
        """The same peers, at the new address."""
        after = attempts(demo)
        return after.keys() == before.keys() and all(after[p] > before[p] for p in before)

    assert until(all_came_again), (before, attempts(demo))
    assert until(lambda: has_collected(demo, "phone")), demo.status()


def test_an_edit_at_the_office_reaches_the_phone_though_programs_die(demo: Demo) -> None:
    made = demo.at_act("create", kind="contact", set={"fullName": "Nina Neu", "lastName": "Neu"})
    for name in CHILDREN:
        before = demo.kill(name)
        assert until(lambda: demo.pid(name) not in (0, before)), name  # noqa: B023
    assert until(lambda: demo.holds("phone", "contact", str(made["id"]))), demo.status()


def test_what_a_phone_edits_stands_in_act_and_on_the_other_device(
    demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A contact changed and a note made, each once; whatever else the demo's people do."""
    monkeypatch.setenv("VAR_DIR", str(demo.places.var))
    assert Owner(random.Random(1)).work().endswith("it travels with the next sync.")
    made = demo.at_act("create", kind="contact", set={"fullName": "Egon Edit", "lastName": "Edit"})
    contact = str(made["id"])
    assert until(lambda: demo.holds("phone", "contact", contact)), demo.status()
    demo.device("phone", "edit", "contact", contact, "mobilePhone=+49 171 4711")
    about = json.dumps([{"id": contact}])
    demo.device("phone", "new", "note", "noteText=From the road.", f"contacts:={about}")

    def in_act() -> tuple[list[str], int]:
        rows = [
            one["row"] for one in demo.told_by_act("record", kind="contact", id=contact)["records"]
        ]
        notes = [
            write
            for write in demo.told_by_act("writes")["writes"]
            if (write["kind"], write["op"]) == ("note", "create")
        ]
        texts = [
            one["text"]
            for write in notes
            for one in demo.told_by_act("record", kind="note", id=write["id"])["records"]
        ]
        return [row["mobilePhone"] for row in rows], texts.count("From the road.")

    assert until(lambda: in_act() == (["+49 171 4711"], 1)), demo.device("phone", "status")

    def shown(name: str) -> str:
        return str(demo.device(name, "show", "contact", contact)["data"].get("mobilePhone"))

    for name in ("phone", "tablet"):
        assert until(lambda: demo.holds(name, "contact", contact)), demo.status()  # noqa: B023
        assert until(lambda: shown(name) == "+49 171 4711"), demo.status()  # noqa: B023


def test_every_device_collects_and_the_numbers_agree_and_nobody_is_alarmed(demo: Demo) -> None:
    for name in ("phone", "tablet"):
        assert until(lambda: has_collected(demo, name)), demo.status()  # noqa: B023
    assert until(lambda: agrees(demo, "phone")), demo.status()
    [server] = demo.peers("server")
    assert server["last_sync"]
    assert len(demo.peers("device")) == 2

    def is_calm() -> bool:
        """What both have changed is told for a week, and it may happen in any demo.

        Not that everything has arrived: somebody writes every half minute, and the tablet sleeps.
        """
        return {finding["code"] for finding in demo.status()["findings"]} <= {"edits-refused"}

    assert until(is_calm), demo.status()
