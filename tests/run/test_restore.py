"""The documented backup holds everything, and after the documented restore everybody is told."""

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from hhcportal.run.places import CHECKOUT
from hhcportal.run.postgres import FLEETING, Postgres
from hhcportal.run.processes import stop
from hhcportal.run.stopping import Stopping
from hhcportal.run.temporary import temporary_places
from tests.hostile.caller import API, Caller
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
    with temporary_places("mailbox-restored-") as places:
        server = Postgres(places, FLEETING)
        child = server.start()
        try:
            server.wait(child, Stopping())
            yield Elsewhere(Stack(places, places, server.url), server.url, server.home.programs)
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


def with_records(stack: Stack) -> Caller:
    """A server that has sent two records, in an account with a device besides."""
    server = Caller(stack, "server")
    code = stack.manage("pair", server.account, "--role", "device")["code"]
    body = {"code": code, "name": "device", "install_id": server.install_id}
    assert httpx.post(f"{stack.url}{API}/pairings", json=body).status_code == 201
    sent = server.post(
        "/batches",
        b'{"changes":[{"kind":"contact","id":"a","op":"put","version":1,"data":"sealed"},'
        b'{"kind":"note","id":"b","op":"put","version":2,"data":{}}]}',
    )
    assert sent.status == 202
    stack.manage("sweep")
    return server


def peers(status: dict[str, Any], what: str) -> dict[str, Any]:
    return {peer["role"]: peer[what] for peer in status["peers"]}


def test_a_dump_restored_elsewhere_begins_new_epochs_by_itself(
    stack: Stack, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    server = with_records(stack)
    before = stack.manage("account_status", server.account)
    assert peers(before, "resync") == {"server": None, "device": None}

    source = stack.environment["DATABASE_URL"]
    run(documented("PGOPTIONS", "pg_dump"), tmp_path, source, elsewhere.programs)
    look = run(documented("pg_restore", "--data-only"), tmp_path, source, elsewhere.programs)
    named, row = look.splitlines()
    assert (named.startswith("COPY"), row.startswith("\\.")) == (True, False)
    run(documented("pg_restore", "--exit-on-error"), tmp_path, elsewhere.url, elsewhere.programs)

    restored = elsewhere.stack
    assert restored.manage("wall", "show") == {"wall": "up"}
    assert restored.manage("sweep")["epochs-begun"] >= 1
    after = restored.manage("account_status", server.account)
    assert after["account"] == before["account"]
    assert after["account"]["records"] == 2
    assert peers(after, "waiting") == {"server": 0, "device": 2}
    assert peers(after, "resync") == {"server": "epoch-changed", "device": "epoch-changed"}
    assert restored.manage("new_epoch", "--all")["accounts"] >= 1
