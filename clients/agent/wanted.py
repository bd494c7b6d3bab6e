"""That a snapshot is wanted, and how far it has come: kept, so that a crash anywhere goes on.

Wanted are all kinds at first; of those that could not be told, such as a missing file's, one more
snapshot stays wanted afterwards.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace

from clients import rawjson
from clients.agent.store import Store
from clients.answers import Mailbox
from clients.database import Database

_NOTE = "snapshot"
_FOLLOWED = "resent"
_EPOCH = "epoch"
_EPOCH_CHANGED = "epoch-changed"
_RESEND = "resend-all"


@dataclass(frozen=True)
class Wanted:
    """A snapshot that is to be told, or is being told.

    `kinds`: those still wanted, None for all. `commands`: the `resend-all` commands that it
    answers. `asked`: the versions under which the mailbox was asked to open it: an answer may
    have been lost. `snapshot`: its id once it is open, and then `accepted`: how many changes of
    its parts the mailbox accepted. `left`: the kinds that it leaves out, for they could not be
    told. `other`: another's snapshot that stands in the way.
    """

    kinds: tuple[str, ...] | None = None
    commands: tuple[str, ...] = ()
    asked: tuple[int, ...] = ()
    snapshot: str | None = None
    accepted: int = 0
    left: tuple[str, ...] = ()
    other: str | None = None

    def is_of(self, kind: str) -> bool:
        return self.kinds is None or kind in self.kinds

    def closed(self) -> Wanted:
        """It has to be begun anew."""
        return replace(self, snapshot=None, accepted=0)


def load(db: Database) -> Wanted | None:
    text = db.note(_NOTE)
    if text is None:
        return None
    kept = json.loads(text)
    lists = {name: tuple(value) for name, value in kept.items() if isinstance(value, list)}
    return Wanted(**(kept | lists))


def keep(db: Database, wanted: Wanted | None) -> None:
    """Inside the caller's transaction."""
    db.set_note(_NOTE, None if wanted is None else rawjson.dump(asdict(wanted)))


def count(db: Database, accepted: int) -> None:
    """So many changes more of its parts were accepted; inside the caller's transaction."""
    wanted = load(db)
    if wanted:
        keep(db, replace(wanted, accepted=wanted.accepted + accepted))


def note(store: Store, mailbox: Mailbox) -> None:
    """Take in what the mailbox says at the beginning of a sync; one transaction.

    A snapshot of everything is wanted where the mailbox asks for it, where it was set back, and
    where this store has lost what it once knew.
    """
    with store.db.transaction():
        lost = store.number_above(mailbox.highest_version)
        known = load(store.db)
        asks = tuple(c.id for c in mailbox.commands if c.do == _RESEND)
        fresh = set(asks) - set(_followed(store.db))
        if _was_set_back(store.db, mailbox) or lost:
            keep(store.db, Wanted(commands=asks, asked=known.asked if known else ()))
        elif known is None and fresh:
            keep(store.db, Wanted(commands=asks))
        elif known and not known.snapshot and fresh - set(known.commands):
            keep(store.db, replace(known, commands=asks, kinds=None))


def follow(db: Database, wanted: Wanted) -> None:
    """Its commands are followed; of the kinds that it left out a snapshot stays wanted."""
    with db.transaction():
        db.set_note(_FOLLOWED, rawjson.dump(wanted.commands))
        # With the commands: the mailbox may not have heard of them when the rest is told.
        rest = Wanted(kinds=wanted.left, commands=wanted.commands)
        keep(db, rest if wanted.left else None)


def followed(db: Database, mailbox: Mailbox) -> list[str]:
    """The commands that the mailbox has still to hear of."""
    known = _followed(db)
    return [command.id for command in mailbox.commands if command.id in known]


def _followed(db: Database) -> list[str]:
    known: list[str] = json.loads(db.note(_FOLLOWED) or "[]")
    return known


def _was_set_back(db: Database, mailbox: Mailbox) -> bool:
    began = db.note(_EPOCH)
    if mailbox.epoch:
        db.set_note(_EPOCH, mailbox.epoch)
    moved = bool(began and mailbox.epoch and began != mailbox.epoch)
    return moved or mailbox.resync == _EPOCH_CHANGED
