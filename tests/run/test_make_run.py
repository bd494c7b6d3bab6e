"""`make run` through its own door: what it prints, what it keeps alive, what it leaves behind."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from hhcportal.run.places import CHECKOUT, Places
from hhcportal.run.ports import free_port
from hhcportal.run.processes import started, wait_until
from hhcportal.run.temporary import temporary_folder
from tests.places import furnished_folder
from tests.run.demo import CHILDREN as DEMO
from tests.stack import Program

WITHIN = 60.0
HIDDEN = (
    *("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "PORTAL_URL", "DEMO"),
    *("ALLOW_TIME_TRAVEL", "ALLOW_UNSAFE_DATABASE"),
)
CHILDREN = ("beat", "postgres", "proxy", "valkey", "waiting", "web", "worker")


@pytest.fixture
def places() -> Iterator[Places]:
    with furnished_folder("mailbox-run-") as found:
        yield found


@pytest.fixture(scope="module")
def shared_places() -> Iterator[Places]:
    with temporary_folder("mailbox-run-") as found:
        yield found


@pytest.fixture(scope="module")
def program(shared_places: Places) -> Iterator[Program]:
    """One running program for the tests that leave it running."""
    with Program(environment(shared_places, free_port())) as running:
        yield running


@pytest.fixture(scope="module")
def bare_places() -> Iterator[Places]:
    with furnished_folder("mailbox-run-") as found:
        yield found


@pytest.fixture(scope="module")
def bare(bare_places: Places) -> Iterator[Program]:
    """One without the demo, beside the other."""
    told = environment(bare_places, free_port(), DEMO="0", ALLOW_TIME_TRAVEL="1")
    with Program(told) as running:
        yield running


def environment(places: Places, port: int, **more: str) -> dict[str, str]:
    """What a newcomer's shell has: the services of the tests are none of its business."""
    kept = {name: value for name, value in os.environ.items() if name not in HIDDEN}
    return {**kept, "VAR_DIR": str(places.var), "PORT": str(port), **more}


def said(program: Program, label: str) -> str:
    """What stands behind a label such as "Portal"."""
    found = [line.split(maxsplit=1)[1].strip() for line in program.said if label in line.split()]
    assert found, "".join(program.said)
    return found[-1]


def pid(places: Places, name: str) -> int:
    file = places.run / f"{name}.pid"
    return int(file.read_text().split()[0]) if file.exists() else 0


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def manage(places: Places, *words: str) -> subprocess.CompletedProcess[str]:
    """An operator's command with no settings but where the data lie."""
    hidden = environment(places, 8000)
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=CHECKOUT,
        env=hidden,
        capture_output=True,
        text=True,
    )


def test_the_first_start_prints_where_to_go_and_who_to_be(
    program: Program, shared_places: Places
) -> None:
    address = said(program, "Portal")
    assert answers(f"{address}livez")
    kept = json.loads((shared_places.var / "sign-ins.txt").read_text())
    assert said(program, "Sign-in") == kept["email"]
    assert said(program, "Password") == kept["password"]
    assert said(program, "Overview") == f"{address}accounts/{kept['account']}/"
    for private in ("sign-ins.txt", "secret_key", "run/environment"):
        assert (shared_places.var / private).stat().st_mode & 0o077 == 0, private
    assert wait_until(lambda: all(pid(shared_places, name) for name in DEMO), WITHIN)


def test_without_the_demo_there_is_no_account_and_none_of_its_programs(
    bare: Program, bare_places: Places
) -> None:
    assert not bare.says("Sign-in")
    assert not bare.says("Password")
    # The demo starts after the greeting; whoever revives a child has come past that.
    before = pid(bare_places, "beat")
    os.kill(before, signal.SIGKILL)
    assert wait_until(lambda: pid(bare_places, "beat") not in (0, before), WITHIN)
    assert not list(bare_places.run.glob("demo-*.pid"))
    assert not (bare_places.var / "demo").exists()
    words = ("First", "--email", "first@example.com", "--if-empty", "--json")
    opened = manage(bare_places, "create_account", *words)
    number = json.loads(opened.stdout.splitlines()[-1])["account"]
    # What the program was started for is told to commands that know only where it lies.
    aged = manage(bare_places, "age", number, "--by", "1h")
    assert aged.returncode == 0, aged.stderr


