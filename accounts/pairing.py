"""Letting programs in: pairing codes, the peers they make, and how a peer ends."""

import hashlib
import ipaddress
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection, transaction

from accounts import tokens
from accounts.models import Account, Clone, PairingCode, PairingTry, Peer, is_inactive

CODE_LIFE = timedelta(minutes=10)
TRIES = 20
TRIES_WITHIN = timedelta(minutes=10)
CLONE_COUNTS_FOR = timedelta(hours=24)
CLONES_KEPT = 20  # a peer's, at a time: their ids are whatever a program sends

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32
_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


class CodeUnknown(Exception):
    """Wrong, used or expired: nobody learns which."""


class AccountInactive(Exception):
    """The account is suspended or expired (its message says which); the code stays good."""


@dataclass(frozen=True)
class Program:
    """What a program tells of itself when it pairs."""

    name: str
    platform: str
    client_version: str
    install_id: uuid.UUID


@dataclass(frozen=True)
class Paired:
    """A peer with its token, shown once. `again`: a lost answer was repeated."""

    peer: Peer
    token: str
    again: bool = False
    retired: list[Peer] = field(default_factory=list)


def make_code(*, account: Account, role: str, name: str = "", now: datetime) -> PairingCode:
    """A new code for a peer of `role`; its text is in `.text` and nowhere else."""
    raw = "".join(secrets.choice(_ALPHABET) for _ in range(8))
    code = PairingCode.objects.create(
        account=account,
        role=role,
        name=name,
        code_hash=_digest(raw),
        created_at=now,
        expires_at=now + CODE_LIFE,
    )
    code.text = f"{raw[:4]}-{raw[4:]}"
    return code


def code_of(account: Account, role: str, code_id: int) -> PairingCode | None:
    """A code of this account with the peer that it let in, if it has; never its text."""
    codes = account.pairing_codes.select_related("peer")
    return codes.filter(role=role, pk=code_id).first()


def is_throttled(address: str, *, now: datetime) -> bool:
    """Whether an address has used up its wrong tries."""
    tries = PairingTry.objects.filter(address=_network(address), at__gt=now - TRIES_WITHIN)
    return tries.count() >= TRIES


def note_wrong_try(address: str, *, now: datetime) -> None:
    """Count a wrong, used or expired code against its sender's address."""
    PairingTry.objects.create(address=_network(address), at=now)


def hold_live(peer_id: uuid.UUID) -> bool:
    """Keep a live peer from ending until the transaction does; False where it has ended."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM accounts_peer WHERE id = %s AND state = 'active' FOR SHARE", [peer_id]
        )
        return bool(cursor.rowcount == 1)


def redeem(code_text: str, program: Program, *, now: datetime) -> Paired:
    """Turn a code into a peer and its token. Raises CodeUnknown, AccountInactive.

    The same code from the same install, while it lives and its first token was never used,
    answers again: an answer lost on the way burns no code. The earlier token dies.
    """
    with transaction.atomic():
        code = (
            PairingCode.objects.select_for_update(no_key=True)  # one code, two programs at once
            .filter(code_hash=_digest(_normal(code_text)), expires_at__gt=now)
            .first()
        )
        if code is None:
            raise CodeUnknown
        account = Account.objects.select_for_update(no_key=True).get(pk=code.account_id)
        again = code.peer_id is not None
        if again and not _may_repeat(code, program):
            raise CodeUnknown
        if is_inactive(account.state_at(now)):
            raise AccountInactive(account.state_at(now))
        return _renew(code) if again else _create(account, code, program, now)


def _may_repeat(code: PairingCode, program: Program) -> bool:
    peer = code.peer
    return (
        peer is not None
        and peer.install_id == program.install_id
        and peer.token_used_at is None
        and peer.state == Peer.State.ACTIVE
    )


def _renew(code: PairingCode) -> Paired:
    peer = Peer.objects.select_related("account").get(pairing_code=code)
    token = tokens.make(peer.role)
    # Unless it was used or ended since the look.
    renewed = Peer.objects.filter(pk=peer.pk, token_used_at=None, state=Peer.State.ACTIVE).update(
        token_hash=tokens.digest(token)
    )
    if not renewed:
        raise CodeUnknown
    return Paired(peer, token, again=True)


def _create(account: Account, code: PairingCode, program: Program, now: datetime) -> Paired:
    retired = []
    if code.role == Peer.Role.SERVER:
        for old in account.peers.filter(role=Peer.Role.SERVER, state=Peer.State.ACTIVE):
            end_peer(old, Peer.State.RETIRED, now=now)
            retired.append(old)
    token = tokens.make(code.role)
    peer = Peer.objects.create(
        account=account,
        role=code.role,
        name=code.name or program.name,
        platform=program.platform,
        client_version=program.client_version,
        install_id=program.install_id,
        token_hash=tokens.digest(token),
        paired_at=now,
    )
    PairingCode.objects.filter(pk=code.pk).update(used_at=now, peer=peer)
    # The copy has a pairing of its own now: that mends the finding.
    Clone.objects.filter(peer__account=account, install_id=program.install_id).delete()
    return Paired(peer, token, retired=retired)


def end_peer(peer: Peer, state: str, *, now: datetime) -> bool:
    """End an active peer; its token is dead from the next request on. False: it had ended."""
    ended = Peer.objects.filter(pk=peer.pk, state=Peer.State.ACTIVE).update(
        state=state, ended_at=now, token_hash=None
    )
    return bool(ended)


def note_clone(peer_id: uuid.UUID, install_id: uuid.UUID, *, now: datetime) -> None:
    """Remember that another install used this peer's token; kept to the minute."""
    seen = Clone.objects.filter(peer_id=peer_id, install_id=install_id).first()
    if seen is None and Clone.objects.filter(peer_id=peer_id).count() < CLONES_KEPT:
        Clone.objects.get_or_create(
            peer_id=peer_id,
            install_id=install_id,
            defaults={"first_seen_at": now, "last_seen_at": now},
        )
    elif seen is not None and now - seen.last_seen_at >= timedelta(minutes=1):
        Clone.objects.filter(pk=seen.pk).update(last_seen_at=now)


def forget_old(*, now: datetime) -> int:
    """Delete tries and clones that no longer count, and codes that can no longer answer."""
    tries, _ = PairingTry.objects.filter(at__lte=now - TRIES_WITHIN).delete()
    codes, _ = PairingCode.objects.filter(expires_at__lte=now - timedelta(days=1)).delete()
    clones, _ = Clone.objects.filter(last_seen_at__lte=now - CLONE_COUNTS_FOR).delete()
    return tries + codes + clones


def _normal(text: str) -> str:
    return text.strip().upper().translate(_ALIKE)


def _digest(normal_code: str) -> bytes:
    return hashlib.sha256(normal_code.encode("utf-8", "replace")).digest()


def _network(address: str) -> str:
    """An IPv4 address as it is, an IPv6 one as its /64: a house has 2^64 of them."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
