"""What support does to accounts and programs: the words, and the way to `sync.lifecycle`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account, Peer
from sync import lifecycle
from sync.findings import words
from sync.lifecycle import NotPossible
from sync.models import Command


@dataclass(frozen=True)
class Order:
    """Who orders it and when; `until`: for *activate*, the first moment no longer paid for."""

    actor: str
    now: datetime
    until: datetime | None = None


@dataclass(frozen=True)
class Act:
    """An action. `consequence` tells, before it is confirmed, what will happen.

    `only_role`: the one role of a peer that it can be done to.
    """

    name: str
    title: Promise
    consequence: Promise
    perform: Callable[[Any, Order], None]
    asks_until: bool = False
    grave: bool = False
    only_role: str = ""


def _suspend(account: Account, order: Order) -> None:
    lifecycle.set_state(
        account, Account.State.SUSPENDED, ends_at=account.ends_at,
        actor=order.actor, now=order.now,
    )  # fmt: skip


def _activate(account: Account, order: Order) -> None:
    is_trial = account.state == Account.State.TRIAL
    lifecycle.set_state(
        account, Account.State.TRIAL if is_trial else Account.State.ACTIVE, ends_at=order.until,
        actor=order.actor, now=order.now,
    )  # fmt: skip


def _resend_account(account: Account, order: Order) -> None:
    server = account.peers.filter(role=Peer.Role.SERVER, state=Peer.State.ACTIVE).first()
    if server is None:
        raise NotPossible(_("No Act! server is connected."))
    lifecycle.command(server, Command.Do.RESEND_ALL, actor=order.actor, now=order.now)


def _sync_account(account: Account, order: Order) -> None:
    live = list(account.peers.filter(state=Peer.State.ACTIVE))
    if not live:
        raise NotPossible(_("Nothing is connected."))
    for peer in live:
        lifecycle.command(peer, Command.Do.SYNC_NOW, actor=order.actor, now=order.now)


def _ask(do: str) -> Callable[[Peer, Order], None]:
    def ask(peer: Peer, order: Order) -> None:
        _refuse_ended(peer)
        if do == Command.Do.ERASE and peer.role != Peer.Role.DEVICE:
            raise NotPossible(_("Only a device can be erased."))
        lifecycle.command(peer, do, actor=order.actor, now=order.now)

    return ask


def _revoke(peer: Peer, order: Order) -> None:
    _refuse_ended(peer)
    lifecycle.end_peer(peer, Peer.State.REVOKED, actor=order.actor, now=order.now)


def _refuse_ended(peer: Peer) -> None:
    if peer.state != Peer.State.ACTIVE:
        raise NotPossible(_("%(name)s has ended already.") % {"name": words.shown(peer.name)})


ACCOUNT_ACTS = (
    Act(
        "suspend", gettext_lazy("Suspend"),
        gettext_lazy(
            "From now on nothing is taken from the office and nothing is handed to the devices. "
            "What waits stays, and goes out when the account is active again."
        ),
        _suspend, grave=True,
    ),
    Act(
        "activate", gettext_lazy("Activate or extend"),
        gettext_lazy("The account works until the end of the day named, or without an end."),
        _activate, asks_until=True,
    ),
    Act(
        "resend_all", gettext_lazy("Resend all data"),
        gettext_lazy(
            "The Act! server sends every record again with its next sync. Devices get only what "
            "they do not have yet."
        ),
        _resend_account,
    ),
    Act(
        "sync_now", gettext_lazy("Sync now"),
        gettext_lazy("The Act! server and every device sync as soon as they ask for mail."),
        _sync_account,
    ),
)  # fmt: skip

PEER_ACTS = (
    Act(
        "sync_now", gettext_lazy("Sync now"),
        gettext_lazy("It syncs as soon as it asks for mail."),
        _ask(Command.Do.SYNC_NOW),
    ),
    Act(
        "resend_all", gettext_lazy("Resend all data"),
        gettext_lazy(
            "A device begins again and collects every record from the mailbox. A server sends "
            "every record again with its next sync."
        ),
        _ask(Command.Do.RESEND_ALL),
    ),
    Act(
        "erase", gettext_lazy("Erase"),
        gettext_lazy(
            "The device deletes all its records, edits that were not sent included, as soon as it "
            "asks for mail, and is then no longer connected. This cannot be taken back."
        ),
        _ask(Command.Do.ERASE), grave=True, only_role=Peer.Role.DEVICE,
    ),
    Act(
        "revoke", gettext_lazy("Revoke"),
        gettext_lazy(
            "Its token is dead at once: it must be paired again. What it already holds stays on "
            "it; to remove that, erase it instead."
        ),
        _revoke, grave=True,
    ),
)  # fmt: skip
