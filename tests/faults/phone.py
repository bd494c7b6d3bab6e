"""A device: it collects, keeps what it was told, and edits."""

import random
import uuid
from collections import deque
from collections.abc import Callable
from typing import Any

from tests.faults.book import Book, Edit, Key, Version
from tests.faults.office import KEPT, KINDS, RECORDS
from tests.faults.wire import Answer, Sent, Wire

FINAL = ("applied", "conflict", "rejected", "expired")


class Phone:
    """One device with a copy. `quiet`: it edits no more."""

    def __init__(self, name: str, wire: Wire, book: Book, seed: int) -> None:
        self.name = name
        self.copy: dict[Key, Version] = {}
        self.quiet = False
        self.errands: deque[Callable[[], None]] = deque()  # to be done before the next step
        self.settled = False  # at the last look nothing waited
        self.steps = 0
        self.wire = wire
        self._book = book
        self._chance = random.Random(seed)
        self._cursor = ""
        self._anew = True
        self._named: set[Key] | None = set()
        self._open: list[Sent] = []
        self._pushed: list[Sent] = []

    def step(self) -> None:
        """Look for mail, take a page of it, now and then edit, and learn what became of edits."""
        mail = self.wire.get("/mailbox").body
        if "resync" in mail:
            self._resync(mail["resync"])
        self.settled = not mail["waiting"]["total"]
        if mail["waiting"]["total"] or self._chance.random() < 0.1:
            self._collect()
        if not self.quiet and self._chance.random() < 0.3:
            self._edit()
        for sent in self._open[:3]:
            self._learn(sent)
        self.steps += 1

    def repeat(self) -> None:
        if self._pushed and not self._book.restored:
            self.wire.repeat(self._chance.choice(self._pushed))

    def sync(self, now: str) -> None:
        """A session whose clock says what it likes: nothing hangs on it."""
        begun = self.wire.post("/sessions", {"reason": "manual", "now": now})
        if begun.status != 201:
            self._book.wrong(f"a session was answered {begun.status} {begun.body}")
            return
        self.wire.post(f"/sessions/{begun.body['session']}/finish", {"result": "ok"})

    def check(self) -> None:
        """Nothing waits, and every edit has had its outcome."""
        waiting = self.wire.get("/mailbox").body["waiting"]
        if waiting["total"] or waiting["by_kind"]:
            self._book.wrong(f"{self.name} still waits for {waiting}")

    @property
    def open_edits(self) -> int:
        return len(self._open)

    def leave(self) -> None:
        """Unpair; a repeated try finds that it has."""
        answer = self.wire.ask("DELETE", "/peer")
        if answer.status not in (204, 401):
            self._book.wrong(f"unpairing was answered {answer.status} {answer.body}")
        self.wire.close()

    def _collect(self) -> None:
        limit = self._chance.randint(5, 60)
        page = self.wire.get(f"/changes?after={self._cursor}&limit={limit}")
        if page.status != 200:
            self._lost_place(page)
            return
        self._keep(page.body)
        # Not every page: what was kept and not acknowledged goes with the next one's.
        if page.body["complete"] or self._chance.random() < 0.7:
            answer = self.wire.post("/acks", {"cursor": self._cursor})
            if answer.status != 200:
                self._lost_place(answer)

    def _keep(self, page: dict[str, Any]) -> None:
        """A page and its place, as in one local transaction."""
        self._named = self._named if page["full"] else None
        for change in page["changes"]:
            key, version = (change["kind"], change["id"]), _version(change)
            held = self.copy.get(key, Version(0, None))
            self._book.seen(self.name, key, version, held.number, anew=self._anew)
            if version.number >= held.number:
                self.copy[key] = version
            if self._named is not None and version.data is not None:
                self._named.add(key)
        self._cursor = page["cursor"]
        if page["complete"]:
            if self._named is not None:
                for key in self.copy.keys() - self._named:
                    del self.copy[key]
            self._named, self._anew = None, False

    def _edit(self) -> None:
        edits: list[Edit] = []
        body: list[dict[str, Any]] = []
        for _ in range(self._chance.randint(1, 3)):
            key = (
                self._chance.choice(KINDS),
                f"{self._book.marker}-{self._chance.randrange(RECORDS)}",
            )
            ref = uuid.uuid4().hex
            data = None if self._chance.random() < 0.2 else f"{self._book.marker}|edit|{ref}"
            held = self.copy.get(key)
            op = {"op": "delete"} if data is None else {"op": "put", "data": data}
            base = held and held.number
            body.append({"kind": key[0], "id": key[1], "base_version": base, "ref": ref, **op})
            edits.append(Edit(key, data))
            self._book.edits[ref] = edits[-1]
        if self._push(str(uuid.uuid4()), {"changes": body}):
            self._book.accepted(len(body))
            for edit in edits:
                edit.accepted = True

    def _push(self, key: str, body: dict[str, Any]) -> bool:
        answer = self.wire.post("/batches", body, key)
        if answer.status != 202 or answer.body["accepted"] != len(body["changes"]):
            self._book.wrong(f"{self.name}'s push was answered {answer.status} {answer.body}")
            return False
        self._open.append(Sent(key, body, answer.body["batch"]))
        self._pushed = [*self._pushed[-KEPT:], self._open[-1]]
        return True

    def _learn(self, sent: Sent) -> None:
        """What became of a push; one that a restore forgot is sent again, as it was."""
        answer = self.wire.get(f"/batches/{sent.batch}")
        if answer.status == 404 and self._book.restored:
            self._open.remove(sent)
            self._push(sent.key, sent.body)
            return
        if answer.status != 200:
            self._book.wrong(f"{self.name}'s batch was answered {answer.status} {answer.body}")
            return
        states = [outcome["state"] for outcome in answer.body["outcomes"]]
        if states and all(state in FINAL for state in states):
            self._open.remove(sent)
            if set(states) != {"applied"} or len(states) != len(sent.body["changes"]):
                self._book.wrong(f"{self.name}'s edits ended as {answer.body}")

    def _lost_place(self, answer: Answer) -> None:
        if answer.status == 410:
            self._resync(answer.body["code"])
        elif answer.body.get("code") == "cursor-invalid":
            self._start_over()
        else:
            self._book.wrong(f"{self.name} was answered {answer.status} {answer.body}")

    def _resync(self, mark: str) -> None:
        if not self._book.restored:
            self._book.wrong(f"{self.name} was told {mark}, and nothing was restored")
        self.wire.post("/resync", {})
        self._start_over()

    def _start_over(self) -> None:
        self._cursor, self._anew, self._named = "", True, set()


def _version(change: dict[str, Any]) -> Version:
    return Version(change["version"], change.get("data"))
