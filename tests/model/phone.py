"""A device as the model plays it: it believes every page, so what it holds shows what was told."""

from collections.abc import Iterable

from tests.model.oracle import Key, Letter, Oracle, Page, Place, Record
from tests.office import Program


class Given:
    """A cursor that was handed out, and what it stands for."""

    def __init__(self, text: str, place: Place, generation: int) -> None:
        self.text, self.place, self.generation = text, place, generation


class Phone:
    """What it holds, where it is, and what may be missing or too much through nobody's fault.

    `ghosts`: what it may hold though the mailbox forgot it; `missing`: what only a stub was left
    of before it was read. `floor`: the newest version that it ever held of a record.
    """

    def __init__(self, program: Program, missing: Iterable[Key]) -> None:
        self.program = program
        self.copy: dict[Key, tuple[int, str]] = {}
        self.floor: dict[Key, int] = {}
        self.given: list[Given] = []
        self.stored: Given | None = None
        self.named: set[Key] | None = None
        self.ghosts: set[Key] = set()
        self.missing = set(missing)

    @property
    def name(self) -> str:
        return self.program.id

    def start_over(self, *, lost: bool, missing: Iterable[Key] = ()) -> None:
        """Ask without a cursor from now on; `lost`: with nothing in its hands."""
        self.stored, self.named = None, None
        if lost:
            self.copy, self.floor, self.ghosts = {}, {}, set()
            self.missing = set(missing)

    def store(self, page: Page, cursor: Given, *, begins: bool) -> None:
        """Take a page in, as the contract tells a client to."""
        if begins and page.full:
            self.named = set()
        elif not page.full:
            self.named = None
        for _, letter, _ in page.rows:
            self._take(letter)
        if page.complete and self.named is not None:
            for key in self.copy.keys() - self.named:
                del self.copy[key]
            self.named, self.ghosts = None, set()
        self.given.append(cursor)
        self.stored = cursor

    def _take(self, letter: Letter) -> None:
        version = letter.version or 0
        assert version >= self.floor.get(letter.key, 0), f"no way back: {letter}"
        self.floor[letter.key] = version
        if letter.text is None:
            self.copy.pop(letter.key, None)
        else:
            self.copy[letter.key] = version, letter.text
        if self.named is not None and letter.text is not None:
            self.named.add(letter.key)
        self.missing.discard(letter.key)
        self.ghosts.discard(letter.key)

    def forget(self, key: Key, record: Record, acked: int) -> None:
        """The mailbox no longer knows the record: it can neither take it back nor hold it newer."""
        self.floor.pop(key, None)
        if record.op == "put" or (record.place or 0) > acked:
            self.ghosts.add(key)

    def assert_equals(self, model: Oracle) -> None:
        """At a complete page the copy is what the mailbox is."""
        for key, record in model.down.items():
            held = self.copy.get(key)
            if record.op == "delete":
                assert held is None, f"{key} was deleted"
            elif record.text is not None:
                assert held == (record.version, record.text), f"{key} is lost"
            elif key not in self.missing:
                assert held is not None, f"{key} is lost, its letter is gone"
                assert held[0] == record.version, f"{key} is old, its letter is gone"
        extra = self.copy.keys() - model.down.keys() - self.ghosts
        assert not extra, f"never told of the end of {extra}"
