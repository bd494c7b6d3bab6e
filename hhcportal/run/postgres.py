"""The embedded PostgreSQL: one server on a free port of loopback, durable, with one plain role."""

import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from hhcportal.run import demands
from hhcportal.run.logs import last_line
from hhcportal.run.places import Places, write_private
from hhcportal.run.ports import HOST, free_port
from hhcportal.run.postgres_home import Home, find_home, version
from hhcportal.run.processes import Child, Command, dropped
from hhcportal.run.steps import Refusal
from hhcportal.run.stopping import Stopping

ROLE = "mailbox"
DATABASE = "mailbox"
SUPERUSER = "postgres"
DURABLE = ("fsync=on", "synchronous_commit=on", "full_page_writes=on")
# For data that nobody misses: a test session's.
FLEETING = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class Postgres:
    """One cluster; every start after the first uses the same port, passwords and data."""

    def __init__(self, places: Places, settings: tuple[str, ...] = DURABLE) -> None:
        self._places = places
        self._settings = settings
        self.home: Home = find_home(places)
        self._port = free_port()
        self._passwords = _Passwords(self.home.folder / "passwords")

    @property
    def url(self) -> str:
        return f"postgres://{ROLE}:{self._passwords.role}@{HOST}:{self._port}/{DATABASE}"

    @property
    def version(self) -> int:
        return version(self.home.programs)

    def start(self) -> Child:
        """Start the server, after making its data where none are."""
        if not (self.home.data / "PG_VERSION").exists():
            self._make_data()
        settings = (
            "listen_addresses=" + HOST,
            "unix_socket_directories=",
            "password_encryption=scram-sha-256",
            "max_connections=100",
            "log_min_messages=warning",
            # A failed statement may hold what a person or a program wrote.
            "log_min_error_statement=panic",
            *self._settings,
        )
        words = [str(self.home.programs / "postgres"), "-D", str(self.home.data)]
        words += ["-p", str(self._port)]
        words += [word for setting in settings for word in ("-c", setting)]
        # SIGINT is PostgreSQL's fast end: it waits for no client.
        command = Command(
            "postgres",
            tuple(words),
            ends_on=signal.SIGINT,
            user=self.home.user,
            folder=Path("/"),
        )
        return Child(command, self._places)

    def wait(self, child: Child, stopping: Stopping) -> None:
        """Return when it answers and holds role and database. Raises Refusal if it ended."""
        while not self._prepare():
            if child.code is not None:
                log = self._places.log / "postgres.log"
                raise Refusal(f"PostgreSQL did not start ({last_line(log)}): see {log}.")
            stopping.sleep(0.05)

    def _make_data(self) -> None:
        """Through a draft: an initdb that was killed leaves what looks like data and never runs."""
        draft = self.home.folder / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        password = self.home.folder / "password.new"
        write_private(password, self._passwords.superuser + "\n")
        user = self.home.user
        if user:
            os.chown(draft, user.uid, user.gid)
            os.chown(password, user.uid, user.gid)
        words = [
            str(self.home.programs / "initdb"),
            f"--pgdata={draft}",
            f"--username={SUPERUSER}",
            f"--pwfile={password}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            *self._locale(),
        ]
        ran = subprocess.run(words, cwd="/", capture_output=True, text=True, **dropped(user))
        password.unlink()
        if ran.returncode:
            raise Refusal(f"PostgreSQL could not make its data: {ran.stderr.strip()}")
        draft.rename(self.home.data)

    def _locale(self) -> list[str]:
        # The wheel is built without ICU, and macOS's own locales sort no UTF-8.
        if self.version >= 17:
            return ["--locale-provider=builtin", "--locale=C.UTF-8"]
        return ["--locale=C.UTF-8"]

    def _prepare(self) -> bool:
        """Make role and database where they are missing; False while the server still starts."""
        try:
            with self._as_superuser() as connection:
                role = {"role": sql.Identifier(ROLE), "database": sql.Identifier(DATABASE)}
                password = sql.Literal(self._passwords.role)
                if not _exists(connection, "pg_roles", "rolname", ROLE):
                    # CREATEDB, for the tests make databases of their own.
                    create = sql.SQL("CREATE ROLE {role} LOGIN CREATEDB PASSWORD {password}")
                    connection.execute(create.format(password=password, **role))
                if not _exists(connection, "pg_database", "datname", DATABASE):
                    create = sql.SQL("CREATE DATABASE {database} OWNER {role}")
                    connection.execute(create.format(**role))
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise Refusal(
                    f"The passwords in {self.home.folder} are not those of its data: "
                    "move that folder away to start empty."
                ) from None
            return False
        return True

    @contextmanager
    def _as_superuser(self) -> Iterator[psycopg.Connection]:
        with psycopg.connect(
            host=HOST,
            port=self._port,
            dbname="postgres",
            user=SUPERUSER,
            password=self._passwords.superuser,
            connect_timeout=5,
            autocommit=True,
        ) as connection:
            yield connection


class _Passwords:
    """Random, and kept beside the data that know them, so that both live and go together."""

    def __init__(self, file: Path) -> None:
        if not file.exists():
            write_private(file, f"{secrets.token_urlsafe(24)}\n{secrets.token_urlsafe(24)}\n")
        self.superuser, self.role = file.read_text().split()


def check(url: str) -> None:
    """Raises Refusal where the server that `DATABASE_URL` names is away, or unfit."""
    try:
        with psycopg.connect(conninfo(url), connect_timeout=5) as connection:
            unmet, waived = demands.unmet(connection.cursor())
    except psycopg.Error as error:
        reason = " ".join(str(error).split())
        raise Refusal(
            f"DATABASE_URL does not answer ({reason}): correct it, or leave it out."
        ) from None
    if unmet and not waived:
        raise Refusal(unmet)


def conninfo(url: str) -> str:
    """The URL as libpq reads it: Django's forms allow more names of the scheme."""
    return "postgresql://" + url.partition("://")[2]


def _exists(connection: psycopg.Connection, table: str, column: str, value: str) -> bool:
    look = sql.SQL("SELECT 1 FROM {} WHERE {} = %s").format(
        sql.Identifier(table), sql.Identifier(column)
    )
    return connection.execute(look, (value,)).fetchone() is not None
