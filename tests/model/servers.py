"""What a server does: it pushes in any order, repeats, collects edits, resends and is replaced."""

from collections.abc import Sequence

from tests.model import checks, letters
from tests.model.deeds import coin, deed, one_of, pick
from tests.model.oracle import SERVER, Key, Letter, Place, Report
from tests.model.phone import Given
from tests.model.scene import Scene
from tests.office import said

Drawn = tuple[Key, str, str]


class ServerRules(Scene):
    """Rules of the account's one live server."""

    def number_above_all(self) -> int:
        self.version = max(self.version, self.model.highest) + 1
        return self.version

    def written(self, drawn: Sequence[Drawn], *, skip: int | None = None) -> list[Letter]:
        """Changes as a server numbers them; `skip` leaves an index to a refused one."""
        made: list[Letter] = []
        for nth, (key, op, freshness) in enumerate(drawn):
            index = nth + (skip is not None and nth >= skip)
            now = self.crm.get(key)
            text = self.next_letter() if op == "put" else None
            if now is None or freshness == "new" or not now.version or now.version < 2:
                made.append(Letter(index, *key, op, self.number_above_all(), text))
            elif freshness == "equal":
                made.append(Letter(index, *key, now.op, now.version, now.text))
            else:
                made.append(Letter(index, *key, op, now.version - 1, text))
        return made

    def send(self, changes: Sequence[Letter], *, refused: int | None = None) -> None:
        body = letters.body(changes, version="version", refused=refused)
        if self.push(self.server, body, changes):
            self.learn(changes)

    def learn(self, changes: Sequence[Letter]) -> None:
        for letter in changes:
            known = self.crm.get(letter.key)
            if known is None or (letter.version or 0) >= (known.version or 0):
                self.crm[letter.key] = letter

    @deed(
        4,
        drawn=letters.changes,
        refused=one_of(None, None, None, 0, 1),
        applied=coin,
    )
    def server_pushes(self, drawn: list[Drawn], refused: int | None, applied: bool) -> None:
        if len({key for key, _, _ in drawn}) < len(drawn):
            self.tell("a record twice in one batch")
        skip = None if refused is None else min(refused, len(drawn))
        self.send(self.written(drawn, skip=skip), refused=skip)
        if applied:
            self.apply("down")

    @deed(5, pick=pick, op=letters.ops)
    def server_replaces_what_waits(self, pick: int, op: str) -> None:
        """The record that some device has not acknowledged yet, where there is one."""
        waiting = [
            key
            for key, record in self.model.down.items()
            if any((record.place or 0) > self.model.readers[p.name].acked for p in self.phones)
        ]
        key = waiting[pick % len(waiting)] if waiting else letters.KEYS[pick]
        self.send(self.written([(key, op, "new")]))
        self.apply("down")

    @deed(3, pick=pick)
    def server_redelivers_an_old_batch(self, pick: int) -> None:
        """What was sent long ago, under a new key: only what is unknown by now has an effect."""
        sent = [b for b in self.model.pushed.values() if b.direction == "down" and not b.part_of]
        if not sent:
            return
        old = sent[pick % len(sent)]
        for letter in old.letters:
            there = self.model.down.get(letter.key)
            if there is None:
                self.tell("redelivered: the mailbox had forgotten it")
            elif there.is_stub and there.version == letter.version:
                self.tell("redelivered: a stub got its letter back")
            else:
                self.tell("redelivered: stale")
        self.push(self.server, old.body, old.letters)
        self.apply("down")

    @deed(2, pick=pick, other_body=coin)
    def somebody_repeats_a_request(self, pick: int, other_body: bool) -> None:
        """The same key: the stored answer as it was; with another body it is refused."""
        senders = {p.id: p for p in (self.server, *(phone.program for phone in self.phones))}
        sent = [b for b in self.model.pushed.values() if b.sender in senders]
        if not sent:
            return
        chosen = sent[-1 - pick % len(sent)]
        # A key that was free again may have been used again since.
        old = [b for b in sent if (b.sender, b.key) == (chosen.sender, chosen.key)][-1]
        if old.part_of and not old.key_kept:
            return
        sender = senders[old.sender]
        if self.is_suspended or not old.key_kept:
            self.tell("repeated a key that was free again" if not old.key_kept else "repeated")
            self.push(sender, old.body, old.letters, key=old.key)
            return
        body = old.body + b" " if other_body else old.body
        answer = sender.post("/batches", body, Idempotency_Key=old.key)
        if other_body:
            self.tell("a key with another body")
            checks.problem(answer, 422, "idempotency-key-reused")
        else:
            self.tell("a key repeated")
            assert (answer.status_code, answer.content) == (202, old.answer)
            assert answer.headers["Idempotent-Replayed"] == "true"

    @deed(
        3,
        limit=letters.limits,
        begin=coin,
        state=one_of("applied", "conflict", "rejected"),
        report=one_of("all", "first", "none", "without reading", "again"),
    )
    def server_collects_edits(self, limit: int, begin: bool, state: str, report: str) -> None:
        """It reads a page and acknowledges it, with outcomes of its edits or without."""
        if report == "again" and self.server_given:
            self.server_acknowledges_again(limit)
        if self.model.readers[SERVER].mark:
            self.server_resyncs()
        after = None if begin else self.server_stored
        seen = self.read(self.server, SERVER, after, limit)
        if seen is None:
            self.server_stored = None
            return
        page, given = seen
        edits = [edit for _, _, edit in page.rows if edit]
        reports = [
            {"batch": edit.batch, "index": edit.letter.index, "state": state,
             "id": edit.letter.id + "x", "version": self.model.highest}
            for edit in (edits if report != "first" else edits[:1])
        ]  # fmt: skip
        if report == "none":
            self._acknowledge_edits(given, [])
        elif report == "without reading":
            self._acknowledge_edits(Given("", Place(0), given.generation), reports)
        else:
            self._acknowledge_edits(given, reports)

    def _acknowledge_edits(self, given: Given, reports: list[dict[str, object]]) -> None:
        """Acknowledge with outcomes, one of them of a batch that nobody knows."""
        known: list[Report] = [
            (str(r["batch"]), int(str(r["index"])), str(r["state"]), str(r["id"]),
             int(str(r["version"]))) for r in reports
        ]  # fmt: skip
        unknown = {"batch": checks.unknown_id(), "index": 0, "state": "applied"}
        told = self.acknowledge(self.server, SERVER, given, outcomes=[*reports, unknown])
        if told is None:
            return
        assert told["rejected"] == [{"index": len(reports), "code": "not-found"}]
        assert told["waiting"] == sum(self.model.waiting(SERVER).values())
        self.model.report(given.place.place, known)
        if given.text:
            self.server_given.append(given)
            self.server_stored = given

    def server_acknowledges_again(self, pick: int) -> None:
        given = self.server_given[pick % len(self.server_given)]
        if self.acknowledge(self.server, SERVER, given) is not None:
            self.model.report(given.place.place, [])

    def server_resyncs(self) -> None:
        told = said(self.server.post("/resync"), 202)
        self.model.resync(SERVER)
        self.server_stored = None
        assert told == {"from": "mailbox", "waiting": sum(self.model.waiting(SERVER).values())}

    @deed(2)
    def server_polls(self) -> None:
        """And resends all that it has where it is asked to."""
        for command in self.commands():
            if command["do"] == "resend-all":
                self.tell("resent all")
                live = [letter for letter in self.crm.values() if letter.op == "put"]
                if live:
                    self.send([at(nth, letter) for nth, letter in enumerate(live)])
                assert self.server.post(f"/commands/{command['id']}/done").status_code == 204

    def server_is_replaced(self) -> None:
        """Another server is paired: the first one's token is dead, its place is the account's."""
        pending = {command["do"] for command in self.commands()}
        self.ended.append(self.server)
        self.server = self.world.pair(self.number, "server")
        self.model.snapshot = None
        assert pending <= {command["do"] for command in self.commands()}


def at(index: int, letter: Letter) -> Letter:
    """The same change at another place of a batch."""
    return Letter(index, letter.kind, letter.id, letter.op, letter.version, letter.text)
