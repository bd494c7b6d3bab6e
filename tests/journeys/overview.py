"""The portal as somebody's browser gets it: signed in by the form, read as it stands there."""

import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from typing import NamedTuple

import httpx

WAITING = ("Waiting for the server", "Waiting for this device")
PENDING = ("Still in the office", "Still on the device")


class Card(NamedTuple):
    """What a server's or a device's card tells of what is under way; None: not told yet."""

    waiting: int
    pending: int | None


class Owner:
    """A person at a browser who signs in and looks."""

    def __init__(self, url: str, *, email: str, password: str) -> None:
        self._http = httpx.Client(
            base_url=url, timeout=60.0, follow_redirects=True, headers={"Accept-Language": "en"}
        )
        form = Page(self._get("/auth/login/"))
        filled = {**form.hidden, "login": email, "password": password}
        answer = self._http.post("/auth/login/", data=filled, headers={"Referer": f"{url}/auth/"})
        assert answer.status_code == 200, answer.text
        assert "sessionid" in self._http.cookies, answer.text

    def close(self) -> None:
        self._http.close()

    @property
    def cookie(self) -> dict[str, str]:
        """What keeps this person signed in, for a browser of the same person."""
        session = self._http.cookies["sessionid"]
        return {"name": "sessionid", "value": session, "url": str(self._http.base_url)}

    def overview(self, number: str) -> "Page":
        return Page(self._get(f"/accounts/{number}/"))

    def pages(self, start: str, within: str) -> Iterator[tuple[str, str]]:
        """Address and text of a page, and of all `within` that links lead to from there.

        Of pages that differ in their query alone, three.
        """
        coming, known = [start], {start}
        while coming:
            path = coming.pop()
            text = self._get(path)
            yield path, text
            for link in re.findall(r'href="([^"#]+)', text):
                to = self._http.base_url.join(path).join(unescape(link)).raw_path.decode()
                same = [one for one in known if one.partition("?")[0] == to.partition("?")[0]]
                if to.startswith(within) and to not in known and len(same) < 3:
                    coming.append(to)
                    known.add(to)

    def pairing_code(self, number: str, role: str) -> str:
        """A code from the page that connects a server or a device."""
        path = f"/accounts/{number}/connect/{role}/"
        answer = self._http.post(path, data=Page(self._get(path)).hidden)
        found = re.search(r'class="code">([0-9A-Z-]+)<', answer.text)
        assert found, answer.text
        return found[1]

    def _get(self, path: str) -> str:
        answer = self._http.get(path)
        if answer.status_code == 503:  # the proxy, while the web server is started again
            answer.raise_for_status()
        assert answer.status_code == 200, answer.text
        return answer.text


class Page(HTMLParser):
    """A page's cards by the name that heads them, its findings, and its form's hidden fields."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.findings: list[tuple[str, str]] = []
        self.hidden: dict[str, str] = {}
        self.all_sorted_in = "being sorted in" not in text
        self._rows: dict[str, dict[str, str]] = {}
        self._texts = dict.fromkeys(("h1", "h2", "dt", "dd"), "")
        self._into = ""
        self._in_card = False
        self.feed(text)

    @property
    def sentence(self) -> str:
        return " ".join(self._texts["h1"].split())

    @property
    def cards(self) -> dict[str, Card]:
        return {name: _card(rows) for name, rows in self._rows.items()}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag in ("article", "section"):
            self._in_card = "data-peer" in found
        if "data-finding" in found:
            self.findings.append((found["data-finding"], found["data-severity"]))
        if tag == "input" and found.get("type") == "hidden":
            self.hidden[found["name"]] = found["value"]
        if tag in self._texts:
            self._into, self._texts[tag] = tag, ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "dd" and self._in_card:
            rows = self._rows.setdefault(self._texts["h2"].strip(), {})
            rows.setdefault(self._texts["dt"], self._texts["dd"])  # notes may follow
        if tag == self._into:
            self._into = ""

    def handle_data(self, data: str) -> None:
        if self._into:
            self._texts[self._into] += data


def _card(rows: dict[str, str]) -> Card:
    waiting, pending = (
        next(rows[label] for label in labels if label in rows).split(" · ")[0]
        for labels in (WAITING, PENDING)
    )
    return Card(int(waiting), int(pending) if pending.isdecimal() else None)
