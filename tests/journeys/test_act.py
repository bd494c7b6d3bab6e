"""An Act! office, its agent and two phones: whatever happens, the phones hold the sync set.

What that is, the office's own books tell (`tests/journeys/act`), record by record and property by
property. The stand-in's referee looks at every request and every answer of all of this.
"""

import os
import random
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest

from tests.act.__main__ import CAPABILITIES
from tests.act.faults import ALTERING, REPLACING
from tests.act.office import Office
from tests.act.table import TABLE
from tests.journeys.act.books import IN_THE_SET, OUTSIDE, Window
from tests.journeys.act.failing import READS, plan
from tests.journeys.act.party import Party, gather
from tests.journeys.act.search import Search
from tests.stack import Stack

LONG_FIGURES = "LONG_FIGURES" in os.environ
KILLS = 200 if LONG_FIGURES else 40
CANARIES = 30
SIZES = (
    {"contacts": 17_500, "companies": 126, "groups": 40, "opportunities": 800, "histories": 20_000,
     "notes": 9_000, "activities": 5_000, "series": 300, "secondary": 500}
    if LONG_FIGURES
    else {"contacts": 160, "companies": 12, "groups": 8, "opportunities": 40, "histories": 150,
          "notes": 80, "activities": 150, "series": 5, "secondary": 24}
)  # fmt: skip
# What everybody in the office does in a day, by kind.
DELETED = {"secondary_contact": 4, "contact": 9, "company": 2, "opportunity": 4, "note": 12,
           "history": 14, "activity": 5}  # fmt: skip
TURNED_PRIVATE = {"contact": 8, "company": 2, "opportunity": 2, "note": 4, "history": 2,
                  "activity": 2}  # fmt: skip
EDITED, LEFT = 200, 10
SMALL = ("--companies", "6", "--groups", "6", "--opportunities", "8", "--histories", "20",
         "--notes", "16", "--activities", "20", "--series", "3", "--secondary", "5")  # fmt: skip
WEEK = Window(7, 14)
DAYS_OF_FAULTS = 3 if LONG_FIGURES else 1
FAULTS = [*REPLACING, *ALTERING]
# Each by itself; in the short size several before the end is looked at.
_ENDS = len(FAULTS) if LONG_FIGURES else 3
PLANNED = [FAULTS[end::_ENDS] for end in range(_ENDS)]
# Without both routes of activities there is nothing to read them by.
OFF = [name for name in CAPABILITIES if name != "activities"]
# Each by itself, and all at once; in the short size half of them at a time.
LACKING = [*([name] for name in OFF)] if LONG_FIGURES else [OFF[:4], OFF[4:]]
LACKING.append(OFF)


@contextmanager
def small_office(stack: Stack, folder: Path) -> Iterator[Party]:
    """A few records of each kind, and who takes part."""
    with Office(*SMALL, contacts=40) as office:
        party = gather(stack, folder, office, WEEK, "Anna")
        yield party
        party.close()


@pytest.fixture(scope="module")
def small(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Party]:
    """One for all tests that leave it in order."""
    with small_office(stack, tmp_path_factory.mktemp("act")) as party:
        party.agent.sync()
        party.sync_phones()
        yield party


def test_an_office_and_two_phones_from_the_first_sync_to_a_days_work(
    stack: Stack, tmp_path: Path
) -> None:
    sizes = [f"--{name}={count}" for name, count in SIZES.items()]
    with Office(*sizes) as office:
        window = Window() if LONG_FIGURES else Window(30, 60)
        party = gather(stack, tmp_path, office, window, "Anna", "Ben")
        canaries = [one["canary"] for one in office.do("canaries", count=CANARIES)["canaries"]]
        assert len(canaries) == CANARIES
        travels = _something_that_travels(office)
        search = Search(party)
        _review_tells_what_is_then_sent(party, search, canaries, travels)
        party.sync_phones()
        party.check_equal()
        _a_days_work(party)
        party.check_equal()
        _nothing_left_that_may_not(party, search, canaries, travels)
        _nobody_asked_for_what_is_not_in_the_table(office)
        party.close()


