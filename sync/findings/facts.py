"""An account's facts, gathered by a fixed number of statements; nothing is judged here."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings

from accounts.hours import OfficeHours
from accounts.models import Account, Clone, Peer, is_inactive
from mailbox.standing import Received, Standing, Waiting, standing
from sync import presence
from sync.findings import sessions, versions, wake_ups
from sync.findings.sessions import Attempt, Gap, Sleep
from sync.findings.wake_ups import WakeUp
from sync.models import Command, Presence
from sync.presence import Contacts

GAPS_SHOWN = 7
CLONE_COUNTS_FOR = timedelta(hours=24)


class Room(NamedTuple):
    """What lies in both mailboxes, and how much of it is the most; sizes in bytes."""

    changes: int
    bytes: int
    most_changes: int
    most_bytes: int


@dataclass(frozen=True)
class OtherInstall:
    """Another install that used a peer's token."""

    install_id: uuid.UUID
    first_seen: datetime
    last_seen: datetime


@dataclass(frozen=True)
class Asked:
    """A command of a peer, pending or ended."""

    do: str
    state: str
    requested_at: datetime
    fetched_at: datetime | None
    ended_at: datetime | None

    @property
    def pending(self) -> bool:
        return self.state in Command.PENDING


@dataclass(frozen=True)
class PeerFacts:
    """A server or device. `waiting` is what waits for it; an ended peer waits for nothing.

    `least_version`: below it a program is outdated; empty: none is. `pending`: own changes that
    still lay there at `pending_at`, as the program told. `attempts`: its last sessions with a
    result, newest first, at most two. `clock_off`: seconds its clock was ahead of ours when it
    last told. `slept`: what it noticed of its own sleep in the last 24 hours, newest first.
    `wake_up` None: it is no live device.
    """

    id: uuid.UUID
    role: str
    name: str
    state: str
    install_id: uuid.UUID
    platform: str
    client_version: str
    least_version: str
    paired_at: datetime
    ended_at: datetime | None
    contacts: Contacts
    pending: int | None
    pending_at: datetime | None
    last_sent: datetime | None
    last_received: datetime | None
    waiting: Waiting = field(default_factory=Waiting)
    received: Received = field(default_factory=Received)
    attempts: tuple[Attempt, ...] = ()
    last_push: Attempt | None = None
    last_collection: Attempt | None = None
    commands: tuple[Asked, ...] = ()
    other_installs: tuple[OtherInstall, ...] = ()
    clock_off: float | None = None
    slept: tuple[Sleep, ...] = ()
    wake_up: WakeUp | None = None

    @property
    def is_live(self) -> bool:
        return self.state == Peer.State.ACTIVE

    @property
    def is_erasing(self) -> bool:
        """An erase was asked for: nothing is sent to it any more."""
        return any(command.do == Command.Do.ERASE and command.pending for command in self.commands)

    @property
    def last_attempt(self) -> Attempt | None:
        return self.attempts[0] if self.attempts else None

    def presence(self, now: datetime) -> str:
        """`never`, `awake`, `late` or `asleep`."""
        return presence.state(self.contacts, now)


@dataclass(frozen=True)
class AccountFacts:
    """Everything that findings, the sentence, the overview and `account_status` are made of.

    `peers` are in the order of their pairing; `state` is the effective one; `hours` None:
    somebody is always there.
    """

    number: str
    name: str
    state: str
    state_since: datetime
    ends_at: datetime | None
    peers: tuple[PeerFacts, ...]
    hours: OfficeHours | None
    mailbox: Standing
    room: Room
    server_gaps: tuple[Gap, ...]

    @property
    def server(self) -> PeerFacts | None:
        """The live server, if one is paired."""
        return next((peer for peer in self.live if peer.role == Peer.Role.SERVER), None)

    @property
    def server_first(self) -> tuple[PeerFacts, ...]:
        """The live server, then the live devices."""
        return tuple(sorted(self.live, key=lambda peer: peer.role != Peer.Role.SERVER))

    @property
    def devices(self) -> tuple[PeerFacts, ...]:
        """The live devices."""
        return tuple(peer for peer in self.live if peer.role == Peer.Role.DEVICE)

    @property
    def live(self) -> tuple[PeerFacts, ...]:
        return tuple(peer for peer in self.peers if peer.is_live)

    def peer(self, peer_id: uuid.UUID) -> PeerFacts | None:
        """A peer of this account by its id, live or ended."""
        return next((peer for peer in self.peers if peer.id == peer_id), None)


def gather(account: Account, *, now: datetime) -> AccountFacts:
    """The account's facts as of `now`."""
    mailbox = standing(account.pk, now=now)
    gathered = _OfPeers(
        mailbox=mailbox,
        booked=sessions.of_peers(account.pk),
        told=sessions.told_by(account.pk, now=now),
        commands=_commands(account),
        installs=_other_installs(account, now),
        woken=wake_ups.of_devices(account.pk),
    )
    peers = tuple(
        _peer(peer, account, gathered, now)
        for peer in account.peers.select_related("presence").order_by("paired_at", "id")
    )
    return AccountFacts(
        number=account.number,
        name=account.name,
        state=account.state_at(now),
        state_since=account.state_since,
        ends_at=account.ends_at,
        peers=peers,
        hours=account.office_hours,
        mailbox=mailbox,
        room=Room(
            mailbox.changes, mailbox.bytes, settings.MAILBOX_MAX_CHANGES, settings.MAILBOX_MAX_BYTES
        ),
        server_gaps=_gaps(account, now),
    )


