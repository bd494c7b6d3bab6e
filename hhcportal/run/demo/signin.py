"""The demo account, opened by the first start, and the sign-in that every start shows."""

import json
from dataclasses import dataclass
from pathlib import Path

from hhcportal.run.places import Places, write_private

NAME = "Weingut Steinberg"
EMAIL = "demo@example.com"
WORDS = ("create_account", NAME, "--email", EMAIL, "--if-empty", "--json")


@dataclass(frozen=True)
class SignIn:
    account: str
    email: str
    password: str

    def lines(self, portal_url: str) -> list[str]:
        """What a newcomer needs: where to go, who to be, what to look at."""
        return [
            f"Sign-in      {self.email}",
            f"Password     {self.password}",
            f"Overview     {portal_url}/accounts/{self.account}/",
        ]


def read_answer(printed: str, places: Places) -> SignIn | None:
    """The sign-in that `create_account` just made, else the one that an earlier start kept."""
    answer = json.loads(printed.strip().splitlines()[-1])
    file = _file(places)
    if answer["account"] is None:
        return _read(file)
    signin = SignIn(answer["account"], EMAIL, answer["password"])
    write_private(file, json.dumps(signin.__dict__, indent=1) + "\n")
    return signin


def _file(places: Places) -> Path:
    return places.var / "sign-ins.txt"


def _read(file: Path) -> SignIn | None:
    try:
        return SignIn(**json.loads(file.read_text()))
    except (OSError, ValueError, TypeError):
        return None