@pytest.mark.parametrize("name", CHILDREN)
def test_a_killed_child_comes_back(program: Program, shared_places: Places, name: str) -> None:
    before = pid(shared_places, name)
    os.kill(before, signal.SIGKILL)
    assert wait_until(lambda: pid(shared_places, name) not in (0, before), WITHIN)
    address = said(program, "Portal")
    assert wait_until(lambda: answers(f"{address}readyz"), WITHIN)


def test_a_second_start_in_the_same_place_is_refused_in_one_sentence(
    program: Program, shared_places: Places
) -> None:
    second = Program(environment(shared_places, free_port()))
    second.process.wait(timeout=WITHIN)
    assert second.end() == 1
    assert len(second.said) == 1
    assert "already runs" in second.said[0]


def test_an_operator_reaches_the_running_database(program: Program, shared_places: Places) -> None:
    kept = json.loads((shared_places.var / "sign-ins.txt").read_text())
    ran = manage(shared_places, "account_status", kept["account"], "--json")
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout.splitlines()[-1])["account"]["number"] == kept["account"]


def test_a_command_after_the_end_says_so_in_one_sentence(places: Places) -> None:
    ran = manage(places, "account_status", "12345678")
    assert ran.returncode == 1
    assert ran.stderr.count("\n") == 1
    assert "make run" in ran.stderr


def test_two_run_side_by_side_and_ctrl_c_ends_one(
    program: Program, bare: Program, bare_places: Places
) -> None:
    assert said(bare, "Portal") != said(program, "Portal")
    assert wait_until(lambda: answers(f"{said(bare, 'Portal')}readyz"), WITHIN)
    children = [pid(bare_places, name) for name in CHILDREN]
    assert bare.end(signal.SIGINT) == 0
    assert not any(map(started, children))
    assert wait_until(lambda: answers(f"{said(program, 'Portal')}readyz"), WITHIN)


def test_nothing_is_left_running_and_nothing_is_lost(
    program: Program, shared_places: Places
) -> None:
    """After SIGKILL, and after a second start in the same place, after SIGTERM."""
    assert none_is_left(program, shared_places, signal.SIGKILL)
    with Program(environment(shared_places, free_port())) as second:
        for label in ("Sign-in", "Password"):
            assert said(second, label) == said(program, label)
        assert said(second, "Overview").split("/")[-2] == said(program, "Overview").split("/")[-2]
        assert wait_until(lambda: answers(f"{said(second, 'Portal')}readyz"), WITHIN)
        assert none_is_left(second, shared_places, signal.SIGTERM)


def none_is_left(ended: Program, places: Places, number: signal.Signals) -> bool:
    """End it by a signal; the leash follows a killed supervisor, nobody else is there to do it."""
    names = (*CHILDREN, *DEMO)
    # The demo starts after the greeting; what an earlier start noted runs no more.
    assert wait_until(lambda: all(started(pid(places, name)) for name in names), WITHIN)
    children = [pid(places, name) for name in names]
    ended.end(number)
    return wait_until(lambda: not any(map(started, children)), 10)


@pytest.mark.parametrize("port", ["abc", "0", "70000"])
def test_a_port_that_is_none_is_refused_with_a_remedy(places: Places, port: str) -> None:
    refused = Program({**environment(places, 8000), "PORT": port})
    refused.process.wait(timeout=WITHIN)
    assert refused.end() == 1
    assert refused.said == [
        f"  PORT={port} is no port: choose one, for example `PORT=8001 make run`.\n"
    ]


def test_a_taken_port_is_refused_with_a_remedy(places: Places) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = Program(environment(places, port))
        refused.process.wait(timeout=WITHIN)
    assert refused.end() == 1
    assert len(refused.said) == 1
    assert f"Port {port} is taken" in refused.said[0]
    assert f"PORT={port + 1} make run" in refused.said[0]


def test_services_that_do_not_answer_are_named(places: Places) -> None:
    nowhere = f"postgres://nobody:nothing@127.0.0.1:{free_port()}/nothing"
    refused = Program(environment(places, free_port(), DATABASE_URL=nowhere))
    refused.process.wait(timeout=WITHIN)
    assert refused.end() == 1
    assert "DATABASE_URL does not answer" in refused.said[-1]
    assert not list(Path(places.run).glob("postgres.pid"))
