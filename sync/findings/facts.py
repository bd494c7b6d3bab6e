"""An account's facts, gathered by a fixed number of statements; nothing is judged here."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from accounts.models import Account, Clone, Peer
from mailbox.standing import Received, Standing, Waiting, standing
from sync import presence
from sync.findings import sessions
from sync.findings.sessions import Attempt, Gap
from sync.models import Command
from sync.presence import Contacts

CLONE_COUNTS_FOR = timedelta(hours=24)


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

    `pending`: own changes that still lay there at `pending_at`, as the program told.
    `attempts`: its last sessions with a result, newest first, at most two.
    """

    id: uuid.UUID
    role: str
    name: str
    state: str
    platform: str
    client_version: str
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

    `peers` are in the order of their pairing; `state` is the effective one.
    """

    number: str
    name: str
    state: str
    state_since: datetime
    ends_at: datetime | None
    peers: tuple[PeerFacts, ...]
    mailbox: Standing
    server_gaps: tuple[Gap, ...]

    @property
    def server(self) -> PeerFacts | None:
        """The live server, if one is paired."""
        return next((peer for peer in self.live if peer.role == Peer.Role.SERVER), None)

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
    booked = sessions.of_peers(account.pk)
    commands = _commands(account)
    installs = _other_installs(account, now)
    intervals = {
        "server": timedelta(minutes=account.server_interval),
        "device": timedelta(minutes=account.device_interval),
    }
    peers = tuple(
        _peer(peer, intervals[peer.role], mailbox, booked, commands, installs)
        for peer in account.peers.select_related("presence").order_by("paired_at", "id")
    )
    return AccountFacts(
        number=account.number,
        name=account.name,
        state=account.state_at(now),
        state_since=account.state_since,
        ends_at=account.ends_at,
        peers=peers,
        mailbox=mailbox,
        server_gaps=sessions.gaps_of_server(account.pk, intervals["server"], now=now),
    )


def _peer(
    peer: Peer,
    interval: timedelta,
    mailbox: Standing,
    booked: dict[uuid.UUID, sessions.Booked],
    commands: dict[uuid.UUID, list[Asked]],
    installs: dict[uuid.UUID, list[OtherInstall]],
) -> PeerFacts:
    heard = peer.presence
    live = peer.state == Peer.State.ACTIVE
    waits = mailbox.server if peer.role == Peer.Role.SERVER else mailbox.devices.get(peer.pk)
    sessions_of = booked.get(peer.pk, sessions.NONE)
    return PeerFacts(
        id=peer.pk,
        role=peer.role,
        name=peer.name,
        state=peer.state,
        platform=peer.platform,
        client_version=peer.client_version,
        paired_at=peer.paired_at,
        ended_at=peer.ended_at,
        contacts=Contacts(heard.last_contact, heard.next_contact_in, heard.last_sync, interval),
        pending=heard.pending,
        pending_at=heard.pending_at,
        last_sent=heard.last_sent,
        last_received=heard.last_received,
        waiting=(waits if live and waits else Waiting()),
        received=mailbox.received.get(peer.pk, Received()),
        attempts=sessions_of.attempts,
        last_push=sessions_of.last_push,
        last_collection=sessions_of.last_collection,
        commands=tuple(commands.get(peer.pk, ())),
        other_installs=tuple(installs.get(peer.pk, ())),
    )


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