def _something_that_travels(office: Office) -> str:
    """A string beside the canaries, in a record of which everything may leave."""
    string = f"travels{secrets.token_hex(6)}"
    contact = office.create("contact", fullName=string, **IN_THE_SET)
    office.create("note", noteText=f"Said {string}.", contacts=[contact])
    return string


def _review_tells_what_is_then_sent(
    party: Party, search: Search, canaries: list[str], travels: str
) -> None:
    agent, account = party.agent, party.account
    reviewed = agent.call("review")
    counted = reviewed["travels"]
    assert {"private", "limited", "sync-set"} <= reviewed["stays"]["contact"].keys()
    assert agent.status()["records"] == {}
    # All of it lies in the outbox while nothing may travel.
    account.set_state("suspended")
    assert agent.run("run", "--once").code != 0
    assert search.in_agent([*canaries, travels]) == {travels}
    account.set_state("active")
    sent = agent.sync()["sent"]
    # With many contacts, asking for the secondary ones of all takes a day.
    agent.age(hours=21)
    sent += agent.sync()["sent"]
    assert sent == sum(counted.values())
    assert agent.status()["records"] == counted


def _a_days_work(party: Party) -> None:
    office, agent, dice = party.office, party.agent, random.Random(14)
    on_phones = {kind: _mixed(party, kind, dice) for kind in DELETED}
    gone: list[str] = []
    for kind, count in DELETED.items():
        for id in _take(on_phones[kind], count):
            office.delete(kind, id)
            gone.append(id)
    for kind, count in TURNED_PRIVATE.items():
        for number, id in enumerate(_take(on_phones[kind], count)):
            office.turn_private(kind, id, own=number % 2 == 0)
            gone.append(id)
    made = office.office_day(EDITED, seed=14)
    hidden = {edit["id"] for edit in made if edit["what"] in ("delete", "turn_private")}
    there = [id for id in on_phones["contact"] if id not in hidden]
    for id in _take(there, LEFT):
        office.change("contact", id, **OUTSIDE)
        gone.append(id)
    assert len(gone) == 50 + 20 + LEFT
    agent.sync()
    agent.age(hours=21)
    # A deleted series is more at once than is believed without a word.
    is_series_gone = any(one["what"] == "delete" and one["kind"] == "activity" for one in made)
    agent.sync(*["--allow-mass-delete"] * is_series_gone)
    party.sync_phones()
    for kind in on_phones:
        assert {*gone} & {*party.ids(kind)} == set(), kind


def _mixed(party: Party, kind: str, dice: random.Random) -> list[str]:
    """The records of a kind on the phones by chance; of activities those that are no series."""
    ids = [id for id in party.ids(kind) if "." not in id]
    dice.shuffle(ids)
    return ids


def _take(ids: list[str], count: int) -> list[str]:
    taken, ids[:] = ids[:count], ids[count:]
    return taken


def _nothing_left_that_may_not(
    party: Party, search: Search, canaries: list[str], travels: str
) -> None:
    number, task = party.account.number, "sync.tasks.nudge"
    found = search.found([*canaries, travels, number, task])
    assert {place: told for place, told in found.items() if told & {*canaries}} == {}
    # What was looked through is what was meant: all that may be found there is.
    assert {place for place, told in found.items() if travels in told} >= {
        "the phones' files",
        "what a phone shows",
        "the mailbox's rows",
    }
    assert {place for place, told in found.items() if number in told} >= {
        "the agent's files",
        "the portal",
        "the admin",
        "the mailbox's rows",
    }
    assert task in found["the logs"]
    assert any("sent" in text for text in party.agent.said)


def _nobody_asked_for_what_is_not_in_the_table(office: Office) -> None:
    routes = {route.name: route for route in TABLE.routes}
    log = office.log()
    assert {asked["route"] for asked in log} <= routes.keys()
    for asked in log:
        names = {name for name, _ in asked["query"]}
        known = {told.partition("=")[0].split()[0] for told in routes[asked["route"]].query}
        assert {name for name in names if not name.startswith("$")} <= known, asked
        selected = [value for name, value in asked["query"] if name == "$select"]
        model = TABLE.models.get(routes[asked["route"]].model or "")
        for name in ",".join(selected).split(",") if selected else ():
            assert model
            assert name in model.properties, asked
    assert office.ask("referee")["judged"] >= len(log) > 0
    assert office.violations() == []


