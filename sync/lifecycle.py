"""The actions that touch several rooms. Pages, the admin, the API and commands call only these.

Each is one transaction with its audit event.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts import audit, pairing, staff, tenancy
from accounts.models import Account, Membership, PairingCode, Peer, User
from mailbox import epochs, failed, keeping, snapshots
from mailbox import resync as readers
from sync import bell, commands, news, notices, sessions
from sync.models import Command, Presence
from sync.terms import (
    GRACE_MINUTES,
    NotPossible,
    rename_account,
    set_grace,
    set_interval,
    set_office_hours,
    set_state,
)
from sync.wakeups import subscriptions

# The actions on an account's own columns stand in `sync.terms`; they are called from here.
__all__ = [
    "GRACE_MINUTES",
    "NotPossible", "rename_account", "set_grace", "set_interval", "set_office_hours", "set_state",
]  # fmt: skip

OPERATOR = "operator"
# Bounds, in minutes and days, for every form and command that asks for them.
INTERVAL_MINUTES = (1, 1440)
STORAGE_DAYS = (1, 3650)


@dataclass(frozen=True)
class Opened:
    """A new account and, where one was asked for, its owner's e-mail."""

    account: Account
    email: str


def open_account(
    name: str, *, email: str, password: str | None, actor: str, now: datetime
) -> Opened:
    """Open an account with its mailboxes and its owner."""
    with transaction.atomic():
        account = tenancy.create_account(name, now=now)
        readers.open_mailboxes(account.pk)
        owner = tenancy.add_person(
            account, email, role=Membership.Role.OWNER, password=password, now=now
        )
        audit.record(actor=actor, account=account, action="account-opened", now=now, name=name)
    return Opened(account, owner.email)


def add_person(account: Account, email: str, role: str, *, actor: str, now: datetime) -> User:
    """Let a person into an account; who is new chooses a password by the sign-in's reset."""
    with transaction.atomic():
        user = tenancy.add_person(account, email, role=role, now=now)
        audit.record(
            actor=actor, account=account, action="person-added", now=now, email=user.email,
            role=role,
        )  # fmt: skip
    return user


def set_standing(user: User, standing: staff.Standing, *, actor: str, now: datetime) -> None:
    """Make a person staff, or no longer. Raises NotPossible for one's own standing."""
    if user.email == actor:
        raise NotPossible("Nobody changes their own standing: ask another administrator.")
    with transaction.atomic():
        staff.set_standing(user, standing)
        audit.record(
            actor=actor, account=None, action="staff-set", now=now, email=user.email,
            standing=standing.value,
        )  # fmt: skip


def make_pairing_code(
    account: Account, role: str, *, name: str = "", actor: str, now: datetime
) -> PairingCode:
    """A code that pairs one server or device with this account."""
    with transaction.atomic():
        code = pairing.make_code(account=account, role=role, name=name, now=now)
        audit.record(actor=actor, account=account, action="code-made", now=now, role=role)
    return code


def pair(code_text: str, program: pairing.Program, *, now: datetime) -> pairing.Paired:
    """Redeem a pairing code: the peer, its reader, its presence; a second server retires the first.

    Raises what `accounts.pairing.redeem` raises.
    """
    with transaction.atomic():
        paired = pairing.redeem(code_text, program, now=now)
        peer = paired.peer
        if paired.again:
            return paired
        Presence.objects.create(peer=peer)
        if peer.role == Peer.Role.DEVICE:
            readers.open_reader(peer.account_id, peer.pk, now=now)
            if not keeping.keeps_copy(peer.account_id):
                ask_server_to_resend(peer.account, actor=f"peer:{peer.name}", now=now)
        for old in paired.retired:
            _take_over(old, peer, now)
        audit.record(
            actor=f"peer:{peer.name}",
            account=peer.account,
            action="paired",
            now=now,
            peer=str(peer.pk),
            role=peer.role,
        )
        if peer.role == Peer.Role.DEVICE:
            notices.connected(peer, now=now)
        news.spread(peer.account_id, now=now)  # a retired server may wait
    return paired


def _take_over(old: Peer, new: Peer, now: datetime) -> None:
    """What the retired server was still asked to resend, its successor is asked for."""
    if old.commands.filter(do=Command.Do.RESEND_ALL, state__in=Command.PENDING).exists():
        commands.ask(new.pk, Command.Do.RESEND_ALL, by=OPERATOR, now=now)
    _wind_up(old, now)
    audit.record(
        actor=f"peer:{new.name}",
        account=new.account,
        action="retired",
        now=now,
        peer=str(old.pk),
        name=old.name,
    )


def rename_peer(peer: Peer, name: str, *, actor: str, now: datetime) -> None:
    """Call a server or device by another name; the same one again is no event.

    Raises NotPossible where it has ended: its name is part of what was.
    """
    with transaction.atomic():
        live = Peer.objects.filter(pk=peer.pk, state=Peer.State.ACTIVE)
        if not live.exists():
            raise NotPossible(f"{peer.name} has ended: it keeps its name.")
        if live.exclude(name=name).update(name=name):
            audit.record(
                actor=actor, account=peer.account, action="peer-renamed", now=now,
                peer=str(peer.pk), name=name, before=peer.name,
            )  # fmt: skip


def end_peer(peer: Peer, state: str, *, actor: str, now: datetime) -> bool:
    """Revoke, unpair or close an erased peer; False where it had ended already."""
    with transaction.atomic():
        if not pairing.end_peer(peer, state, now=now):
            return False
        _wind_up(peer, now)
        audit.record(
            actor=actor,
            account=peer.account,
            action=state,
            now=now,
            peer=str(peer.pk),
            name=peer.name,
        )
        news.spread_end(peer.account_id, peer.pk, now=now)
    return True


