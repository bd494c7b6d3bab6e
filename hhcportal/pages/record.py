"""*Where is my record?* An id's way: received, waits for whom, collected by whom, edits of it."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _

from accounts.models import Account
from hhcportal.pages.labels import batch_state_word, edit_state_word, kind_word
from mailbox import whereabouts
from mailbox.whereabouts import Edit, Lying, Unsorted
from sync import history
from sync.findings import words
from sync.findings.facts import AccountFacts, PeerFacts

_ID = re.compile(r"\A[!-~]{1,64}\Z")
_KIND = re.compile(r"\A[a-z][a-z0-9_]{0,31}\Z")


@dataclass(frozen=True)
class Sought:
    """What somebody looks for; `fault`: a sentence why nothing can have that id or kind."""

    id: str
    kind: str
    fault: str = ""


class Reached(NamedTuple):
    """Whether one device has the record: when it collected it, in which session."""

    peer: PeerFacts
    waits: bool
    at: datetime | None
    session: uuid.UUID | None
    text: str


@dataclass(frozen=True)
class Way:
    """A record in the mailbox, with every live device's part of its way."""

    lying: Lying
    kind: str
    state: str
    reached: tuple[Reached, ...]


class Step(NamedTuple):
    """Something of the record that is not in the mailbox: a batch being sorted in, an edit."""

    text: str
    name: str
    at: datetime
    batch: uuid.UUID
    until: datetime | None = None
    detail: str = ""


@dataclass(frozen=True)
class Found:
    """All that is known of the id."""

    ways: tuple[Way, ...]
    unsorted: tuple[Step, ...]
    edits: tuple[Step, ...]

    @property
    def known(self) -> bool:
        return bool(self.ways or self.unsorted or self.edits)


def sought(query: Mapping[str, str]) -> Sought:
    """What the form asks for; spaces around an id are a slip of the hand."""
    wanted, kind = query.get("id", "").strip(), query.get("kind", "").strip().lower()
    fault = ""
    if wanted and not _ID.match(wanted):
        fault = _("An id has 1 to 64 letters, digits and signs, without spaces. Is that a name?")
    elif kind and not _KIND.match(kind):
        fault = _("A kind is one word in small letters, as contact or note.")
    return Sought(wanted[:200], kind[:40], fault)


def find(account: Account, facts: AccountFacts, wanted: Sought, *, now: datetime) -> Found:
    """The way of every record with that id."""
    known = whereabouts.find(account.pk, wanted.id, wanted.kind)
    return Found(
        tuple(_way(account, facts, lying, now) for lying in known.lying),
        tuple(_unsorted(facts, part) for part in known.unsorted),
        tuple(_edit(facts, edit) for edit in known.edits),
    )


def name_of(facts: AccountFacts, peer_id: uuid.UUID) -> str:
    """A server's or device's name, fit for one line."""
    peer = facts.peer(peer_id)
    return words.shown(peer.name, 80) if peer else "–"


def _way(account: Account, facts: AccountFacts, lying: Lying, now: datetime) -> Way:
    collected: dict[uuid.UUID, history.Collected] = {}
    if lying.place is not None:
        collected = history.first_collections(
            account, lying.place, taken_at=lying.taken_at, now=now
        )
    return Way(
        lying,
        kind_word(lying.kind),
        _state(lying),
        tuple(_reached(peer, lying, collected.get(peer.id)) for peer in facts.devices),
    )


def _state(lying: Lying) -> str:
    if lying.op == "delete":
        return _("deleted in the office; the devices are told")
    if lying.place is None:
        return _("collected by every device; the mailbox keeps no copy of it")
    return _("lies in the mailbox")


def _reached(peer: PeerFacts, lying: Lying, collected: history.Collected | None) -> Reached:
    if peer.id in lying.waits_for:
        return Reached(peer, True, None, None, _("waits for this device"))
    if lying.place is not None and collected is not None:
        text = _("collected in the sync that began at")
        return Reached(peer, False, collected.began_at, collected.session, text)
    if peer.paired_at > lying.taken_at and lying.place is None:
        return Reached(peer, False, None, None, _("was connected later: comes when it is resent"))
    return Reached(peer, False, None, None, _("collected; when is no longer known"))


def _unsorted(facts: AccountFacts, part: Unsorted) -> Step:
    text = f"{kind_word(part.kind)}: {batch_state_word(part.state)}"
    return Step(text, name_of(facts, part.peer_id), part.received_at, part.batch)


def _edit(facts: AccountFacts, edit: Edit) -> Step:
    return Step(
        f"{kind_word(edit.kind)}: {edit_state_word(edit.state)}",
        name_of(facts, edit.peer_id),
        edit.received_at,
        edit.batch,
        edit.final_at,
        words.shown(edit.detail, 160) if edit.detail else "",
    )
