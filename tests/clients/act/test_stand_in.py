"""The line to a whole office: the stand-in of the Act! Web API, as a process, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from clients.agent.act.address import parse
from clients.agent.act.line import Line
from clients.agent.act.pages import pages
from clients.agent.act.probe import probe
from clients.agent.act.refusals import SignInRefused
from tests.act.office import Office

SMALL = ("--activities", "20", "--series", "2")
NOBODY = "00000000-0000-0000-0000-000000000000"


@contextmanager
def line_to(office: Office, **other: str) -> Iterator[Line]:
    """The line of its user, or with another word."""
    words = {name: getattr(office, name) for name in ("database", "user", "password")} | other
    address = parse(office.url, plain_http=False)
    line = Line(address, words["database"], words["user"], lambda: words["password"])
    with closing(line):
        yield line


@pytest.fixture(scope="module")
def whole() -> Iterator[Office]:
    with Office("--envelope", "value", *SMALL, contacts=300) as office:
        yield office


def test_the_probe_of_a_present_act(whole: Office) -> None:
    with line_to(whole) as line:
        found = probe(line, 200)
    assert found.lines() == [f"Act! Web API {found.api_version}, nothing missing"]


def test_the_probe_of_an_act_without_most_of_it() -> None:
    lacks = ("--without", "batch,select:note,edited-filter:history,tasks")
    poor = Office("--envelope", "bare", "--page-cap", "150", *lacks, *SMALL, contacts=300)
    with poor, line_to(poor) as line:
        found = probe(line, 200)
    without_filter = [kind for kind, can in found.kinds.items() if not can.edited_filter]
    without_select = [kind for kind, can in found.kinds.items() if not can.select]
    assert (without_filter, without_select) == (["history"], ["note"])
    assert found.kinds["activity"].route == "activities"
    assert (found.batch, found.page_cap) == (False, 150)


def test_all_contacts_in_pages_and_one_alone(whole: Office) -> None:
    with line_to(whole) as line:
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


@pytest.mark.parametrize("wrong", ["user", "database", "password"])
def test_whatever_is_wrong_is_tried_once(whole: Office, wrong: str) -> None:
    with line_to(whole, **{wrong: "wrong"}) as line:
        for _ in range(2):
            with pytest.raises(SignInRefused):
                line.get("contacts")
        # Two words with the lock, which says that the database is open.
        assert line.requests == 3
