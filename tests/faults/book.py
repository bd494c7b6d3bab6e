"""What an account's programs were told and what they saw: the oracle's book."""

import threading
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple

Key = tuple[str, str]  # kind and id


class Version(NamedTuple):
    """What the office sent of a record; `data` None: a delete."""

    number: int
    data: str | None


@dataclass
class Edit:
    """A device's edit, known by its `ref`: how often it reached the office."""

    key: Key
    data: str | None
    accepted: bool = False
    delivered: int = 0


@dataclass
class Counted:
    """What happened and what must not happen; summed over accounts and rounds."""

    batches: int = 0
    changes: int = 0
    steps: int = 0
    lost: int = 0
    ghosts: int = 0
    doubled: int = 0
    foreign: int = 0
    backward: int = 0
    wrong: int = 0

    FAULTLESS: ClassVar = ("lost", "ghosts", "doubled", "foreign", "backward", "wrong")

    def add(self, other: "Counted") -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    def amiss(self) -> bool:
        return any(getattr(self, name) for name in self.FAULTLESS)


@dataclass
class Book:
    """One account's. Its ids and data begin with `marker`, which no other account's do."""

    marker: str
    sent: dict[Key, dict[int, str | None]] = field(default_factory=dict)
    live: dict[Key, Version] = field(default_factory=dict)
    snapshots: set[int] = field(default_factory=set)
    edits: dict[str, Edit] = field(default_factory=dict)
    counted: Counted = field(default_factory=Counted)
    notes: list[str] = field(default_factory=list)
    # Set where an older state was restored: what it forgot may come again, and go back first.
    restored: bool = False
    resend_awaited: bool = False

    def __post_init__(self) -> None:
        self._lock = threading.Lock()

    def step(self) -> None:
        with self._lock:
            self.counted.steps += 1

    def wrong(self, what: str) -> None:
        self._note("wrong", what)

    def push(self, key: Key, version: Version) -> None:
        """The office is about to send this; it sends it until it is taken."""
        with self._lock:
            self.sent.setdefault(key, {})[version.number] = version.data
            if version.data is None:
                self.live.pop(key, None)
            else:
                self.live[key] = version

    def accepted(self, changes: int) -> None:
        with self._lock:
            self.counted.batches += 1
            self.counted.changes += changes

    def seen(self, who: str, key: Key, version: Version, held: int, *, anew: bool) -> None:
        """A device was shown a version; `held` is the one it had, `anew`: since a resync."""
        if not key[1].startswith(self.marker) or not (version.data or self.marker).startswith(
            self.marker
        ):
            self._note("foreign", f"{who} was shown {key} {version}")
        elif not self._was_sent(key, version):
            self._note("ghosts", f"{who} was shown {key} {version}, which nobody sent")
        if anew or self.restored:
            return
        if version.number < held:
            self._note("backward", f"{who} had {key} in version {held}, then {version.number}")
        elif version.number == held:
            self._note("doubled", f"{who} was shown {key} in version {held} twice")

    def delivered(self, ref: str, key: Key, data: str | None) -> bool:
        """An edit reached the office; whether it has to have an effect there."""
        with self._lock:
            edit = self.edits.get(ref)
            if edit is not None:
                edit.delivered += 1
        if edit is None or (edit.key, edit.data) != (key, data):
            self._note("ghosts", f"the office was shown the edit {ref} {key}, which nobody made")
            return True
        if edit.delivered > 1 and not self.restored:
            self._note("doubled", f"the edit {ref} reached the office {edit.delivered} times")
        return edit.delivered == 1

    def undelivered(self) -> int:
        """Edits that a device was told to be taken and that the office did not see."""
        edits = list(self.edits.values())
        return sum(edit.accepted and not edit.delivered for edit in edits)

    def missing(self, held: dict[Key, Version]) -> list[Key]:
        """Records in which a copy differs from the office's."""
        live = dict(self.live)
        mine = {key: version for key, version in held.items() if version.data is not None}
        return [key for key in live.keys() | mine.keys() if live.get(key) != mine.get(key)]

    def close(self) -> tuple[Counted, list[str]]:
        """What was counted and noted since the last time; records and edits go on."""
        with self._lock:
            closed = self.counted, self.notes
            self.counted, self.notes = Counted(), []
        return closed

    def _was_sent(self, key: Key, version: Version) -> bool:
        sent = self.sent.get(key, {})
        if version.number in sent:
            return sent[version.number] == version.data
        return version.data is None and version.number in self.snapshots

    def _note(self, name: str, what: str) -> None:
        with self._lock:
            setattr(self.counted, name, getattr(self.counted, name) + 1)
            self.notes.append(f"{name}: {what}")
