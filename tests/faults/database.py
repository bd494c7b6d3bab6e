"""A durable PostgreSQL that can be killed, and started again as a service manager would."""

import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from hhcportal.run.places import Places
from hhcportal.run.ports import HOST
from hhcportal.run.postgres import DURABLE, SUPERUSER, Postgres, conninfo
from hhcportal.run.processes import Child, dropped, wait_until
from hhcportal.run.steps import Refusal
from hhcportal.run.stopping import Stopping

STARTS_WITHIN = 60.0
# In the two-key advisory locks of `mailbox.locks`: the one applier of a mailbox.
APPLIER = 0x6D61696C


class Database:
    """One server with data of its own. `busy` is held by whoever does something to it."""

    def __init__(self, places: Places) -> None:
        self.server = Postgres(places, DURABLE)
        self.busy = threading.Lock()
        self._places = places
        self._child: Child | None = None

    @property
    def url(self) -> str:
        return self.server.url

    def start(self) -> None:
        """Start it until it stays: a killed one's children may hold the data for a moment."""
        until = time.monotonic() + STARTS_WITHIN
        while True:
            self._child = self.server.start()
            try:
                self.server.wait(self._child, Stopping())
            except Refusal:
                self._child.sweep()
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)
            else:
                return

    def end(self, number: signal.Signals) -> None:
        """SIGQUIT: the immediate stop, without a checkpoint. SIGKILL: not even that."""
        child = self._child
        if child is None:
            return
        if child.code is None:  # its id may be another's by now
            os.kill(self.pid, number)
        assert wait_until(lambda: child.code is not None, 30), "PostgreSQL did not end"
        child.sweep()
        self._child = None

    def back_up(self) -> None:
        """A base backup beside the data, as `pg_basebackup` makes it.

        A session that was killed just before has the server recover first, and answer nobody.
        """
        assert wait_until(self._backed_up, STARTS_WITHIN), "no base backup could be made"

    def _backed_up(self) -> bool:
        shutil.rmtree(self._draft, ignore_errors=True)
        home, superuser = self.server.home, self.server._passwords.superuser
        words = [str(home.programs / "pg_basebackup"), "-h", HOST, "-p", str(self.server._port)]
        words += ["-U", SUPERUSER, "-D", str(self._draft), "-X", "stream", "-c", "fast"]
        self._draft.mkdir(mode=0o700)
        if home.user:
            os.chown(self._draft, home.user.uid, home.user.gid)
        environment = {**os.environ, "PGPASSWORD": superuser}
        made = subprocess.run(words, cwd="/", env=environment, **dropped(home.user))
        return made.returncode == 0

    def set_back(self) -> None:
        """The backup takes the place of the data of a server that has ended.

        It recovers to the backup's end and goes on from there on a timeline of its own.
        """
        data = self.server.home.data
        with (self._draft / "postgresql.auto.conf").open("a") as settings:
            settings.write("restore_command = 'false'\n")
        (self._draft / "recovery.signal").touch()
        shutil.rmtree(data)
        self._draft.rename(data)

    @property
    def _draft(self) -> Path:
        return self.server.home.folder / "backup"

    @property
    def log(self) -> Path:
        return self._places.log / "postgres.log"

    @property
    def pid(self) -> int:
        return int((self._places.run / "postgres.pid").read_text().split()[0])

    @property
    def runs(self) -> bool:
        return self._child is not None and self._child.code is None

    @contextmanager
    def session(self, *, autocommit: bool = True) -> Iterator[psycopg.Connection[Any]]:
        """A session of the program's role that sees the rows of every account."""
        with psycopg.connect(
            conninfo(self.url),
            autocommit=autocommit,
            connect_timeout=5,
            options="-c app.scope=all",
        ) as connection:
            yield connection

    def backends(self) -> list[int]:
        """Process ids of the program's sessions."""
        with self.session() as session:
            rows = session.execute(
                "SELECT pid FROM pg_stat_activity WHERE usename = current_user"
                " AND backend_type = 'client backend' AND pid <> pg_backend_pid() ORDER BY pid"
            )
            return [row[0] for row in rows]

    def applier_at_work(self) -> bool:
        """Whether somebody is a mailbox's applier at this moment."""
        with self.session() as session:
            found = session.execute(
                "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND granted",
                [APPLIER],
            )
            return found.fetchone() is not None

    def applier_stands_still(self) -> bool:
        """Whether somebody is a mailbox's applier and has said nothing for the most of a slice.

        Without that, one that let go and is it again already would pass for one that stopped.
        """
        with self.session() as session:
            found = session.execute(
                "SELECT 1 FROM pg_locks JOIN pg_stat_activity USING (pid)"
                " WHERE locktype = 'advisory' AND classid = %s AND granted"
                " AND state LIKE 'idle%%' AND state_change < now() - interval '0.2 s'",
                [APPLIER],
            )
            return found.fetchone() is not None
