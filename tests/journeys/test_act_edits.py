"""Two phones change an Act! office that goes on working: each edit stands there once, unharmed.

What an edit comes to is told by `tests/journeys/act/wishes.py`; that all of it and nothing else has
become of the office, by its own books (`ledger.py`); that the phones end as it, by `party.py`.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle, islice

import pytest

from tests.act.faults import AFTER_WRITES, ALTERING, REPLACING, WRITE_FAULTS
from tests.act.office import Office
from tests.journeys.account import eventually
from tests.journeys.act.books import Window
from tests.journeys.act.failing import EVERYTHING, LONG_FIGURES, READS, WRITES, plan
from tests.journeys.act.ledger import Ledger
from tests.journeys.act.party import Party, gather
from tests.journeys.act.wishes import Plan, Wish, stock
from tests.journeys.programs import Device
from tests.stack import Stack

SMALL = ("--companies", "6", "--groups", "6", "--opportunities", "4", "--histories", "10",
         "--notes", "8", "--activities", "10", "--series", "2", "--secondary", "3",
         "--latency-ms", "5")  # fmt: skip
WEEK = Window(7, 14)
OFFICES, PHONES, CONFLICTS = 200, 30, 6
SEED = 15
KILLS, DAYS_OF_KILLS = (200, 5) if LONG_FIGURES else (40, 1)
KILLS_AT_ONCE, EDITS_AT_ONCE = 14, 10
DAYS_OF_FAULTS = 3 if LONG_FIGURES else 1
# Answers that are lost after the write first of all.
FAULTS = [*dict.fromkeys([*AFTER_WRITES, *WRITE_FAULTS, *REPLACING, *ALTERING])]
# In the short size those of writes, and a third of the others.
FAULTS = FAULTS if LONG_FIGURES else [*WRITE_FAULTS, *FAULTS[len(WRITE_FAULTS) :: 3]]
OPEN = {"unsent", "waiting", "collected"}


@pytest.fixture(scope="module")
def party(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Party]:
    """One office for all tests."""
    with Office(*SMALL, contacts=40) as office:
        gathered = gather(stack, tmp_path_factory.mktemp("edits"), office, WEEK, "Anna", "Ben")
        yield gathered
        gathered.close()


class Round:
    """Edits of two phones, which stand on what the phones held before the office's day."""

    def __init__(self, party: Party, label: str, policy: str) -> None:
        self.party, self.label, self.policy = party, label, policy
        self.dice = random.Random(label)
        rules = f'{WEEK.rules}\n[edits]\nconflicts = "{policy}"\n'
        (party.agent.folder / "rules.toml").write_text(rules, encoding="utf-8")
        stock(party.office, label)
        party.agent.sync()
        party.sync_phones()
        self._turns = cycle(party.phones)
        self._edits: dict[str, list[Wish]] = {phone.name: [] for phone in party.phones}
        self._before = {phone.name: len(_edits(phone)) for phone in party.phones}

    def make(self, wishes: list[Wish]) -> None:
        """One by this phone, one by that one; who does not hold the record any more makes none."""
        for wish, phone in zip(wishes, self._turns, strict=False):
            if wish.make(phone):
                self._edits[phone.name].append(wish)

    def send(self) -> None:
        """All that was made waits for the agent."""
        for phone in self.party.phones:
            phone.sync()
        peers = self.party.account.status
        eventually(lambda: all(p["unapplied"] == 0 for p in peers()["peers"]), "the edits wait")

    def settle(self) -> None:
        """Everything is looked at and collected."""
        self.party.agent.age(hours=21)
        self.party.agent.sync("--allow-mass-delete")
        self.party.sync_phones()

    def outcomes(self) -> list[Wish]:
        """The edits with what became of them, in the order in which they reached the mailbox."""
        for phone in self.party.phones:
            told = _edits(phone)[self._before[phone.name] :]
            for wish, edit in zip(self._edits[phone.name], told, strict=True):
                wish.id, wish.state, wish.detail = edit["id"], edit["state"], edit["detail"]
        return [wish for made in self._edits.values() for wish in made]


def _edits(phone: Device) -> list[dict[str, str]]:
    told: list[dict[str, str]] = phone.call("status")["edits"]
    return told


