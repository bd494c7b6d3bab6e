"""The same seed makes the same office; what was changed outlives the process."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.act.office import Caller, Office
from tests.act.sizes import sizes

KINDS = ("contacts", "companies", "groups", "opportunities", "notes", "History", "tasks")
WEEK = ("--week", "2026-11-30")


def everything(office: Office) -> list[bytes]:
    with Caller(office) as caller:
        return [caller.get(kind, top=200).content for kind in KINDS]


def test_the_same_seed_makes_the_same_office_byte_for_byte() -> None:
    with Office(*WEEK, contacts=60) as one, Office(*WEEK, contacts=60) as other:
        assert everything(one) == everything(other)
        assert one.password == other.password


def test_another_seed_makes_another_office(act: Office) -> None:
    with Office(contacts=60, seed=8) as different, Caller(different) as caller:
        ours = {told["row"]["id"] for told in act.truth("contact")}
        assert not ours & {row["id"] for row in caller.rows("contacts")}


def test_changes_outlive_the_process(tmp_path: Path) -> None:
    words = ("--state", str(tmp_path / "office.db"), *WEEK)
    with Office(*words, contacts=60) as office:
        first = next(office.truth("contact"))["row"]["id"]
        office.change("contact", first, jobTitle="Chief of Spoons")
        made = office.create("note", noteText="Kept.", contacts=[first])
        office.do("clock", seconds=86_400)
        now = office.ask("state")["now"]
        with Caller(office) as caller:
            id = caller.write("POST", "groups", {"name": "Kept"}).json()["id"]
    # Seed and week were kept, too: others now would be another office.
    with Office("--state", str(tmp_path / "office.db"), contacts=10, seed=1) as again:
        with Caller(again) as caller:
            assert caller.get(f"contacts/{first}").json()["jobTitle"] == "Chief of Spoons"
            assert caller.get(f"notes/{made}").json()["noteText"] == "Kept."
            assert caller.get(f"groups/{id}").json()["name"] == "Kept"
        assert [write["id"] for write in again.writes()["writes"]] == [id]
        assert again.ask("state")["now"] >= now


def test_sizes_follow_the_contacts_unless_named() -> None:
    whole = sizes(17_500)
    assert (whole.companies, whole.groups, whole.opportunities) == (126, 40, 800)
    assert (whole.histories, whole.notes, whole.activities) == (20_000, 9_000, 5_000)
    assert (whole.series, whole.secondary) == (300, 500)
    assert sizes(1_000, companies=3).companies == 3


@pytest.mark.parametrize("words", [("--without", "spoons"), ("--envelope", "odd")])
def test_words_that_nobody_knows_are_refused(words: tuple[str, str]) -> None:
    ran = subprocess.run(
        (sys.executable, "-m", "tests.act", *words), capture_output=True, text=True, timeout=30
    )
    assert ran.returncode == 2
    assert not ran.stdout
