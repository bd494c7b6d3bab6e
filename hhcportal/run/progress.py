"""Whether the children make progress: the web by its answer, worker and beat by their ticks.

A tick is a time in PostgreSQL that a thread of the process writes every few seconds, so that
losing the broker restarts nobody. What is seen here is judged in the supervisor.
"""

import http.client
import threading
import time

import psycopg

from hhcportal.run.postgres import conninfo

PAUSE = 5.0
TIMEOUT = 5.0
TICKS = "SELECT name, extract(epoch FROM clock_timestamp() - at)::float FROM sync_tick"


class WebWatch(threading.Thread):
    """Asks `GET /livez` again and again; `failures` counts those in a row without a 200."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(daemon=True)
        self._host, self._port = host, port
        self.failures = 0

    def run(self) -> None:
        while True:
            self.failures = 0 if alive(self._host, self._port) else self.failures + 1
            time.sleep(PAUSE)


class TickWatch(threading.Thread):
    """Reads the ages of the ticks, in seconds.

    `ages` is None while PostgreSQL does not answer; `unbroken_since` (monotonic seconds) is when
    it last came back, for nobody could tick before.
    """

    def __init__(self, database_url: str) -> None:
        super().__init__(daemon=True)
        self._conninfo = conninfo(database_url)
        self.ages: dict[str, float] | None = None
        self.unbroken_since = time.monotonic()

    def run(self) -> None:
        while True:
            try:
                self._read_while_connected()
            except psycopg.Error:
                self.ages = None
            time.sleep(PAUSE)

    def _read_while_connected(self) -> None:
        with psycopg.connect(
            self._conninfo,
            autocommit=True,
            connect_timeout=5,
            options="-c statement_timeout=5000",
        ) as connection:
            while True:
                rows = connection.execute(TICKS).fetchall()
                if self.ages is None:
                    self.unbroken_since = time.monotonic()
                self.ages = dict(rows)
                time.sleep(PAUSE)


def alive(host: str, port: int) -> bool:
    """Whether the web server answers `GET /livez` with 200 within five seconds."""
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT)
    try:
        connection.request("GET", "/livez")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
