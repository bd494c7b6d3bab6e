"""The line to a whole office: the stand-in of the Act! Web API, as a process, over HTTP."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from clients.agent.act.address import parse
from clients.agent.act.line import Line
from clients.agent.act.pages import pages
from clients.agent.act.probe import probe
from clients.agent.act.refusals import SignInRefused

CHECKOUT = Path(__file__).parents[3]
SMALL = ("--contacts", "300", "--activities", "20", "--series", "2")
NOBODY = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True)
class Office:
    url: str
    database: str
    user: str
    password: str

    @contextmanager
    def line(self, **other: str) -> Iterator[Line]:
        told = {**vars(self), **other}
        address = parse(self.url, plain_http=False)
        line = Line(address, told["database"], told["user"], lambda: told["password"])
        with closing(line):
            yield line

    def violations(self) -> object:
        """What the referee holds against both sides."""
        return httpx.get(self.url.replace("/act.web.api", "/_control")).json()["violations"]


@pytest.fixture(scope="module")
def office() -> Iterator[Callable[..., Office]]:
    """Starts stand-ins of few records, which end with the module."""
    running: list[subprocess.Popen[str]] = []

    def start(*options: str) -> Office:
        command = [sys.executable, "-m", "tests.act", "--port", "0", *SMALL, *options]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=CHECKOUT)
        running.append(process)
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        return Office(*(told[name] for name in ("url", "database", "user", "password")))

    yield start
    for process in running:
        process.terminate()
        process.communicate()


@pytest.fixture(scope="module")
def whole(office: Callable[..., Office]) -> Office:
    return office("--envelope", "value")


def test_the_probe_of_a_present_act(whole: Office) -> None:
    with whole.line() as line:
        found = probe(line, 200)
    assert found.lines() == [f"Act! Web API {found.api_version}, nothing missing"]
    assert whole.violations() == []


def test_the_probe_of_an_act_without_most_of_it(office: Callable[..., Office]) -> None:
    poor = office(
        *("--envelope", "bare", "--page-cap", "150"),
        *("--without", "batch,select:note,edited-filter:history,tasks"),
    )
    with poor.line() as line:
        found = probe(line, 200)
    without_filter = [kind for kind, can in found.kinds.items() if not can.edited_filter]
    without_select = [kind for kind, can in found.kinds.items() if not can.select]
    assert (without_filter, without_select) == (["history"], ["note"])
    assert found.kinds["activity"].route == "activities"
    assert (found.batch, found.page_cap) == (False, 150)
    assert poor.violations() == []


def test_all_contacts_in_pages_and_one_alone(whole: Office) -> None:
    with whole.line() as line:
        read = [row for page in pages(line, "contacts", orderby="edited asc,id asc", size=50)
                for row in page]  # fmt: skip
        ids = [row["id"] for row in read]
        assert len(ids) == len(set(ids)) > 250
        assert [row["edited"] for row in read] == sorted(row["edited"] for row in read)
        assert line.get(f"contacts/{ids[0]}")["id"] == ids[0]
        assert line.get_or_none(f"contacts/{NOBODY}") is None
        several = [f"contacts/{id}/secondary-contacts" for id in ids[:5]]
        answers = line.batch([(path, {}) for path in [*several, f"contacts/{NOBODY}"]])
        assert [answer is None for answer in answers] == [False] * 5 + [True]
    assert whole.violations() == []


@pytest.mark.parametrize("wrong", ["user", "database", "password"])
def test_whatever_is_wrong_is_tried_once(whole: Office, wrong: str) -> None:
    with whole.line(**{wrong: "wrong"}) as line:
        for _ in range(2):
            with pytest.raises(SignInRefused):
                line.get("contacts")
        # Two words with the lock, which says that the database is open.
        assert line.requests == 3
