"""Make the three files of this folder anew: `python -m tests.upgrade.populate COMMIT`.

Packs what web and worker of that commit need, lets it make a database on a PostgreSQL of its own
and fill it through its API, and dumps that as SQL which PostgreSQL 15 reads as well.
"""

import gzip
import random
import subprocess
import sys
import tempfile
import uuid
from contextlib import ExitStack
from pathlib import Path

import httpx

from hhcportal.run.places import CHECKOUT
from hhcportal.run.postgres import DURABLE, Postgres, conninfo
from hhcportal.run.processes import stop
from hhcportal.run.stopping import Stopping
from hhcportal.run.temporary import temporary_places
from hhcportal.run.valkey import Valkey
from tests.upgrade import release
from tests.upgrade.programs import Device, Server
from tests.upgrade.state import DUMP, STATE, Office, as_json

PACKED = ("manage.py", "accounts", "mailbox", "sync", "hhcportal")
# The API shows no page, and what `make run` does is the newer release's task.
LEFT_OUT = (":!hhcportal/locale", ":!hhcportal/static", ":!hhcportal/run")
NAMES = ("Weingut Steinberg", "Prüf & Söhne", "Smith, Jones & Sons", "Gesperrte GmbH")


def main() -> int:
    _pack(sys.argv[1])
    with ExitStack() as exits:
        folder = release.unpack(Path(exits.enter_context(tempfile.TemporaryDirectory())))
        places = exits.enter_context(temporary_places("mailbox-populate-"))
        server, valkey = Postgres(places, DURABLE), Valkey(places)
        running = [server.start(), valkey.start()]
        exits.callback(stop, running, 5.0)
        server.wait(running[0], Stopping())
        valkey.wait(running[1], Stopping())
        old = exits.enter_context(release.of(folder, server.url, valkey.url))
        old.manage("migrate")
        old.manage("createcachetable")
        old.start()
        offices = [_fill(old, name) for name in NAMES]
        old.asked("set_state", offices[-1].number, "suspended")
        # The worker is gone first: what comes now lies there received, for the next release.
        old.stop("worker")
        for office in offices[:-1]:
            office.server.push(*(office.server.change() for _ in range(3)))
        STATE.write_text(as_json(offices))
        DUMP.write_bytes(gzip.compress(_dump(server).encode(), mtime=0))
    return 0


def _pack(commit: str) -> None:
    words = ("git", "archive", "--format=tar", commit, *PACKED, *LEFT_OUT)
    packed = subprocess.run(words, cwd=CHECKOUT, check=True, capture_output=True).stdout
    release.ARCHIVE.write_bytes(gzip.compress(packed, mtime=0))


def _fill(old: release.Release, name: str) -> Office:
    """An account with a server and two devices, of which one has come half-way."""
    chance = random.Random(name)
    email = f"owner-{uuid.UUID(int=chance.getrandbits(128))}@example.com"
    words = ("--email", email, "--password", "Ein langes Kennwort")
    number = old.asked("create_account", name, *words)["account"]
    paired = [_pair(old, number, role) for role in ("server", "device", "device")]
    office = Office(number, Server(*paired[0]), [Device(*told) for told in paired[1:]])
    for program in office.programs:
        program.doors.open(old.url)
        program.chance = chance
    for _ in range(8):
        office.server.step()
    office.settle()
    early, late = office.devices
    while not early.read():
        pass
    late.read()
    for _ in range(4):
        early.edit()
    office.settle()
    office.server.collect()
    early.edit()
    office.settle()
    assert not early.doors.wrong + late.doors.wrong + office.server.doors.wrong
    return office


def _pair(old: release.Release, number: str, role: str) -> tuple[str, str]:
    """Token and install id of a fresh peer."""
    install_id = str(uuid.uuid4())
    code = old.asked("pair", number, "--role", role)["code"]
    body = {"code": code, "name": f"{role} {install_id[:4]}", "install_id": install_id}
    answer = httpx.post(f"{old.url}/api/v1/pairings", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["token"], install_id


def _dump(server: Postgres) -> str:
    """The database as SQL that any client can execute, and any promised version."""
    words = ("--no-owner", "--no-privileges", "--no-comments", "--inserts", "--rows-per-insert=50")
    program = server.home.programs / "pg_dump"
    dumped = subprocess.run(
        [program, *words, conninfo(server.url)], check=True, capture_output=True, text=True
    ).stdout
    # Settings of the session, which older servers do not all know, and psql's own words.
    wanted = (line for line in dumped.splitlines() if not line.startswith(("SET ", "\\", "--")))
    return "\n".join(line for line in wanted if line) + "\n"


if __name__ == "__main__":
    sys.exit(main())
