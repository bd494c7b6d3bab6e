"""Services for a while: on free ports, with data in a folder that goes when they go."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from hhcportal.run.backing import Services
from hhcportal.run.leash import leash
from hhcportal.run.places import Places
from hhcportal.run.postgres import FLEETING, Postgres
from hhcportal.run.postgres_home import outside
from hhcportal.run.processes import Child, stop
from hhcportal.run.stopping import Stopping
from hhcportal.run.valkey import Valkey

PATIENCE = 5.0


@contextmanager
def temporary_folder(prefix: str) -> Iterator[Places]:
    """A folder that the server's user may enter, for a program that keeps a leash of its own."""
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    folder.chmod(0o711)
    places = Places(folder)
    places.make()
    try:
        yield places
    finally:
        shutil.rmtree(outside(places), ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def temporary_places(prefix: str) -> Iterator[Places]:
    """The same under a leash, for children that are started here."""
    with temporary_folder(prefix) as places, leash(places):
        yield places


@contextmanager
def temporary_services(places: Places) -> Iterator[Services]:
    """PostgreSQL and Valkey, where `DATABASE_URL` and `REDIS_URL` do not name others."""
    with ExitStack() as exits:
        yield Services(
            os.environ.get("DATABASE_URL") or _postgres(places, exits),
            os.environ.get("REDIS_URL") or _valkey(places, exits),
        )


def _postgres(places: Places, exits: ExitStack) -> str:
    server = Postgres(places, FLEETING)
    child = server.start()
    exits.callback(_end, child)
    server.wait(child, Stopping())
    return server.url


def _valkey(places: Places, exits: ExitStack) -> str:
    server = Valkey(places)
    child = server.start()
    exits.callback(_end, child)
    server.wait(child, Stopping())
    return server.url


def _end(child: Child) -> None:
    stop([child], PATIENCE)