def test_an_agent_that_is_killed_again_and_again_ends_the_same(
    stack: Stack, tmp_path: Path
) -> None:
    """In its first sync, and in the days that follow."""
    with small_office(stack, tmp_path) as party:
        canaries = [one["canary"] for one in party.office.do("canaries", count=6)["canaries"]]
        travels = _something_that_travels(party.office)
        search, seen = Search(party), set[str]()
        for day in party.agent.killed(KILLS, random.Random(14)):
            seen |= search.in_agent([*canaries, travels])
            party.office.office_day(3, seed=day)
            if day % 3 == 0:
                party.agent.age(hours=7)
        _settle(party)
        party.check_equal()
        assert seen == {travels}


def test_the_end_is_the_same_whatever_act_cannot(small: Party) -> None:
    office, agent = small.office, small.agent
    office.do("backup", name="before")
    for number, lacking in enumerate(LACKING):
        office.do("version", api_version=f"1.1.{number}.0", without=lacking)
        small.books.as_kept = "tasks" in lacking
        if lacking == OFF:
            _leave_what_one_page_holds(office)
        # Its first sync is one without these too.
        agent.lose_memory()
        agent.sync()
        small.sync_phones()
        _work(small, number)
        # Where no activity is given by its id, what two sweeps missed is gone.
        _settle(small, sweeps=2 if "tasks" in lacking else 1)
        small.check_equal()
    office.do("restore", name="before")
    office.do("version", api_version="1.2.0.0", without=[])
    small.books.as_kept = False
    _settle(small)
    small.check_equal()


def _leave_what_one_page_holds(office: Office) -> None:
    """Act! cannot be read beyond that where it has no `$skip`: the agent says so, and stops."""
    series = {
        told["row"]["seriesID"]
        for told in office.truth("activity", since=datetime.now(UTC).date() - timedelta(days=60))
        if told["row"]["isRecurring"]
    }
    for id in series:
        office.delete("activity", id)


@pytest.mark.parametrize("faults", PLANNED, ids="+".join)
def test_the_end_is_the_same_whatever_fails_now_and_then(small: Party, faults: list[str]) -> None:
    office, agent = small.office, small.agent
    for day, what in product(range(DAYS_OF_FAULTS), faults):
        number = FAULTS.index(what)
        plan(office, what, READS, nth=8 + number, seed=100 * day + number, by_chance=READS)
        _work(small, day)
        agent.age(hours=7)
        agent.run("run", "--once")
        office.do("clear-faults")
    assert {*faults} <= {asked["fault"] for asked in office.log()}
    office.do("rate", limit=None)
    _settle(small)
    small.check_equal()


def test_the_end_is_the_same_after_an_older_backup_of_act(small: Party) -> None:
    office, agent = small.office, small.agent
    agent.sync()
    office.do("backup", name="monday")
    _work(small, 1)
    _settle(small)
    small.check_equal()
    of_tuesday = small.phones[0].digest()
    office.do("restore", name="monday")
    _settle(small)
    small.check_equal()
    assert small.phones[0].digest() != of_tuesday


def _work(party: Party, seed: int) -> None:
    """A few edits by chance, and in any case some that come and some that turn private."""
    office = party.office
    for kind in ("contact", "note", "history"):
        office.turn_private(kind, random.Random(seed).choice(party.ids(kind)), own=True)
    for _ in range(2):
        contact = office.create("contact", **IN_THE_SET)
        office.create("note", contacts=[contact])
        office.create("history", contacts=[contact])
    office.office_day(12, seed=seed)


def _settle(party: Party, sweeps: int = 1) -> None:
    """Everything is looked at, and the phones collect it."""
    for _ in range(sweeps):
        party.agent.age(hours=21)
        party.agent.sync("--allow-mass-delete")
    party.sync_phones()
