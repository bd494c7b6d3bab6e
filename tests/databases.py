"""Databases beside each other on the tests' server, made of one that has all tables already.

Migrating takes seconds, and every running program and every test process needs the same tables.
"""

import fcntl
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from hhcportal.run.places import CHECKOUT
from hhcportal.run.postgres import conninfo

# The name of the one with all tables; in the environment, for every process of a run.
TEMPLATE = "MAILBOX_TEST_TEMPLATE"


def template() -> str:
    """The database with all tables and the wall up; who asks first makes it."""
    name = os.environ[TEMPLATE]
    with (Path(os.environ["VAR_DIR"]) / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with _server() as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if not found.fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
                subprocess.run(
                    [sys.executable, "manage.py", "tables", "--verbosity=0"],
                    cwd=CHECKOUT,
                    env={**os.environ, "DATABASE_URL": _url(name)},
                    stdout=subprocess.DEVNULL,
                    check=True,
                )
    return name


def drop_template() -> None:
    """Leave nothing on a server that others use too."""
    with _server() as connection:
        _drop(connection, os.environ[TEMPLATE])


@contextmanager
def fresh_database(*, empty: bool = False) -> Iterator[str]:
    """The URL of a database of its own, gone afterwards; `empty`: without tables."""
    name = f"stack_{secrets.token_hex(6)}"
    with _server() as connection:
        made_of = "template1" if empty else template()
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(create.format(sql.Identifier(name), sql.Identifier(made_of)))
        try:
            yield _url(name)
        finally:
            _drop(connection, name)


def _server() -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(conninfo(_url("postgres")), autocommit=True)


def _url(name: str) -> str:
    return os.environ["DATABASE_URL"].rpartition("/")[0] + "/" + name


def _drop(connection: "psycopg.Connection[tuple[object, ...]]", name: str) -> None:
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
    connection.execute(drop.format(sql.Identifier(name)))
