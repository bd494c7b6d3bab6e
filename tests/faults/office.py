"""The server beside the office's database: it pushes, collects edits, and answers them."""

import random
import time
import uuid
from collections import deque
from collections.abc import Callable
from typing import Any

from tests.faults.book import Book, Key, Version
from tests.faults.wire import Answer, Sent, Wire

KINDS = ("contact", "note")
RECORDS = 30
AT_MOST = 5
SMALL = 200  # bytes of a letter, at most
KEPT = 200


class Office:
    """One account's server. `quiet`: it makes no changes of its own any more."""

    def __init__(self, wire: Wire, book: Book, seed: int) -> None:
        self.wire = wire
        self._book = book
        self._chance = random.Random(seed)
        self._version = 0
        self._cursor = ""
        self.letter_bytes = SMALL
        self.quiet = False
        self.settled = False  # at the last look nothing waited
        self.errands: deque[Callable[[], None]] = deque()  # to be done before the next step
        self.pushed: list[Sent] = []
        self.quick: list[tuple[float, float]] = []  # when, and how long, for pushes taken at once

    def step(self) -> None:
        """Make a few changes; look whether there is mail, and whether everything is asked for."""
        if not self.quiet:
            self._push([self._change() for _ in range(self._chance.randint(1, AT_MOST))])
        mail = self.wire.get("/mailbox").body
        self.settled = not mail["waiting"]["total"] and "resync" not in mail
        for command in mail["commands"]:
            self._resend(command["id"], mail["highest_version"])
        if "resync" in mail:
            self._resync()
        elif mail["waiting"]["total"]:
            self._collect()

    def repeat(self) -> None:
        if self.pushed and not self._book.restored:
            self.wire.repeat(self._chance.choice(self.pushed))

    @property
    def version(self) -> int:
        """The highest that it gave so far."""
        return self._version

    def check(self) -> None:
        """Every batch was applied, each of its changes once or not at all; nothing waits."""
        for sent in [] if self._book.restored else self.pushed:
            said = self.wire.get(f"/batches/{sent.batch}").body
            whole = said.get("applied", 0) + said.get("stale", 0) == said.get("accepted")
            if said.get("state") != "applied" or not whole:
                self._book.wrong(f"a batch ended as {said}")
        waiting = self.wire.get("/mailbox").body["waiting"]
        if waiting["total"] or waiting["by_kind"]:
            self._book.wrong(f"the office still waits for {waiting}")

    def forget(self) -> None:
        """The checked pushes are another round's matter."""
        self.pushed = self.pushed[-KEPT:] if not self._book.restored else []

    def _change(self) -> dict[str, Any]:
        key = self._chance.choice(KINDS), f"{self._book.marker}-{self._chance.randrange(RECORDS)}"
        return self._next(key, None if self._chance.random() < 0.25 else "")

    def _next(self, key: Key, said: str | None) -> dict[str, Any]:
        """The next version of a record: `said` in its letter, None for its end."""
        self._version += 1
        data = None
        if said is not None:
            filling = "x" * self._chance.randrange(self.letter_bytes)
            data = f"{self._book.marker}|{self._version}|{said}|{filling}"
        self._book.push(key, Version(self._version, data))
        return change(key, Version(self._version, data))

    def _push(self, changes: list[dict[str, Any]], **more: str) -> bool:
        key, body = str(uuid.uuid4()), {"changes": changes, **more}
        answer = self.wire.post("/batches", body, key)
        if answer.body.get("code") == "snapshot-closed" or answer.status == 404:
            return False  # a new epoch began meanwhile: it is asked for again
        if answer.status != 202 or answer.body["accepted"] != len(changes):
            self._book.wrong(f"a push was answered {answer.status} {answer.body}")
            return False
        self._book.accepted(len(changes))
        self.pushed.append(Sent(key, body, answer.body["batch"]))
        if answer.first:
            self.quick.append((time.monotonic(), answer.seconds))
        return True

    def _collect(self) -> None:
        limit = self._chance.randint(1, 50) if not self._book.restored else 200
        page = self.wire.get(f"/changes?after={self._cursor}&limit={limit}")
        if page.status != 200:
            self._lost_place(page)
            return
        # Kept with what it brought, as in one local transaction; only then acknowledged.
        self._cursor = page.body["cursor"]
        echoes, outcomes = [], []
        for edit in page.body["changes"]:
            key = edit["kind"], edit["id"]
            if self._book.delivered(edit["ref"], key, edit.get("data")):
                echoes.append(self._next(key, edit["ref"] if edit["op"] == "put" else None))
            outcomes.append(
                {"batch": edit["batch"], "index": edit["index"], "state": "applied",
                 "version": self._version}
            )  # fmt: skip
        answer = self.wire.post("/acks", {"cursor": self._cursor, "outcomes": outcomes})
        if answer.status != 200:
            self._lost_place(answer)
        elif answer.body["rejected"]:
            self._book.wrong(f"outcomes were refused: {answer.body}")
        if echoes:
            self._push(echoes)

    def _lost_place(self, answer: Answer) -> None:
        if answer.status == 410:
            self._resync()
        elif answer.body.get("code") == "cursor-invalid":
            self._cursor = ""
        else:
            self._book.wrong(f"the office was answered {answer.status} {answer.body}")

    def _resync(self) -> None:
        if not self._book.restored:
            self._book.wrong("the office was told to resync, and nothing was restored")
        self.wire.post("/resync", {})
        self._cursor = ""

    def _resend(self, command: str, highest: int) -> None:
        """All that there is, as a snapshot: what it does not name is gone everywhere.

        Where it breaks off, the command is still there at the next look.
        """
        self._version = max(self._version, highest) + 1
        self._book.snapshots.add(self._version)
        opened = self.wire.post("/snapshots", {"version": self._version, "kinds": list(KINDS)})
        if opened.status not in (201, 409):
            return
        # The answer to the first try may have been lost: then it is the one that is open.
        snapshot = opened.body["snapshot"]
        records = [change(key, version) for key, version in self._book.live.items()]
        for at in range(0, len(records), 20):
            if not self._push(records[at : at + 20], snapshot=snapshot):
                return
        committed = self.wire.post(f"/snapshots/{snapshot}/commit", {"changes": len(records)})
        if committed.status == 202:
            self._book.resend_awaited = False
            self.wire.post(f"/commands/{command}/done", {"result": "ok"})


def change(key: Key, version: Version) -> dict[str, Any]:
    """A version of a record as it stands in a batch."""
    op = {"op": "delete"} if version.data is None else {"op": "put", "data": version.data}
    return {"kind": key[0], "id": key[1], "version": version.number, **op}