def _wind_up(peer: Peer, now: datetime) -> None:
    if peer.role == Peer.Role.SERVER:
        snapshots.drop_open(peer.account_id, now=now)
    readers.close_reader(peer.account_id, peer.pk)
    sessions.close_open(peer.pk, now=now)
    commands.supersede_all(peer.pk, now=now)


def set_copy(account: Account, *, keep: bool, actor: str, now: datetime) -> bool:
    """Switch *keep a copy*; whether it changed. Switched on, the server is asked to resend all."""
    with transaction.atomic():
        changed = keeping.set_copy(account.pk, keep=keep)
        if changed:
            if keep:
                ask_server_to_resend(account, actor=actor, now=now)
            audit.record(actor=actor, account=account, action="copy-set", now=now, keep=keep)
    return changed


def set_storage(account: Account, days: int, *, actor: str, now: datetime) -> None:
    """How many days the mailbox keeps what has no longer a reason to stay."""
    with transaction.atomic():
        keeping.set_storage(account.pk, days)
        audit.record(actor=actor, account=account, action="storage-set", now=now, days=days)


def new_epoch(account: Account, *, actor: str, now: datetime, if_moved: bool = False) -> bool:
    """Begin a new epoch after a restore: every reader is marked, the server resends all.

    `if_moved`: unless the last one began in this very database. Whether it began.
    """
    with transaction.atomic():
        if not epochs.begin(account.pk, now=now, if_moved=if_moved):
            return False
        ask_server_to_resend(account, actor=actor, now=now)
        audit.record(actor=actor, account=account, action="new-epoch", now=now)
        news.spread(account.pk, now=now)
    return True


def command(peer: Peer, do: str, *, actor: str, now: datetime) -> None:
    """Ask a peer for something. *Resend All Data* for a device is its resync, done at once.

    Raises NotPossible where the peer has ended or its role knows no such command.
    """
    if peer.state != Peer.State.ACTIVE:
        raise NotPossible(f"{peer.name} is {peer.state}: it cannot be asked for anything.")
    if peer.role == Peer.Role.DEVICE and do == Command.Do.RESEND_ALL:
        resync(peer, actor=actor, now=now)
        return
    if do not in commands.ALLOWED[peer.role]:
        raise NotPossible(f"A {peer.role} knows no command {do}.")
    with transaction.atomic():
        commands.ask(peer.pk, do, by=actor, now=now)
        audit.record(
            actor=actor, account=peer.account, action=do, now=now, peer=str(peer.pk), name=peer.name
        )
        news.spread(peer.account_id, now=now)


def wake(peer: Peer, *, actor: str, now: datetime) -> None:
    """Have a silent device woken. Raises NotPossible where no push reaches it."""
    with transaction.atomic():
        if not subscriptions.wish(peer.pk, now=now):
            raise NotPossible(f"{peer.name} cannot be woken: no push reaches it.")
        audit.record(
            actor=actor, account=peer.account, action="wake-up", now=now, peer=str(peer.pk),
            name=peer.name,
        )  # fmt: skip


def retry_failed(peer: Peer, *, actor: str, now: datetime) -> None:
    """Have a device's batches that were given up tried again. Raises NotPossible where none was."""
    with transaction.atomic():
        mailbox_id = failed.retry(peer.account_id, peer.pk, now=now)
        if mailbox_id is None:
            raise NotPossible("No device of this account has a batch that failed and is kept.")
        audit.record(
            actor=actor, account=peer.account, action="batches-retried", now=now,
            peer=str(peer.pk), name=peer.name,
        )  # fmt: skip
        transaction.on_commit(lambda: bell.ring(mailbox_id))


def command_done(command: Command, *, ok: bool, detail: str, now: datetime) -> None:
    """A peer did what it was asked for, or failed to. A device that is erased ends with it.

    One transaction: an erase that counted as done while its device lived on would never be
    asked for again.
    """
    with transaction.atomic():
        if command.do == Command.Do.ERASE:
            # Before the command, as whoever ends the peer takes them.
            Peer.objects.select_for_update(no_key=True).get(pk=command.peer_id)
        ended = commands.end(command, ok=ok, detail=detail, now=now)
        if ended and ok and command.do == Command.Do.ERASE:
            peer = command.peer
            end_peer(peer, Peer.State.ERASED, actor=f"peer:{peer.name}", now=now)


def resync(peer: Peer, *, actor: str, now: datetime) -> readers.Resynced:
    """Set a peer's reader back to the start; where no copy is kept, the server resends."""
    with transaction.atomic():
        if not pairing.hold_live(peer.pk):
            raise readers.PeerGone
        reader_id, mailbox_id = readers.reader_of(peer)
        resynced = readers.resync(reader_id, mailbox_id, now=now)
        if peer.role == Peer.Role.DEVICE and not resynced.keep_copy:
            ask_server_to_resend(peer.account, actor=actor, now=now)
        audit.record(
            actor=actor, account=peer.account, action="resync", now=now, peer=str(peer.pk),
            name=peer.name,
        )  # fmt: skip
        news.spread(peer.account_id, now=now)
    return resynced


def ask_server_to_resend(account: Account, *, actor: str, now: datetime) -> None:
    """Ask the account's live server, if it has one, to send everything again from now on."""
    server = account.peers.filter(role=Peer.Role.SERVER, state=Peer.State.ACTIVE).first()
    if server is not None:
        commands.ask_anew(server.pk, Command.Do.RESEND_ALL, by=actor, now=now)
        bell.tell(account.pk)
