"""The documented backup and restore, word for word: everybody ends with what the office has."""

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hhcportal.run.places import CHECKOUT
from hhcportal.run.postgres import FLEETING, Postgres
from hhcportal.run.processes import stop
from hhcportal.run.stopping import Stopping
from hhcportal.run.temporary import temporary_places
from tests.clients.program import CITIES, Account, Office, Phone, all_equal
from tests.places import furnished_folder
from tests.stack import Stack

BOOK = (CHECKOUT / "docs" / "production.md").read_text()


@dataclass
class Elsewhere:
    """A newly made cluster with an empty database, and the programs that came with it."""

    stack: Stack  # none of its processes runs
    url: str
    programs: Path


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    with (
        furnished_folder("mailbox-restored-") as places,
        temporary_places("mailbox-cluster-") as cluster,
    ):
        server = Postgres(cluster, FLEETING)
        child = server.start()
        try:
            server.wait(child, Stopping())
            yield Elsewhere(Stack(places, cluster, server.url), server.url, server.home.programs)
        finally:
            stop([child], 5.0)


def documented(begins: str, program: str) -> str:
    """The one command of the book that begins so and runs this program, with all its lines."""
    found = re.findall(rf"^ *({begins}.*?{program}(?:.*\\\n)*.*)$", BOOK, re.MULTILINE)
    assert len(found) == 1, found
    return str(found[0])


def run(command: str, folder: Path, url: str, programs: Path) -> str:
    """What the command prints; AssertionError with what it complains of where it fails."""
    environment = {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "DATABASE_URL": url,
    }
    ran = subprocess.run(
        ["sh", "-ec", command], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def marks(account: Account, stack: Stack) -> list[str]:
    """Why somebody has to begin anew, once for each."""
    status: dict[str, Any] = stack.manage("account_status", account.number)
    marked = [peer["resync"] for peer in status["peers"] if peer["resync"]]
    assert len(marked) == [f["code"] for f in status["findings"]].count("resync-needed")
    return marked


def taken(office: Office, line: str) -> bool:
    """Whether the office's file has it after one more sync."""
    office.sync()
    return line in office.read("contact.csv")


def cities(phone: Phone) -> dict[str, object]:
    return {id: phone.field("contact", id, "city") for id in phone.records("contact")}


def test_after_a_restore_everybody_ends_with_what_the_office_has(
    stack: Stack, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    account = Account(stack, tmp_path)
    office, phone, tablet = account.office(), account.phone("phone"), account.phone("tablet")
    office.write("contact.csv", CITIES)
    office.sync()
    phone.sync_until(lambda: len(phone.records("contact")) == 3)
    tablet.sync_until(lambda: len(tablet.records("contact")) == 3)

    source = stack.environment["DATABASE_URL"]
    run(documented("PGOPTIONS", "pg_dump"), tmp_path, source, elsewhere.programs)
    look = run(documented("pg_restore", "--data-only"), tmp_path, source, elsewhere.programs)
    named, row = look.splitlines()
    assert (named.startswith("COPY"), row.startswith("\\.")) == (True, False)

    # What the backup does not know: a changed, a deleted and a new record, and an edit on its way.
    office.write("contact.csv", "id,city,note\r\nA,Thun,\r\nC,Basel,\r\nD,Chur,\r\n")
    office.sync()
    tablet.sync_until(lambda: cities(tablet) == {"A": "Thun", "C": "Basel", "D": "Chur"})
    phone.run("edit", "contact", "C", "city=Olten")
    phone.sync()

    run(documented("pg_restore", "--exit-on-error"), tmp_path, elsewhere.url, elsewhere.programs)
    restored = elsewhere.stack
    assert restored.manage("wall", "show") == {"wall": "up"}
    assert restored.manage("account_status", account.number)["account"]["records"] == 3
    assert restored.manage("sweep")["epochs-begun"] >= 1  # as beat does by itself
    assert marks(account, restored) == ["epoch-changed"] * 3
    assert restored.manage("new_epoch", "--all")["accounts"] >= 1

    with restored.running():
        for device in (phone, tablet):
            device.run("sync", "--url", restored.url)
        office.sync("--url", restored.url)
        phone.sync_until(lambda: taken(office, "C,Olten"))  # sent again, for nobody knows of it
        tablet.sync_until(lambda: cities(tablet) == {"A": "Thun", "C": "Olten", "D": "Chur"})
        phone.sync_until(lambda: all_equal(phone, tablet))
        assert marks(account, restored) == []
