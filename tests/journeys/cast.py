"""Everybody who takes part in a journey, and what must hold between them."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from tests.journeys.account import Account, eventually
from tests.journeys.programs import Agent, Device
from tests.journeys.records import Key, Office
from tests.journeys.witness import Witness
from tests.stack import Stack


@dataclass
class Cast:
    """An account with an office and its agent, phones, and a witness who reads along."""

    account: Account
    folder: Path
    office: Office
    agent: Agent
    witness: Witness
    phones: list[Device] = field(default_factory=list)
    asks_command: bool = False

    def join(self, name: str, url: str | None = None) -> Device:
        """One more phone, paired now."""
        phone = Device(self.folder / name, name)
        self.account.pair(phone, url)
        self.phones.append(phone)
        return phone

    def begin(self, *names: str) -> list[Device]:
        """The agent and these phones are paired, and everything is with everybody."""
        self.account.pair(self.agent)
        for name in names:
            self.join(name)
        everything = self.agent.sync()["sent"]
        eventually(lambda: self.witness.waiting() == everything, "the mailbox has everything")
        for phone in self.phones:
            assert phone.sync()["received"] == everything
        assert self.witness.read() == everything
        self.check_equal()
        return list(self.phones)

    def expect_waiting(
        self,
        *,
        agent: int = 0,
        witness: int = 0,
        phones: list[int],
        pending: dict[str, int] | None = None,
    ) -> None:
        """The page comes to tell exactly these numbers, and the contract does as well.

        So does the operator's command, where `asks_command` says so: each time takes its seconds.
        """
        named = {p.name: n for p, n in zip(self.phones, phones, strict=True)}
        waiting = named | {self.agent.name: agent, self.witness.name: witness}
        self.account.expect(waiting, pending=pending)
        assert self.witness.waiting() == witness
        if self.asks_command:
            self.account.check_command()

    def close(self) -> None:
        """Hang up."""
        self.witness.close()
        self.account.owner.close()

    def spread(self, changes: int) -> None:
        """So many changes wait for everybody; everybody collects them; then nothing waits."""
        left = [changes] * len(self.phones)
        self.expect_waiting(witness=changes, phones=left)
        for place, phone in enumerate(self.phones):
            assert phone.sync()["received"] == changes
            left[place] = 0
        self.expect_waiting(witness=changes, phones=left)
        assert self.witness.read() == changes
        self.check_equal()

    def check_equal(self) -> None:
        """Every copy is the office's to the byte, in the very versions that the agent gave."""
        held = self.witness.copy
        assert {key: data for key, (_, data) in held.items()} == self.office.records()
        for phone in self.phones:
            assert phone.digest() == digest(held), f"{phone.name} holds something else"
        assert self.agent.sent() == {
            key: (version, hashlib.sha256(data.encode()).hexdigest())
            for key, (version, data) in held.items()
        }
        assert self.office.is_tidy()


def gather(stack: Stack, folder: Path) -> Cast:
    """A fresh account, its office, and an agent that is not paired yet."""
    account, office = Account(stack), Office(folder / "office")
    agent = Agent(folder / "agent", "Agent", office)
    return Cast(account, folder, office, agent, account.witness())


def digest(copy: dict[Key, tuple[int, str]]) -> str:
    """What a device says of itself when it holds exactly this."""
    whole = hashlib.sha256()
    for (kind, id), (version, data) in sorted(copy.items()):
        whole.update(f"{kind}\0{id}\0{version}\0{data}\0".encode())
    return whole.hexdigest()
