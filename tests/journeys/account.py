"""An account as its operator and its owner see it: by command, and on the overview."""

import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx

from tests.journeys.overview import Card, Owner
from tests.journeys.programs import Client
from tests.journeys.witness import Witness
from tests.stack import Stack

PATIENCE = 120.0
PAUSE = 0.25  # a mailbox slows down who asks ten times a second


class Account:
    """A fresh account on a running stack."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.email = f"owner-{secrets.token_hex(6)}@example.com"
        self.password = "Ein langes Kennwort für Tests"
        words = ("--email", self.email, "--password", self.password)
        self.number = str(stack.manage("create_account", "Müller & Söhne", *words)["account"])
        self.owner = Owner(stack.url, email=self.email, password=self.password)

    def code(self, role: str) -> str:
        """A pairing code: for a server by the operator's command, for a device by the portal."""
        if role == "server":
            return str(self.stack.manage("pair", self.number, "--role", role)["code"])
        return self.owner.pairing_code(self.number, role)

    def pair(self, program: Client, url: str | None = None) -> str:
        """Pair a program, over `url` instead of the stack's own address where given."""
        return program.pair(self.code(program.role), url or self.stack.url)

    def witness(self, name: str = Witness.name) -> Witness:
        return Witness(self.stack.url, self.code("device"), name)

    def status(self) -> dict[str, Any]:
        return self.stack.manage("account_status", self.number)

    def peer(self, name: str) -> dict[str, Any]:
        """What the status says of the newest peer of this name."""
        peer: dict[str, Any] = [p for p in self.status()["peers"] if p["name"] == name][-1]
        return peer

    def findings(self) -> list[tuple[str, str]]:
        """Code and severity of everything that is wrong, by command; the overview agrees."""
        found = [(found["code"], found["severity"]) for found in self.status()["findings"]]
        assert self.owner.overview(self.number).findings == found
        return found

    def sentence(self) -> str:
        """The one sentence on top of the overview."""
        return self.owner.overview(self.number).sentence

    def command(self, program: Client, do: str) -> None:
        self.stack.manage("command", self.number, program.name, do)

    def set_state(self, state: str) -> None:
        self.stack.manage("set_state", self.number, state)

    def age(self, span: str) -> None:
        """Let this much time go by."""
        self.stack.manage("age", self.number, "--by", span)

    def expect(self, waiting: dict[str, int], pending: dict[str, int] | None = None) -> None:
        """The overview comes to tell exactly these numbers, by the names of all live peers.

        At a moment when nothing accepted is still to be applied. What a peer told to lie unsent
        with it is 0, or never told, where `pending` has no name.
        """
        wanted = {name: (count, (pending or {}).get(name, 0)) for name, count in waiting.items()}
        shown: dict[str, tuple[int, int]] = {}

        def told() -> bool:
            shown.clear()
            with suppress(httpx.HTTPError):  # the web server may just have died
                page = self.owner.overview(self.number)
                cards = page.cards if page.all_sorted_in else {}
                shown.update({n: (card.waiting, card.pending or 0) for n, card in cards.items()})
            return shown == wanted

        assert _comes(told), f"the overview shows {shown} instead of {wanted}"

    def check_command(self) -> None:
        """The operator's command tells the same numbers as the overview, and since when."""
        live = [peer for peer in self.status()["peers"] if peer["state"] == "active"]
        told = {peer["name"]: Card(peer["waiting"], peer["pending"]) for peer in live}
        assert told == self.owner.overview(self.number).cards
        for peer in live:
            assert (peer["oldest"] is None) is (peer["since"] is None) is (peer["waiting"] == 0)


def eventually(done: Callable[[], object], what: str) -> None:
    """Wait for what comes by itself; its speed is no matter here."""
    assert _comes(done), f"in vain: {what}"


def _comes(done: Callable[[], object]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(PAUSE)
    return True
