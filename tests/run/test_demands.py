"""A database that would lose what was accepted is refused, whoever starts what by hand."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from hhcportal.run import children
from hhcportal.run.places import CHECKOUT, Places
from hhcportal.run.ports import free_port
from hhcportal.run.postgres import DURABLE, FLEETING, SUPERUSER, Postgres, conninfo
from hhcportal.run.processes import Child, stop, wait_until
from hhcportal.run.stopping import Stopping
from hhcportal.run.temporary import temporary_places
from tests.places import furnished_folder
from tests.stack import Program

WITHIN = 60.0
NEEDLESS = ("ALLOW_UNSAFE_DATABASE", "ALLOW_TIME_TRAVEL", "DATABASE_URL")


@dataclass
class Server:
    """A PostgreSQL of these tests alone."""

    url: str
    superuser_url: str


@pytest.fixture(scope="module")
def durable() -> Iterator[Server]:
    with temporary_places("mailbox-demands-") as places:
        yield from started(places, DURABLE)


@pytest.fixture(scope="module")
def fleeting() -> Iterator[Server]:
    with temporary_places("mailbox-demands-") as places:
        yield from started(places, FLEETING)


def started(places: Places, settings: tuple[str, ...]) -> Iterator[Server]:
    server = Postgres(places, settings)
    child = server.start()
    try:
        server.wait(child, Stopping())
        address = server.url.rpartition("@")[2]
        password = server._passwords.superuser
        yield Server(server.url, f"postgres://{SUPERUSER}:{password}@{address}")
    finally:
        stop([child], 5.0)


@pytest.fixture
def places() -> Iterator[Places]:
    with furnished_folder("mailbox-demanding-") as found:
        yield found


def environment(places: Places, database_url: str, **more: str) -> dict[str, str]:
    """As an operator sets it, who allows nothing."""
    kept = {name: value for name, value in os.environ.items() if name not in NEEDLESS}
    return {**kept, "DATABASE_URL": database_url, "VAR_DIR": str(places.var), **more}


def said(places: Places, name: str) -> str:
    return (places.log / f"{name}.log").read_text()


def answers(port: int, path: str) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}{path}", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


SWITCHES = ("fsync", "full_page_writes", "synchronous_commit")


@pytest.mark.parametrize("name", ["worker", "beat"])
def test_neither_worker_nor_beat_starts_on_a_server_that_flushes_nothing(
    fleeting: Server, places: Places, name: str
) -> None:
    child = children.start(name, places, environment(places, fleeting.url), free_port())
    try:
        assert wait_until(lambda: child.code is not None, WITHIN)
        assert child.code == 1
    finally:
        stop([child], 5.0)
    assert all(f"{switch} is off (turn it on)" in said(places, name) for switch in SWITCHES)


def test_no_web_server_answers_on_a_server_that_flushes_nothing(
    fleeting: Server, places: Places
) -> None:
    port = free_port()
    child = children.start("web", places, environment(places, fleeting.url), port)
    try:
        # Its workers end; on a slow machine the server goes on trying new ones.
        ended = "Unexpected exit from worker"
        assert wait_until(lambda: said(places, "web").count(ended) >= children.WEB_WORKERS, WITHIN)
        assert not answers(port, "/livez")
    finally:
        stop([child], 5.0)
    assert all(f"{switch} is off (turn it on)" in said(places, "web") for switch in SWITCHES)


def test_it_starts_there_where_somebody_allows_it_and_says_so(
    fleeting: Server, places: Places
) -> None:
    port = free_port()
    allowed = environment(places, fleeting.url, ALLOW_UNSAFE_DATABASE="1")
    child = children.start("web", places, allowed, port)
    try:
        assert wait_until(lambda: answers(port, "/livez"), WITHIN)
    finally:
        stop([child], 5.0)
    assert "WARNING hhcportal.demands" in said(places, "web")


def test_a_server_that_was_away_is_asked_when_it_answers(places: Places) -> None:
    with temporary_places("mailbox-demands-") as elsewhere:
        server = Postgres(elsewhere, FLEETING)
        port = free_port()
        web = children.start("web", places, environment(places, server.url), port)
        both: list[Child] = [web]
        try:
            assert wait_until(lambda: answers(port, "/livez"), WITHIN)
            assert httpx.get(f"http://127.0.0.1:{port}/api/v1/limits").status_code == 200
            both.append(server.start())
            server.wait(both[1], Stopping())
            # Each worker finds it and ends; those that the web server tries next never begin.
            found = "CRITICAL hhcportal.demands"
            assert wait_until(lambda: found in said(places, "web"), WITHIN)
            assert wait_until(lambda: not answers(port, "/livez"), WITHIN)
        finally:
            stop(both, 5.0)
    assert "fsync is off" in said(places, "web")


def test_make_run_refuses_in_one_sentence(fleeting: Server, places: Places) -> None:
    refused = Program(environment(places, fleeting.url, PORT=str(free_port())))
    refused.process.wait(timeout=WITHIN)
    assert refused.end() == 1
    assert "fsync is off" in refused.said[-1]
    assert not any("tables" in line for line in refused.said)


@pytest.fixture
def roles(durable: Server) -> Iterator[dict[str, str]]:
    """URLs of roles that the program must not have, by what is wrong with them."""
    address = durable.url.rpartition("@")[2]
    with psycopg.connect(conninfo(durable.superuser_url), autocommit=True) as connection:
        for name, word in (("bypassing", "BYPASSRLS"), ("hasty", "")):
            connection.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'known' {word}")
        connection.execute("ALTER ROLE hasty SET synchronous_commit = off")
        yield {
            "is a superuser": durable.superuser_url,
            "bypasses row-level security": f"postgres://bypassing:known@{address}",
            "synchronous_commit is off": f"postgres://hasty:known@{address}",
        }
        connection.execute("DROP ROLE bypassing, hasty")


def manage(places: Places, url: str, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    given: dict[str, Any] = {"capture_output": True, "text": True, "cwd": Path(CHECKOUT)}
    told = environment(places, url, **more)
    return subprocess.run([sys.executable, "manage.py", *words], env=told, **given)


def test_a_role_that_may_too_much_or_promises_too_little_is_refused(
    roles: dict[str, str], places: Places
) -> None:
    for wrong, url in roles.items():
        for words in (("migrate",), ("check", "--database", "default")):
            ran = manage(places, url, *words)
            assert ran.returncode == 1, (wrong, words)
            assert wrong in ran.stderr, (wrong, words)


def test_what_a_start_makes_the_tables_with_refuses_it_too(
    roles: dict[str, str], places: Places
) -> None:
    """The one check of a start: its processes leave theirs out."""
    ran = manage(places, roles["is a superuser"], "tables")
    assert ran.returncode == 1
    assert "is a superuser" in ran.stderr


def test_such_a_role_is_refused_although_an_unsafe_database_is_allowed(
    roles: dict[str, str], places: Places
) -> None:
    for wrong in ("is a superuser", "bypasses row-level security"):
        ran = manage(places, roles[wrong], "tables", ALLOW_UNSAFE_DATABASE="1")
        assert ran.returncode == 1, wrong
        assert wrong in ran.stderr
        assert "ALLOW_UNSAFE_DATABASE" not in ran.stderr  # it would not help
    ran = manage(
        places,
        roles["synchronous_commit is off"],
        "check",
        "--database",
        "default",
        ALLOW_UNSAFE_DATABASE="1",
    )
    assert ran.returncode == 0, ran.stderr


def test_no_worker_starts_as_a_superuser_although_an_unsafe_database_is_allowed(
    durable: Server, places: Places
) -> None:
    told = environment(places, durable.superuser_url, ALLOW_UNSAFE_DATABASE="1")
    child = children.start("worker", places, told, free_port())
    try:
        assert wait_until(lambda: child.code is not None, WITHIN)
        assert child.code == 1
    finally:
        stop([child], 5.0)
    assert "is a superuser" in said(places, "worker")


def test_a_plain_role_on_a_durable_server_is_taken(durable: Server, places: Places) -> None:
    ran = manage(places, durable.url, "check", "--database", "default", "--fail-level", "WARNING")
    assert ran.returncode == 0, ran.stderr


def test_locks_and_idle_transactions_of_the_program_are_bounded(
    durable: Server, places: Places
) -> None:
    show = "SHOW lock_timeout; SHOW idle_in_transaction_session_timeout"
    asked = (
        "from django.db import connection as c\n"
        f"for word in {show!r}.split(';'):\n"
        "    with c.cursor() as cursor: cursor.execute(word); print(*cursor.fetchone())"
    )
    ran = manage(places, durable.url, "shell", "--no-imports", "--command", asked)
    assert ran.stdout.split() == ["5s", "15s"], ran.stderr
