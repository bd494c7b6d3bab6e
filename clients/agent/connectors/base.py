"""What the agent needs of a CRM, whatever the CRM is.

Drawn against web APIs that can tell what changed since a moment, with repeats, and list the ids
that exist, but know neither a feed of deletes nor a lock nor an idempotency key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

from clients.trouble import Trouble

MOST_FOUND = 20
NO_CONTENT = ""
"""A base that no content has: the phone edited a version that is not the present one."""


@dataclass(frozen=True)
class Record:
    """One record as it stands. `data` is JSON text, the same text for the same content."""

    kind: str
    id: str
    data: str


class Key(NamedTuple):
    """Which record is meant."""

    kind: str
    id: str


def _nothing() -> None:
    pass


@dataclass(frozen=True)
class Chunk:
    """A part of what a reading found, queued in one transaction.

    `gone`: the source shows that these travel no longer. `unreadable`: these exist, though their
    content cannot be read now; a snapshot names them. `keep` writes the connector's own notes in
    that same transaction, so that they never say more than was queued.
    """

    records: Sequence[Record] = ()
    gone: Sequence[Key] = ()
    unreadable: Sequence[Key] = ()
    keep: Callable[[], None] = _nothing


@dataclass(frozen=True)
class Found:
    """A record by its kind and id; `data` is its content in the source as it would travel.

    Where there is none, `gone` tells whether the source was read and no longer holds it. `stays`
    is the sentence why a record that is there does not travel.
    """

    kind: str
    id: str
    data: str | None
    gone: bool = False
    stays: str = ""


@dataclass(frozen=True)
class Edit:
    """A phone's change, to be applied against the content it was made on.

    `base` is the `content_hash` of that content, None for a new record. `seen` is that content,
    None for a new record and where it is not known any more. `sent` is what the phones have of the
    record by now, None where they have nothing. `token` is the same in every repetition, so that a
    CRM which gives its own ids can find what it made the first time. `device` is the peer that made
    it.
    """

    kind: str
    id: str
    op: Literal["put", "delete"]
    data: str | None
    base: str | None
    token: str
    seen: str | None = None
    sent: str | None = None
    device: str = ""


@dataclass(frozen=True)
class Applied:
    """What became of an edit. `data` is the record's present content, None where there is none.

    `id` is the CRM's own where it gave a new record another one than the phone. `also` holds the
    other records that the edit changed, and the connector's notes, to be written in the transaction
    that writes down the outcome.
    """

    state: Literal["applied", "conflict", "rejected"]
    id: str
    data: str | None
    detail: str = ""
    also: Chunk = Chunk()


class KindMissing(Trouble):
    """The source holds no records of this kind now. It may have held some before."""


class Listing(Protocol):
    """What tells which records exist, where the source itself never says what is gone."""

    def live_ids(self, kind: str) -> set[str]:
        """The ids that exist. Trouble where this kind cannot be read: nothing is then deleted."""

    def confirm_gone(self, kind: str, ids: set[str]) -> set[str]:
        """Those of `ids` that are gone for certain, after a second look."""


class Connector(Protocol):
    """A source of records. Methods raise Trouble where the source fails as a whole."""

    def takes_edits(self) -> bool:
        """Whether enough is known of the source to tell what an edit is about.

        Where it is not, the source is read before.
        """

    def health(self) -> None:
        """Raise Trouble, with its code, where the source cannot be worked with."""

    def changes(
        self, since: str | None, *, whole: bool = False, allow_mass_delete: bool = False
    ) -> Iterator[Chunk]:
        """What changed since the checkpoint, or everything that there is; repeats are allowed.

        `allow_mass_delete`: that much of a kind is gone at once is meant.
        """

    def checkpoint(self) -> str:
        """Where the last `changes` ended, to be handed to a later one; opaque."""

    def kinds(self) -> set[str]:
        """The kinds that the last `changes` met, empty and unreadable ones too."""

    def unread(self) -> set[str]:
        """The kinds that the last `changes` could not tell in full."""

    def listing(self) -> Listing | None:
        """None where `changes` tells itself what is gone."""

    def apply(self, edit: Edit) -> Applied:
        """Apply an edit durably. Applying it again finds it applied and changes nothing.

        Raises KindMissing, or Trouble where the source cannot be written now.
        """

    def find(self, wanted: str) -> list[Found]:
        """The records of that id, else those whose name holds `wanted`; at most MOST_FOUND."""

    def pending(self) -> int:
        """How many records exist that could not be read so far."""

    def refusals(self) -> list[str]:
        """What the last `changes` could not take, a sentence each, with its place."""

    def faults(self) -> list[Trouble]:
        """What went wrong with single kinds in the last `changes`, a Trouble each."""

    def close(self) -> None:
        """Let go of the source."""


def content_hash(data: str) -> str:
    return hashlib.sha256(data.encode()).hexdigest()