class _OfPeers(NamedTuple):
    """What was asked for all peers at once, by their ids."""

    mailbox: Standing
    booked: dict[uuid.UUID, sessions.Booked]
    told: dict[uuid.UUID, sessions.Told]
    commands: dict[uuid.UUID, list[Asked]]
    installs: dict[uuid.UUID, list[OtherInstall]]
    woken: dict[uuid.UUID, wake_ups.Stands]


def _peer(peer: Peer, account: Account, gathered: _OfPeers, now: datetime) -> PeerFacts:
    heard, mailbox = peer.presence, gathered.mailbox
    live = peer.state == Peer.State.ACTIVE
    waits = mailbox.server if peer.role == Peer.Role.SERVER else mailbox.devices.get(peer.pk)
    booked = gathered.booked.get(peer.pk, sessions.NONE)
    told = gathered.told.get(peer.pk, sessions.NOTHING)
    return PeerFacts(
        id=peer.pk,
        role=peer.role,
        name=peer.name,
        state=peer.state,
        install_id=peer.install_id,
        platform=peer.platform,
        client_version=peer.client_version,
        least_version=versions.least_for(peer.role, peer.platform),
        paired_at=peer.paired_at,
        ended_at=peer.ended_at,
        contacts=contacts_of(heard, peer.role, account),
        pending=heard.pending,
        pending_at=heard.pending_at,
        last_sent=heard.last_sent,
        last_received=heard.last_received,
        waiting=(waits if live and waits else Waiting()),
        received=mailbox.received.get(peer.pk, Received()),
        attempts=booked.attempts,
        last_push=booked.last_push,
        last_collection=booked.last_collection,
        commands=tuple(gathered.commands.get(peer.pk, ())),
        other_installs=tuple(gathered.installs.get(peer.pk, ())),
        clock_off=told.clock_off,
        slept=told.slept,
        wake_up=_wake_up(peer, account, gathered, waits, now),
    )


def _wake_up(
    peer: Peer, account: Account, gathered: _OfPeers, waits: Waiting | None, now: datetime
) -> WakeUp | None:
    stands = gathered.woken.get(peer.pk)
    if stands is None:
        return None
    asked = gathered.commands.get(peer.pk, ())
    return stands.wake_up(
        since=waits.since if waits and not is_inactive(account.state_at(now)) else None,
        unfetched=min((a.requested_at for a in asked if a.state == "requested"), default=None),
        heard=peer.presence.last_contact,
        now=now,
    )


def contacts_of(heard: Presence, role: str, account: Account) -> Contacts:
    """When a server or device of this account was heard of and is expected."""
    is_server = role == Peer.Role.SERVER
    interval = account.server_interval if is_server else account.device_interval
    return Contacts(
        heard.last_contact,
        heard.next_contact_in,
        heard.last_sync,
        timedelta(minutes=interval),
        presence.minutes(account.grace),
    )


def _gaps(account: Account, now: datetime) -> tuple[Gap, ...]:
    """The live server's silences of the last week that fell into the office hours."""
    usual = contacts_of(Presence(), Peer.Role.SERVER, account)
    allowed = usual.interval + usual.grace
    hours = account.office_hours
    gaps = sessions.gaps_of_server(account.pk, allowed, now=now)
    counted = [gap for gap in gaps if not hours or hours.within(gap.since, gap.until) > allowed]
    return tuple(counted[:GAPS_SHOWN])


def _commands(account: Account) -> dict[uuid.UUID, list[Asked]]:
    """The newest command of each kind and state a peer: what is pending, how others ended."""
    newest = (
        Command.objects.filter(peer__account=account)
        .order_by("peer", "do", "state", "-requested_at")
        .distinct("peer", "do", "state")
    )
    found: dict[uuid.UUID, list[Asked]] = {}
    for row in newest:
        asked = Asked(row.do, row.state, row.requested_at, row.fetched_at, row.ended_at)
        found.setdefault(row.peer_id, []).append(asked)
    return found


def _other_installs(account: Account, now: datetime) -> dict[uuid.UUID, list[OtherInstall]]:
    found: dict[uuid.UUID, list[OtherInstall]] = {}
    clones = Clone.objects.filter(
        peer__account=account, peer__state=Peer.State.ACTIVE,
        last_seen_at__gt=now - CLONE_COUNTS_FOR,
    ).order_by("first_seen_at")  # fmt: skip
    for clone in clones:
        other = OtherInstall(clone.install_id, clone.first_seen_at, clone.last_seen_at)
        found.setdefault(clone.peer_id, []).append(other)
    return found
