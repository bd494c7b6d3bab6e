"""A salesperson's phone, the mailbox, and the agent beside a made-up office that is written to."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from tests.act.office import Office
from tests.clients.act.test_commands import connected
from tests.clients.program import PATIENCE, Account
from tests.stack import Stack

Data = dict[str, Any]


class Road:
    """`edit`, `new`, `clear`, `delete` note edits on the phone; `deliver` brings them to Act!."""

    def __init__(self, stack: Stack, folder: Path, office: Office) -> None:
        account = Account(stack, folder)
        self.office = office
        self.agent = connected(account, office)
        self.agent.run("run", "--once")
        self.phone = account.phone("phone")
        records = self.agent.status()["records"]
        self.phone.sync_until(lambda: self.phone.status()["records"] == records)

    def edit(self, id: str, *words: str, **values: Any) -> None:
        self.phone.run("edit", "activity", id, *words, *_fields(values))

    def new(self, *words: str, **values: Any) -> str:
        """The phone's own id of a new activity."""
        self.phone.run("new", "activity", *words, *_fields(values))
        id: str = self.phone.edits("activity")[-1]["id"]
        return id

    def clear(self, id: str, *words: str) -> None:
        self.phone.run("clear", id, *words)

    def delete(self, id: str, *words: str) -> None:
        self.phone.run("delete", "activity", id, *words)

    def deliver(self) -> None:
        """Send the edits, have them written, and bring the outcomes and what came of it back."""
        self.phone.sync()
        end = time.monotonic() + PATIENCE
        while self._open():
            self.agent.run("run", "--once")
            self.phone.sync()
            assert time.monotonic() < end, f"no outcome: {self.phone.edits('activity')}"
        records = self.agent.status()["records"]
        self.phone.sync_until(lambda: self.phone.status()["records"] == records)

    def outcome(self, id: str) -> tuple[str, str]:
        """State and detail of the last edit of an activity."""
        last = [edit for edit in self.phone.edits("activity") if edit["id"] == id][-1]
        return last["state"], last["detail"]

    def held(self, id: str, kind: str = "activity") -> Data | None:
        """What the phone holds of it."""
        found = self.phone.records(kind).get(id)
        return found and found["data"]

    def named(self, subject: str, kind: str = "activity") -> dict[str, Data]:
        """What the phone holds under a subject, by id."""
        member = "regarding" if kind == "history" else "subject"
        records = self.phone.records(kind).items()
        return {id: r["data"] for id, r in records if r["data"].get(member) == subject}

    def made(self, subject: str) -> list[Data]:
        """The histories in Act! of that subject."""
        rows = (told["row"] for told in self.office.truth("history"))
        return [row for row in rows if row["regarding"] == subject]

    def counts(self, kind: str = "activity") -> dict[str, int]:
        """What the office's books say was written, by what was done."""
        counts: dict[str, int] = self.office.writes()["counts"].get(kind, {})
        return counts

    def _open(self) -> bool:
        states = {edit["state"] for edit in self.phone.status()["edits"]}
        return bool(states & {"unsent", "waiting", "collected"})


def _fields(values: Data) -> list[str]:
    return [f"{name}:={json.dumps(value)}" for name, value in values.items()]
