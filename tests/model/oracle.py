"""What a mailbox that keeps its promises holds: dictionaries, told of everything that happens."""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

Key = tuple[str, str]  # kind and id
SERVER = "server"  # the reader of the up mailbox; the others are devices, by their peer's id
Report = tuple[str, int, str, str | None, int | None]  # batch, index, state, id, version
DAY = 24  # times are hours since the account was opened
LIFE = 30 * DAY  # of keys and of batches


@dataclass(frozen=True, slots=True)
class Letter:
    """An accepted change. `version` of a device: its base version; `text`: JSON, None: a delete."""

    index: int
    kind: str
    id: str
    op: str
    version: int | None
    text: str | None
    ref: str | None = None

    @property
    def key(self) -> Key:
        return self.kind, self.id


@dataclass(slots=True)
class Pushed:
    """A batch as it was sent and answered."""

    sender: str
    direction: str
    key: str
    body: bytes
    letters: list[Letter]
    answer: bytes
    id: str
    taken: int
    part_of: str | None = None
    state: str = "received"
    applied: int = 0
    final: int | None = None
    key_kept: bool = True


@dataclass(slots=True)
class Record:
    """A record's row in the down mailbox; a put without text is a stub, which has no place."""

    op: str
    version: int
    text: str | None
    place: int | None
    taken: int

    @property
    def is_stub(self) -> bool:
        return self.place is None


@dataclass(frozen=True, slots=True)
class Edit:
    """A device's change in the up mailbox."""

    place: int
    letter: Letter
    batch: str
    device: str
    taken: int


@dataclass(slots=True)
class Outcome:
    """What became of an edit. `taken`: when its batch came."""

    letter: Letter
    place: int
    taken: int
    state: str = "waiting"
    id: str | None = None
    version: int | None = None
    final: int | None = None


@dataclass(slots=True)
class Reader:
    """`later_mark`: its mark once the mailbox is whole again, for it may hold too much."""

    acked: int = 0
    generation: int = 1
    mark: str = ""
    later_mark: str = ""


class Place(NamedTuple):
    """What a cursor stands for."""

    place: int
    from_start: bool = False


class Page(NamedTuple):
    rows: list[tuple[int, Letter, Edit | None]]  # place, change, and where it came from
    next: Place
    complete: bool
    full: bool


@dataclass(slots=True)
class Snapshot:
    id: str
    version: int
    kinds: list[str]
    opened: int
    names: set[Key] = field(default_factory=set)
    accepted: int = 0


@dataclass(slots=True)
class Swept:
    """What time ended: records forgotten as they were, and those of which a stub is left."""

    forgotten: list[tuple[Key, Record]] = field(default_factory=list)
    stubbed: list[tuple[Key, int]] = field(default_factory=list)


class Oracle:
    """Both mailboxes of one account."""

    def __init__(self) -> None:
        self.hours = 0
        self.down: dict[Key, Record] = {}
        self.up: list[Edit] = []
        self.heads = {"down": 0, "up": 0}
        self.pending: dict[str, list[Pushed]] = {"down": [], "up": []}
        self.pushed: dict[str, Pushed] = {}
        self.outcomes: dict[tuple[str, int], Outcome] = {}
        self.readers: dict[str, Reader] = {SERVER: Reader()}
        self.keep_copy, self.filled, self.storage_days = True, True, 60
        self.highest = 0
        self.snapshot: Snapshot | None = None

    # Pushing and applying.

    def accept(self, batch: Pushed) -> None:
        self.pushed[batch.id] = batch
        self.pending[batch.direction].append(batch)
        if batch.direction == "down":
            self.highest = max([self.highest, *(one.version or 0 for one in batch.letters)])

    def apply_next(self, direction: str) -> Pushed:
        """The oldest received batch: its changes get places in the order as sent."""
        batch = self.pending[direction].pop(0)
        apply = self._apply_down if direction == "down" else self._apply_up
        batch.state, batch.final, batch.applied = "applied", self.hours, apply(batch)
        return batch

    def _apply_down(self, batch: Pushed) -> int:
        newest: dict[Key, Letter] = {}
        for letter in batch.letters:
            best = newest.get(letter.key)
            if best is None or (letter.version or 0) >= (best.version or 0):
                newest[letter.key] = letter
        fresh = [one for one in newest.values() if self._is_news(one)]
        for letter in sorted(fresh, key=lambda one: one.index):
            self.write(letter.key, letter.op, letter.version or 0, letter.text, batch.taken)
        return len(fresh)

    def _is_news(self, letter: Letter) -> bool:
        there = self.down.get(letter.key)
        version = letter.version or 0
        if there is None or there.version < version:
            return True
        return there.is_stub and there.version == version

    def write(self, key: Key, op: str, version: int, text: str | None, taken: int) -> None:
        self.heads["down"] += 1
        self.down[key] = Record(op, version, text, self.heads["down"], taken)

    def _apply_up(self, batch: Pushed) -> int:
        for letter in batch.letters:
            self.heads["up"] += 1
            place = self.heads["up"]
            self.up.append(Edit(place, letter, batch.id, batch.sender, batch.taken))
            self.outcomes[batch.id, letter.index] = Outcome(letter, place, batch.taken)
        return len(batch.letters)

    # Reading.

    def _rows(self, name: str) -> list[tuple[int, Letter, Edit | None]]:
        if name == SERVER:
            return [(edit.place, edit.letter, edit) for edit in self.up]
        rows: list[tuple[int, Letter, Edit | None]] = [
            (record.place, Letter(0, *key, record.op, record.version, record.text), None)
            for key, record in self.down.items()
            if record.place is not None
        ]
        return sorted(rows, key=lambda row: row[0])

    def waiting(self, name: str) -> dict[str, int]:
        """By kind."""
        acked = self.readers[name].acked
        return dict(Counter(letter.kind for place, letter, _ in self._rows(name) if place > acked))

    def page(self, name: str, after: Place | None, limit: int) -> Page:
        start = self.readers[name].acked if after is None else after.place
        rows = [row for row in self._rows(name) if row[0] > start]
        full = name != SERVER and self.keep_copy and self.filled
        full = full and (start == 0 or (after is not None and after.from_start))
        if len(rows) <= limit:
            return Page(rows, Place(self.heads["up" if name == SERVER else "down"]), True, full)
        return Page(rows[:limit], Place(rows[limit - 1][0], full), False, full)

    # Acknowledging.

    def acknowledge(self, name: str, place: int) -> None:
        reader = self.readers[name]
        reader.acked = max(reader.acked, place)

    def report(self, place: int, reports: list[Report]) -> None:
        """A server's outcomes, and what it collected up to `place` without reporting on it."""
        told = set()
        for batch, index, state, id, version in reports:
            outcome = self.outcomes.get((batch, index))
            if outcome is None or (batch, index) in told:
                continue
            told.add((batch, index))
            if outcome.final is None:
                outcome.state, outcome.final, outcome.version = state, self.hours, version
                outcome.id = id or outcome.id
        for name, outcome in self.outcomes.items():
            if outcome.place <= place and outcome.state == "waiting" and name not in told:
                outcome.state = "collected"

    def resync(self, name: str) -> None:
        reader = self.readers[name]
        if (
            name != SERVER
            and not (self.keep_copy and self.filled)
            and (reader.acked or reader.mark)
        ):
            reader.later_mark = reader.later_mark or "cursor-expired"
        reader.acked, reader.mark = 0, ""
        reader.generation += 1
