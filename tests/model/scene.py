"""One run: a fresh account, its programs, the model, and what every rule does with them."""

import uuid
from collections import Counter
from collections.abc import Sequence
from typing import Any

from hypothesis import event
from hypothesis.stateful import RuleBasedStateMachine, invariant

from tests.model import checks, letters
from tests.model.oracle import SERVER, Key, Letter, Oracle, Page, Pushed, Reader
from tests.model.phone import Given, Phone
from tests.model.world import World
from tests.office import Program, said

Read = tuple[Page, Given]


class Scene(RuleBasedStateMachine):
    """The account under test. `tally` counts, over all runs, the interesting things that happened.

    `crm`: the newest change of each record that the server ever had accepted; what it numbers
    next lies above `version`.
    """

    def __init__(self, world: World, tally: "Counter[str]") -> None:
        super().__init__()
        self.world, self.tally = world, tally
        self.number, self.mailboxes = world.open_account()
        self.model = Oracle()
        self.state = "active"
        self.crm: dict[Key, Letter] = {}
        self.version = 0
        self.letter = 0
        self.phones: list[Phone] = []
        self.ended: list[Program] = []
        self.server = world.pair(self.number, "server")
        self.server_given: list[Given] = []
        self.server_stored: Given | None = None

    def tell(self, what: str) -> None:
        """Count something worth knowing that it happened at all."""
        event(what)
        self.tally[what] += 1

    @invariant()
    def everything_is_as_told(self) -> None:
        checks.tables(self.world, self.model, self.mailboxes)

    @property
    def is_suspended(self) -> bool:
        return self.state == "suspended"

    def next_letter(self) -> str:
        self.letter += 1
        return letters.text(self.letter)

    def stubs(self) -> list[Key]:
        return [key for key, record in self.model.down.items() if record.is_stub]

    def join(self) -> Phone:
        """Pair a device: it waits for all that lies there."""
        phone = Phone(self.world.pair(self.number, "device"), self.stubs())
        self.phones.append(phone)
        self.model.readers[phone.name] = Reader()
        return phone

    # Pushing and applying.

    def push(
        self, sender: Program, body: bytes, changes: Sequence[Letter], *, key: str = "",
        part_of: str | None = None,
    ) -> Pushed | None:  # fmt: skip
        """Send a batch under a new key or this one; None where the account is suspended."""
        key = key or str(uuid.uuid4())
        answer = sender.post("/batches", body, Idempotency_Key=key)
        if self.is_suspended:
            checks.problem(answer, 403, "account-inactive")
            return None
        told = said(answer, 202)
        assert "Idempotent-Replayed" not in answer.headers
        assert (told["state"], told["accepted"]) == ("received", len(changes))
        batch = Pushed(
            sender.id, "down" if sender.role == "server" else "up", key, body, list(changes),
            answer.content, told["batch"], self.model.hours, part_of,
        )  # fmt: skip
        self.model.accept(batch)
        if self.world.applies_by_itself:
            self.apply(batch.direction)
        return batch

    def apply(self, direction: str) -> None:
        self.world.apply(self.mailboxes[direction])
        self.see_applied()
        assert not self.model.pending[direction], "what is received is applied"

    def see_applied(self) -> None:
        """Follow whoever applied in the meantime: the oldest batches first, whole ones."""
        for direction, pending in self.model.pending.items():
            if pending:
                left = [str(id) for (id,) in self.world.look(
                    "SELECT uuid FROM mailbox_batch WHERE mailbox_id = %s AND state = 'received'"
                    " ORDER BY id", [self.mailboxes[direction]],
                )]  # fmt: skip
                while pending and pending[0].id not in left:
                    self._note_applied(direction)
                assert [batch.id for batch in pending] == left, "the order is kept"

    def _note_applied(self, direction: str) -> None:
        before = {key: record.place for key, record in self.model.down.items()}
        acked = [self.model.readers[phone.name].acked for phone in self.phones]
        batch = self.model.apply_next(direction)
        if direction == "down":
            for letter in batch.letters:
                old = before.get(letter.key) or 0
                if old and self.model.down[letter.key].place != old and any(a < old for a in acked):
                    self.tell("replaced before somebody acknowledged it")

    # Reading.

    def read(self, program: Program, name: str, after: Given | None, limit: int) -> Read | None:
        """Ask for a page and compare it; None where it is refused, as it has to be."""
        query = f"/changes?limit={limit}" + (f"&after={after.text}" if after else "")
        answer = program.get(query)
        reader = self.model.readers[name]
        if self.is_suspended:
            checks.problem(answer, 403, "account-inactive")
            return None
        if reader.mark:
            checks.problem(answer, 410, reader.mark)
            self.tell(f"a marked reader asked: {reader.mark}")
            return None
        if after and after.generation != reader.generation:
            checks.problem(answer, 400, "cursor-invalid")
            self.tell("read with a cursor that a resync had ended")
            return None
        if any(self.model.pending.values()):
            self.see_applied()
        page = self.model.page(name, after.place if after else None, limit)
        checks.page(answer.content, page, sum(self.model.waiting(name).values()))
        if not page.complete:
            self.tell("a page was cut" + (" in a full read" if page.full else ""))
        return page, Given(said(answer)["cursor"], page.next, reader.generation)

    def acknowledge(self, program: Program, name: str, given: Given, **more: Any) -> Any:
        """Acknowledge a cursor; the answer, or None where it is refused, as it has to be."""
        answer = program.post("/acks", {"cursor": given.text, **more})
        reader = self.model.readers[name]
        if reader.mark:
            checks.problem(answer, 410, reader.mark)
            return None
        if given.generation != reader.generation:
            checks.problem(answer, 400, "cursor-invalid")
            self.tell("acknowledged a cursor that a resync had ended")
            return None
        if given.place.place < reader.acked:
            self.tell("acknowledged an old cursor")
        self.model.acknowledge(name, given.place.place)
        told = said(answer)
        if not more:
            assert told == {"waiting": sum(self.model.waiting(name).values()), "rejected": []}
        return told

    def poll(self, program: Program, name: str) -> dict[str, Any]:
        told = program.mailbox()
        if any(self.model.pending.values()):
            before = sum(map(len, self.model.pending.values()))
            self.see_applied()
            if before > sum(map(len, self.model.pending.values())):
                self.tell("applied by a poll")
        checks.mailbox(told, self.model, name, self.state)
        return told

    def commands(self) -> list[dict[str, str]]:
        """What the server is asked to do."""
        asked: list[dict[str, str]] = self.poll(self.server, SERVER)["commands"]
        return asked

    def assert_asked_to_resend(self) -> None:
        assert "resend-all" in {command["do"] for command in self.commands()}