@pytest.mark.parametrize("policy", ["office", "phone", "ask"])
def test_thirty_edits_of_phones_beside_two_hundred_of_the_office(party: Party, policy: str) -> None:
    day = Round(party, policy, policy)
    party.office.office_day(OFFICES, seed=len(policy))
    wishes = Plan(party, policy, day.dice).wishes(day.dice)
    assert len(wishes) == PHONES
    day.make(wishes)
    _contradict(party.office, wishes)
    ledger = Ledger(party.office)
    day.send()
    party.agent.sync()
    day.settle()
    made = day.outcomes()
    for wish in made:
        ends = "applied" if (wish.ends, policy) == ("conflict", "phone") else wish.ends
        assert wish.state == ends, wish
    stand = [wish for wish in made if wish.state == "applied"]
    if policy == "ask":
        stand += _settled(party, [wish for wish in made if wish.state == "conflict"])
    assert ledger.wasted() == 0
    ledger.check(stand)
    party.check_equal()


def _contradict(office: Office, wishes: Sequence[Wish]) -> None:
    for wish in wishes:
        if wish.clash:
            wish.clash(office)


def _settled(party: Party, conflicts: list[Wish]) -> list[Wish]:
    """Those that a person has settled for the phone: every other."""
    agent = party.agent
    numbers = {one["id"]: str(one["number"]) for one in agent.call("conflicts")["conflicts"]}
    assert numbers.keys() == {wish.id for wish in conflicts}
    assert party.account.peer(agent.name)["pending"] == len(conflicts) == CONFLICTS
    for number, wish in enumerate(conflicts):
        which = wish.id if number % 3 else numbers[wish.id]
        assert agent.run("resolve", which, ("office", "phone")[number % 2]).code == 0
    agent.sync()
    party.sync_phones()
    assert agent.call("conflicts")["conflicts"] == []
    return conflicts[1::2]


def test_edits_stand_once_though_the_agent_is_killed_again_and_again(
    party: Party, record_property: Callable[[str, object], None]
) -> None:
    dice, kills, begun = random.Random(SEED), 0, set[str]()
    # Each answer comes long after the write: there many of the kills are.
    party.office.plan("slow", WRITES, times=10**6, seconds=0.15)
    for number in range(DAYS_OF_KILLS):
        day, ledger, slices = _begun(party, f"killed {number}", EDITS_AT_ONCE)
        for wishes in slices:
            _some_more(day, ledger, wishes)
            met = list(islice(party.agent.killed_in_edits(dice), KILLS_AT_ONCE // 2))
            begun.update(*met)
            kills += len([*met, *party.agent.killed(KILLS_AT_ONCE - len(met), dice)])
        _all_stands(day, ledger)
    party.office.do("clear-faults")
    record_property("figures", f"seed {SEED}: {kills} kills, {len(begun)} edits met")
    assert kills >= KILLS
    assert begun


def test_edits_stand_once_whatever_fails_now_and_then(
    party: Party, record_property: Callable[[str, object], None]
) -> None:
    record_property("figures", f"seed {SEED}")
    for number in range(DAYS_OF_FAULTS):
        day, ledger, slices = _begun(party, f"failing {number}", 1)
        for place, what in enumerate(FAULTS):
            count = 3 if what in WRITE_FAULTS else 1
            _some_more(day, ledger, [wish for _ in range(count) for wish in next(slices, [])])
            seed = SEED + 100 * number + place
            plan(party.office, what, READS, nth=8, seed=seed, by_chance=EVERYTHING)
            if what != "too-many":
                party.office.plan(what, WRITES, seconds=0.2)
            party.agent.run("run", "--once")
            party.office.do("clear-faults")
        _some_more(day, ledger, [wish for rest in slices for wish in rest])
        party.office.do("rate", limit=None)
        _all_stands(day, ledger)
    assert {*FAULTS} <= {asked["fault"] for asked in party.office.log()}


def _begun(party: Party, label: str, at_once: int) -> tuple[Round, Ledger, Iterator[list[Wish]]]:
    """A day of edits that are made so many at once."""
    day = Round(party, label, "office")
    wishes = Plan(party, label, day.dice).wishes(day.dice)
    slices = (wishes[first : first + at_once] for first in range(0, PHONES, at_once))
    return day, Ledger(party.office), slices


def _some_more(day: Round, ledger: Ledger, wishes: list[Wish]) -> None:
    """These edits are made, and the office goes on."""
    day.make(wishes)
    day.send()
    office = day.party.office
    with ledger.office_works():
        _contradict(office, wishes)
        # It takes away nothing: whatever is there, the ledger compares.
        office.do("office-day", count=5, seed=day.dice.randrange(10**6), most=10**6)


def _all_stands(day: Round, ledger: Ledger) -> None:
    day.party.agent.sync()
    day.settle()
    made = day.outcomes()
    assert {wish.state for wish in made} & OPEN == set()
    stand = [wish for wish in made if wish.state == "applied"]
    assert len(stand) > PHONES // 2
    ledger.check(stand)
    day.party.check_equal()
