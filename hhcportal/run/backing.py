"""PostgreSQL and the broker: the ones that the environment names, else embedded ones."""

import os
from dataclasses import dataclass

from hhcportal.run import postgres, valkey
from hhcportal.run.places import Places
from hhcportal.run.steps import step
from hhcportal.run.stopping import Stopping
from hhcportal.run.supervisor import Supervisor


@dataclass(frozen=True)
class Services:
    """Where the two answer, as URLs."""

    database_url: str
    redis_url: str


def start_services(places: Places, supervisor: Supervisor, stopping: Stopping) -> Services:
    """Start what `DATABASE_URL` and `REDIS_URL` do not name; both answer afterwards.

    Raises Refusal where one is missing, Stopped where the end was asked for meanwhile.
    """
    return Services(
        _database(places, supervisor, stopping),
        _broker(places, supervisor, stopping),
    )


def _database(places: Places, supervisor: Supervisor, stopping: Stopping) -> str:
    given = os.environ.get("DATABASE_URL")
    if given:
        with step("PostgreSQL at DATABASE_URL"):
            postgres.check(given)
        return given
    with step("PostgreSQL") as line:
        server = postgres.Postgres(places)
        server.wait(supervisor.keep(server.start, service=True), stopping)
        line.note(f"{server.version}, data in {server.home.data}")
    return server.url


def _broker(places: Places, supervisor: Supervisor, stopping: Stopping) -> str:
    given = os.environ.get("REDIS_URL")
    if given:
        with step("Valkey at REDIS_URL"):
            valkey.check(given)
        return given
    with step("Valkey"):
        server = valkey.Valkey(places)
        server.wait(supervisor.keep(server.start, service=True), stopping)
    return server.url
