"""What the list of accounts tells beyond an account's own columns: three queries a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import Account, Peer
from mailbox import recent
from sync import presence
from sync.findings.facts import contacts_of
from sync.models import AccountHealth
from sync.presence import Contacts

# Worst first; a device that was never seen is no trouble yet.
BY_TROUBLE = ("asleep", "late", "never", "awake")


@dataclass(frozen=True)
class Row:
    """An account's live programs in short. `worst`: of its devices; None where it has none.

    `health` None: nobody has looked at it yet.
    """

    now: datetime
    server: Contacts | None
    devices: int
    worst: str | None
    troubled: int
    waiting: int
    health: AccountHealth | None

    @property
    def server_presence(self) -> str:
        return presence.state(self.server, self.now)


def rows_of(accounts: Sequence[Account], *, now: datetime) -> dict[int, Row]:
    """The rows of these accounts, by their ids."""
    ids = [account.pk for account in accounts]
    waiting, health = recent.waiting_of(ids), AccountHealth.objects.in_bulk(ids)
    peers: dict[int, list[Peer]] = {account_id: [] for account_id in ids}
    live = Peer.objects.filter(account__in=ids, state=Peer.State.ACTIVE)
    for peer in live.select_related("presence"):
        peers[peer.account_id].append(peer)
    return {
        account.pk: _row(
            account, peers[account.pk], waiting.get(account.pk, 0), health.get(account.pk), now
        )
        for account in accounts
    }


def _row(
    account: Account,
    peers: Sequence[Peer],
    waiting: int,
    health: AccountHealth | None,
    now: datetime,
) -> Row:
    contacts = {peer: contacts_of(peer.presence, peer.role, account) for peer in peers}
    server = next((contacts[p] for p in peers if p.role == Peer.Role.SERVER), None)
    states = [presence.state(contacts[p], now) for p in peers if p.role == Peer.Role.DEVICE]
    worst = min(states, key=BY_TROUBLE.index, default=None)
    return Row(now, server, len(states), worst, states.count(worst or ""), waiting, health)
