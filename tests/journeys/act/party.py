"""An account with an Act! office, the agent beside it, and phones: and that all end the same."""

import json
import random
import sqlite3
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from tests.act.office import Office, Row
from tests.journeys.account import Account, eventually
from tests.journeys.act.books import Books, Window
from tests.journeys.cast import digest
from tests.journeys.programs import Client, Device
from tests.journeys.witness import Witness
from tests.stack import Stack
from tests.warm import Ran

PROFILE = """\
[profile.office]
url = "{stack}"
connector = "act"
act_url = "{office.url}"
act_database = "{office.database}"
act_user = "{office.user}"
rules = "rules.toml"
data_dir = "data"
"""
Said = dict[str, Any]


class ActAgent(Client):
    """The agent with a profile for an Act! office, in a folder of its own."""

    module = "clients.agent"
    role = "server"

    def __init__(self, folder: Path, stack: Stack, office: Office, rules: str) -> None:
        super().__init__(folder, "Agent")
        self.said: list[str] = []
        self._password = office.password
        folder.mkdir()
        (folder / "agents.toml").write_text(PROFILE.format(stack=stack.url, office=office))
        (folder / "rules.toml").write_text(rules, encoding="utf-8")

    def run(self, *words: str, typed: str = "") -> Ran:
        ran = super().run(*words, typed=typed)
        self.said += [ran.out, ran.err]
        assert "Traceback" not in ran.err, ran.err
        return ran

    def connect(self) -> None:
        ran = self.run("connect", typed=self._password + "\n")
        assert ran.code == 0, ran.err

    def sync(self, *words: str) -> Said:
        """One sync that must succeed; its numbers."""
        return self.call("run", "--once", *words)

    def killed(self, kills: int, dice: random.Random) -> Iterator[int]:
        """Yields after each kill, at any moment by chance: most runs are as long as that."""
        done, span = 0, 2.0
        while done < kills:
            with self.begun("run", "--once") as running:
                time.sleep(dice.random() * span)
                is_killed = running.kill()
            span *= 1.05 if is_killed else 0.8
            if is_killed:
                done += 1
                yield done

    def killed_in_edits(self, dice: random.Random) -> Iterator[set[str]]:
        """Yields after each kill soon after a phone's edit was begun, until none is left.

        What it yields are the edits on their way into Act!.
        """
        while True:
            before = self.begun_edits()
            with self.begun("run", "--once") as running:
                while running.lives() and self.begun_edits() == before:
                    time.sleep(0.01)
                time.sleep(dice.random() * 0.3)
                if not running.kill():
                    return
            yield self.begun_edits()

    def status(self) -> Said:
        told: Said = self.call("status")["profiles"]["office"]
        return told

    def age(self, **span: float) -> None:
        """Let this much time go by for the agent: everything that it did lies further back."""
        seconds = timedelta(**span).total_seconds()
        with self.memory() as sql:
            for name in ("act:swept", "act:walk"):
                sql.execute(
                    "UPDATE note SET value = CAST(value AS REAL) - ? WHERE name = ?",
                    (seconds, name),
                )
            sql.execute(
                "UPDATE note SET value = json_set(value, '$.at', value ->> '$.at' - ?) "
                "WHERE name = 'act:sweeping'",
                (seconds,),
            )
            sql.execute("UPDATE act_walk SET at = at - ? WHERE at > ?", (seconds, seconds))

    def begun_edits(self) -> set[str]:
        """The phones' edits that are on their way into Act!, or were when it was killed."""
        with self.memory() as sql:
            return {token for (token,) in sql.execute("SELECT token FROM act_intent")}

    def lose_memory(self) -> None:
        """What it knew is gone; who it is stays."""
        for file in self.folder.glob("data/agent-*.sqlite3*"):
            file.unlink()

    @contextmanager
    def memory(self) -> Iterator[sqlite3.Connection]:
        """The agent's database, while it does not run."""
        (file,) = self.folder.glob("data/agent-*.sqlite3")
        with closing(sqlite3.connect(file, isolation_level=None)) as sql:
            yield sql

    def _words(self, *words: str) -> list[str]:
        return ["--config", str(self.folder / "agents.toml"), "--profile", "office", *words]


@dataclass
class Party:
    """Everybody who takes part; `books` tells what has to be on the phones now."""

    account: Account
    office: Office
    agent: ActAgent
    witness: Witness
    books: Books
    phones: list[Device] = field(default_factory=list)

    def sync_phones(self) -> None:
        """Once all that was sent is sorted in, every phone takes it."""
        wanted = self.agent.status()["records"]
        eventually(partial(self._has_arrived, wanted), "all that was sent is in the mailbox")
        for phone in self.phones:
            phone.sync()

    def ids(self, kind: str) -> list[str]:
        """The records of a kind that travelled, in their order."""
        return sorted(id for of, id in self.witness.copy if of == kind)

    def check_equal(self) -> None:
        """All phones hold the sync set, and nothing else: each record, each property."""
        held: dict[str, dict[str, str]] = defaultdict(dict)
        for (kind, id), (_, data) in self.witness.copy.items():
            held[kind][id] = data
        for kind, wanted in self.books.kinds():
            told = held.pop(kind, {})
            assert wanted.keys() - told.keys() == set(), f"{kind}: missing on the phones"
            assert told.keys() - wanted.keys() == set(), f"{kind}: too much on the phones"
            read = {id: json.loads(data) for id, data in told.items()}
            wrong = [_differing(read[id], wanted[id]) for id in wanted if read[id] != wanted[id]]
            assert not wrong, f"{kind}: {len(wrong)} differ (held, wanted): {wrong[:3]}"
        assert held == {}
        for phone in self.phones:
            assert phone.digest() == digest(self.witness.copy), f"{phone.name} holds something else"

    def close(self) -> None:
        """Hang up."""
        self.witness.close()
        self.account.owner.close()

    def _has_arrived(self, wanted: dict[str, int]) -> bool:
        # A snapshot's deletes come after all of its parts.
        peers = self.account.status()["peers"]
        self.witness.read()
        is_sorted_in = all(peer["unapplied"] == 0 for peer in peers)
        return is_sorted_in and Counter(kind for kind, _ in self.witness.copy) == wanted


def gather(stack: Stack, folder: Path, office: Office, window: Window, *phones: str) -> Party:
    """A fresh account beside this office; its agent is paired and knows Act!."""
    account = Account(stack)
    agent = ActAgent(folder / "agent", stack, office, window.rules)
    party = Party(account, office, agent, account.witness(), Books(office, window))
    account.pair(agent)
    agent.connect()
    for name in phones:
        party.phones.append(Device(folder / name, name))
        account.pair(party.phones[-1])
    return party


def _differing(held: Row, wanted: Row) -> Row:
    names = [name for name in {**held, **wanted} if held.get(name) != wanted.get(name)]
    return {"id": wanted.get("id")} | {
        name: (held.get(name), wanted.get(name)) for name in sorted(names)
    }
