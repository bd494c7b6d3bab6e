"""Strings that must never leave the office, put where they could slip out."""

import random
from typing import Any

from tests.act.edits import Edits

Planted = dict[str, Any]


class Canaries:
    """Plants strings into private and limited records, and makes public ones link to them."""

    def __init__(self, edits: Edits, seed: int) -> None:
        self._edits, self._database = edits, edits.database
        self._dice = random.Random(seed)

    def plant(self, count: int) -> list[Planted]:
        """So many strings; each told with where it stands.

        By turns: a contact private to somebody else, the signed-in user's private contact, one
        limited to others, one limited to some with the signed-in user, a limited company, and a
        private note, history, activity or opportunity. To each contact and company public records
        of four kinds link, which show its name and the contact's company, phone and e-mail.
        """
        turns = (
            self._other, self._own, self._limited, self._shared, self._company, self._written,
        )  # fmt: skip
        planted = []
        for number in range(count):
            canary = f"canary{number}q{self._dice.randrange(10**9):09}"
            planted.append(turns[number % len(turns)](canary, number))
        return planted

    def _other(self, canary: str, number: int) -> Planted:
        id = self._contact(canary)
        self._edits.private("contact", id, own=False)
        return {"canary": canary, "kind": "contact", "id": id, "why": "private"}

    def _own(self, canary: str, number: int) -> Planted:
        id = self._contact(canary)
        self._edits.private("contact", id, own=True)
        return {"canary": canary, "kind": "contact", "id": id, "why": "own private"}

    def _limited(self, canary: str, number: int) -> Planted:
        id = self._contact(canary)
        self._edits.limit("contact", id, shared=False)
        return {"canary": canary, "kind": "contact", "id": id, "why": "limited"}

    def _shared(self, canary: str, number: int) -> Planted:
        id = self._contact(canary)
        self._edits.limit("contact", id, shared=True)
        return {"canary": canary, "kind": "contact", "id": id, "why": "limited, shared"}

    def _company(self, canary: str, number: int) -> Planted:
        id = self._edits.create("company", {"name": f"{canary} AG", "description": canary})["id"]
        self._edits.limit("company", id, shared=True)
        for kind in ("note", "history", "activity", "opportunity"):
            self._edits.create(kind, {"contacts": [self._public()], "companies": [id]})
        return {"canary": canary, "kind": "company", "id": id, "why": "limited, shared"}

    def _written(self, canary: str, number: int) -> Planted:
        kind = ("note", "history", "activity", "opportunity")[number // 6 % 4]
        with_text = {"note": "noteText", "history": "details", "activity": "details"}
        values = {with_text.get(kind, "name"): f"Secret: {canary}.", "contacts": [self._public()]}
        id = self._edits.create(kind, values)["id"]
        self._edits.private(kind, id, own=True)
        return {"canary": canary, "kind": kind, "id": id, "why": "own private"}

    def _contact(self, canary: str) -> str:
        values = {
            "firstName": "Cora",
            "lastName": canary,
            "fullName": f"Cora {canary}",
            "company": f"{canary} GmbH",
            "emailAddress": f"{canary}@example.com",
            "businessPhone": f"030 {canary}",
            "customFields/user_1": canary,
        }
        id: str = self._edits.create("contact", values)["id"]
        for kind in ("note", "history", "activity", "opportunity"):
            # One linked person more, first by turns: so the record itself travels.
            both = [id, self._public()]
            self._dice.shuffle(both)
            self._edits.create(kind, {"contacts": both})
        return id

    def _public(self) -> str:
        while True:
            number = self._dice.randrange(self._database.size("contact"))
            if self._database.exists("contact", number) and not self._database.level(
                "contact", number
            ):
                return self._database.guid("contact", number)
