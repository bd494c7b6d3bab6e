"""A browser's window onto the portal, which notes all that is amiss with the pages it shows."""

from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Request, Response

AXE = (Path(__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
DESKTOP, PHONE = 1280, 360
PATIENCE_MS = 30_000


class Eyes(NamedTuple):
    """How somebody looks: language, theme, width of the window in pixels."""

    language: str = "en"
    theme: str = "light"
    width: int = DESKTOP


class Window:
    """One person at one browser. `scripts` off: as without JavaScript."""

    def __init__(
        self, browser: Browser, url: str, eyes: Eyes | None = None, *, scripts: bool = True
    ) -> None:
        self.eyes = eyes or Eyes()
        self._host = urlsplit(url).netloc
        self._context = browser.new_context(
            base_url=url,
            locale={"de": "de-DE", "en": "en-GB"}[self.eyes.language],
            timezone_id="Europe/Berlin",
            color_scheme="dark" if self.eyes.theme == "dark" else "light",
            viewport={"width": self.eyes.width, "height": 900},
            java_script_enabled=scripts,
        )
        self._context.set_default_timeout(PATIENCE_MS)
        self.troubles: list[str] = []
        self.expected: set[int] = set()  # statuses of 400 and above that a test asks for
        self.page = self._context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.troubles.append(f"error: {error}"))
        self.page.on("request", self._see_request)
        self.page.on("response", self._see_response)

    def close(self) -> None:
        self._context.close()

    def sign_in(self, email: str, password: str) -> None:
        self.page.goto("/auth/login/")
        self.page.fill("input[name=login]", email)
        self.page.fill("input[name=password]", password)
        self.page.click("main form button[type=submit]")
        self.page.wait_for_url(lambda url: "/auth/login" not in url)

    def cookies(self) -> list[Any]:
        """What keeps this person signed in; another window may `bring` them."""
        return list(self._context.cookies())

    def bring(self, cookies: list[Any]) -> None:
        self._context.add_cookies(cookies)

    def open(self, path: str, *, status: int = 200) -> None:
        if status >= 400:
            self.expected.add(status)
        answer = self.page.goto(path)
        assert answer is not None
        assert answer.status == status, f"{path}: {answer.status}"

    def check(self) -> None:
        """The page as it stands is for everybody, fits its window, and complains of nothing."""
        where = f"{self.page.url} {self.eyes}"
        self.page.evaluate(AXE)
        found = self.page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
        assert not (told := [_told(v) for v in found["violations"]]), f"{where}: {told}"
        wide = self.page.evaluate("document.scrollingElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{where} is {wide} pixels wider than its window"
        assert self.page.locator("html").get_attribute("lang") == self.eyes.language
        assert not self.troubles, f"{where}: {self.troubles}"

    def _hear(self, message: ConsoleMessage) -> None:
        # A status that the test expects is told on the console as well.
        wanted = any(f"status of {status}" in message.text for status in self.expected)
        if message.type in ("error", "warning") and not wanted:
            self.troubles.append(f"console: {message.text}")

    def _see_request(self, request: Request) -> None:
        at = urlsplit(request.url)
        if at.scheme not in ("data", "blob") and at.netloc != self._host:
            self.troubles.append(f"a request to another host: {request.url}")

    def _see_response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.troubles.append(f"{response.status} for {response.url}")


def _told(violation: dict[str, Any]) -> str:
    places = "; ".join(node["html"][:160] for node in violation["nodes"][:3])
    return f"{violation['id']}: {violation['help']} ({places})"
