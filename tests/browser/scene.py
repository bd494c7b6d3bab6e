"""An account in which everything has arrived, and its owner, who watches the overview.

The office and the phones are the real programs. The page is never reloaded: what comes and goes on
it does so by itself, or by what the owner clicks.
"""

from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Locator, expect

from tests.browser.window import Window
from tests.journeys.account import Account
from tests.journeys.programs import Agent, Client, Device
from tests.journeys.records import Office
from tests.stack import Stack

PATIENCE_MS = 120_000
WELL = "Everything has arrived."


class Scene:
    """Every method is something that people or programs do next, or what the owner then sees."""

    window: Window

    def __init__(self, stack: Stack, folder: Path) -> None:
        self.folder = folder
        self.account = Account(stack)
        self.office = Office(folder / "office")
        self.agent = Agent(folder / "agent", "Agent", self.office)
        self.phone = Device(folder / "Anna", "Anna")
        self.agent.pair(self.code("server"), stack.url)
        self.agent.sync()
        self.phones: list[Device] = []
        self.join(self.phone)
        self.collect()

    def manage(self, command: str, *words: str) -> dict[str, Any]:
        """A command of the operator's about this account."""
        return self.account.stack.manage(command, self.account.number, *words)

    def change(self) -> None:
        """The office changes a record and sends it."""
        city = f"Ort {self.office.row('contacts', 'C0000')['city']}"
        self.office.edit("contacts", "C0000", city=city[:40])
        self.agent.sync()

    def collect(self) -> None:
        """The phones sync until nothing waits for them."""
        for phone in self.phones:
            phone.sync()
        cards = self.account.owner.overview(self.account.number).cards
        if any(cards[phone.name].waiting for phone in self.phones):
            self.collect()

    def join(self, phone: Device, code: str = "") -> None:
        """One more phone, paired with this code or one from the portal."""
        phone.pair(code or self.code("device"), self.account.stack.url)
        self.phones.append(phone)

    def tell(self, program: Client, **told: Any) -> httpx.Response:
        """A program begins a session and tells this of itself."""
        body = {"reason": "scheduled", **told}
        return self.call(program, "POST", "sessions", json=body)

    def call(self, program: Client, method: str, path: str, **more: Any) -> httpx.Response:
        """A request as this program's."""
        url = f"{self.account.stack.url}/api/v1/{path}"
        headers = {**program.headers, **more.pop("headers", {})}
        answer = httpx.request(method, url, headers=headers, timeout=60, **more)
        answer.raise_for_status()
        return answer

    def code(self, role: str) -> str:
        """A pairing code from the portal."""
        return self.account.owner.pairing_code(self.account.number, role)

    def watch_at(self, window: Window) -> None:
        """The owner, signed in already, opens the overview in this window."""
        self.window = window
        window.bring([self.account.owner.cookie])
        self.look()

    def look(self) -> None:
        """The owner opens the overview."""
        self.window.open(f"/accounts/{self.account.number}/")

    def sees(self, code: str, severity: str, sentence: str = "") -> Locator:
        """The finding comes onto the page; with `sentence` it is what the page is about."""
        found = self.finding(code).first
        expect(found).to_be_visible(timeout=PATIENCE_MS)
        expect(found).to_have_attribute("data-severity", severity)
        if sentence:
            expect(self.sentence).to_contain_text(sentence, timeout=PATIENCE_MS)
        self.window.check()
        return found

    def sees_it_go(self, code: str) -> None:
        """The finding goes off the page, and nothing else is the matter."""
        expect(self.finding(code)).to_have_count(0, timeout=PATIENCE_MS)
        expect(self.sentence).to_have_text(WELL, timeout=PATIENCE_MS)

    def press(self, code: str) -> None:
        """The owner uses the finding's button, up to where it leads."""
        self.finding(code).locator(".actions .button").click()
        self.window.check()

    def confirm(self) -> None:
        """The owner says on the page so opened that it is meant."""
        self.window.page.click("main form button[type=submit]")

    def code_shown(self) -> str:
        """The pairing code that the page shows."""
        return self.window.page.locator(".code").inner_text().strip()

    @property
    def is_well(self) -> bool:
        """Whether the owner sees that everything has arrived."""
        return self.sentence.count() == 1 and self.sentence.inner_text() == WELL

    @property
    def sentence(self) -> Locator:
        return self.window.page.locator(".verdict h1 [aria-live]")

    def finding(self, code: str) -> Locator:
        return self.window.page.locator(f"[data-finding='{code}']")
