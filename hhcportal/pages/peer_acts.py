"""What an owner can do to a server or device: each asked once with its effect, then done."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts import clock
from accounts.models import Account, Peer
from hhcportal.pages.door import owners_only, peer_of, person
from hhcportal.pages.forms import RenameForm
from hhcportal.pages.frame import frame
from mailbox.resync import PeerGone
from sync import commands, lifecycle
from sync.findings import words
from sync.findings.facts import PeerFacts
from sync.lifecycle import NotPossible
from sync.models import Command

_GONE = gettext_lazy("%(name)s is no longer connected: nothing can be asked of it.")
BOTH = (Peer.Role.SERVER, Peer.Role.DEVICE)


@dataclass(frozen=True)
class Act:
    """An action under the name in its address.

    `effect`: what will happen, for each role that it can be done to; `done`: what is said then,
    `in_vain`: where nothing was to be done. `offered`: on the page of whoever it fits, always.
    """

    name: str
    title: Promise
    effect: dict[str, Promise]
    done: Promise
    perform: Callable[[Peer, str, datetime], object]
    command: str = ""
    grave: bool = False
    offered: bool = True
    in_vain: Promise = _GONE


def _ask(do: str) -> Callable[[Peer, str, datetime], object]:
    return lambda peer, actor, now: lifecycle.command(peer, do, actor=actor, now=now)


def _revoke(peer: Peer, actor: str, now: datetime) -> None:
    if not lifecycle.end_peer(peer, Peer.State.REVOKED, actor=actor, now=now):
        raise NotPossible(f"{peer.name} has ended already.")


def _wake(peer: Peer, actor: str, now: datetime) -> None:
    lifecycle.wake(peer, actor=actor, now=now)


def _retry(peer: Peer, actor: str, now: datetime) -> None:
    lifecycle.retry_failed(peer, actor=actor, now=now)


_SYNC = gettext_lazy("It syncs as soon as it asks for mail. Nothing is deleted or changed.")
_REVOKED = gettext_lazy(
    "Its access ends at once: it can neither send nor collect until it is paired again with a new "
    "code. What it already holds stays on it."
)
ACTS = {
    act.name: act
    for act in (
        Act(
            "sync-now", gettext_lazy("Sync Now"), dict.fromkeys(BOTH, _SYNC),
            gettext_lazy("%(name)s was asked to sync. It does so as soon as it asks for mail."),
            _ask(Command.Do.SYNC_NOW), command=Command.Do.SYNC_NOW,
        ),
        Act(
            "resend-all", gettext_lazy("Resend All Data"),
            {
                Peer.Role.SERVER: gettext_lazy(
                    "The Act! server sends every record again with its next sync. Devices get "
                    "only what they do not have yet. It can take a while, and nothing is lost "
                    "meanwhile."
                ),
                Peer.Role.DEVICE: gettext_lazy(
                    "The device begins again and collects every record from the mailbox. Edits "
                    "that it has not sent yet stay. It can take a while, and uses its data plan."
                ),
            },
            gettext_lazy("%(name)s: everything is sent again with the next sync."),
            _ask(Command.Do.RESEND_ALL), command=Command.Do.RESEND_ALL,
        ),
        Act(
            "erase", gettext_lazy("Erase"),
            {
                Peer.Role.DEVICE: gettext_lazy(
                    "The device deletes all its records, edits that were not sent included, as "
                    "soon as it asks for mail, and is then no longer connected. This cannot be "
                    "taken back. The records in your office and on other devices stay."
                ),
            },
            gettext_lazy(
                "%(name)s is erased as soon as it asks for mail. This page says when it has "
                "fetched that, and when it has confirmed it."
            ),
            _ask(Command.Do.ERASE), command=Command.Do.ERASE, grave=True,
        ),
        Act(
            "revoke", gettext_lazy("Revoke"),
            {
                Peer.Role.SERVER: _REVOKED,
                Peer.Role.DEVICE: gettext_lazy(
                    "Its access ends at once: it can neither send nor collect until it is paired "
                    "again with a new code. What it already holds stays on it; to remove that, "
                    "erase it instead."
                ),
            },
            gettext_lazy("%(name)s is no longer connected."),
            _revoke, grave=True,
        ),
        Act(
            "wake-up", gettext_lazy("Wake it now"),
            {
                Peer.Role.DEVICE: gettext_lazy(
                    "It is sent a notification without content that tells the app to collect. "
                    "Two are never sent within 20 minutes. Nothing is deleted or changed."
                ),
            },
            gettext_lazy("%(name)s is being woken. What waits is collected when it calls."),
            _wake,
            in_vain=gettext_lazy("%(name)s cannot be woken: it allows no notifications."),
        ),
        Act(
            "retry", gettext_lazy("Try again"),
            {
                Peer.Role.DEVICE: gettext_lazy(
                    "What this device sent and the mailbox could not store is tried once more. "
                    "Nothing is sent twice."
                ),
            },
            gettext_lazy("%(name)s: what could not be stored is being tried again."),
            _retry, offered=False,
            in_vain=gettext_lazy("%(name)s: nothing is left that could be tried again."),
        ),
    )
}  # fmt: skip


def possible(peer: PeerFacts) -> list[Act]:
    """The buttons of a page: none where the peer has ended or is being erased but revoking."""
    if not peer.is_live:
        return []
    acts = [act for act in ACTS.values() if act.offered and peer.role in act.effect]
    if not (peer.wake_up and peer.wake_up.works):
        acts = [act for act in acts if act.name != "wake-up"]
    return [act for act in acts if act.name == "revoke"] if peer.is_erasing else acts


@require_http_methods(["GET", "HEAD", "POST"])
@owners_only
def act(request: HttpRequest, *, account: Account, peer_id: uuid.UUID, act: str) -> HttpResponse:
    """GET says what will happen, POST does it, once however often it is sent."""
    peer, now = peer_of(account, peer_id), clock.now()
    if act == "rename":
        return _rename(request, account, peer, now)
    chosen = ACTS.get(act)
    if chosen is None or peer.role not in chosen.effect:
        raise Http404
    refusal = _refusal(peer, chosen)
    if request.method == "POST":
        _do(request, peer, chosen, refusal, now)
        return redirect("peer", account.number, peer.pk)
    context = {
        **frame(request, account, now),
        "peer": peer,
        "act": chosen,
        "effect": chosen.effect[peer.role],
        "refusal": refusal,
    }
    return render(request, "peer_act.html", context)


def _refusal(peer: Peer, chosen: Act) -> str:
    """Why it is not possible, in a sentence; empty where it is."""
    name = {"name": words.shown(peer.name)}
    if peer.state != Peer.State.ACTIVE:
        return _GONE % name
    asked = [asked for asked in commands.newest(peer.pk) if asked.pending]
    if chosen.command and any(a.do == chosen.command for a in asked):
        return _("%(name)s was asked for that already and has not confirmed it yet.") % name
    if chosen.command and any(a.do == Command.Do.ERASE for a in asked):
        return _("%(name)s is being erased: nothing else can be asked of it.") % name
    return ""


def _do(request: HttpRequest, peer: Peer, chosen: Act, refusal: str, now: datetime) -> None:
    name = {"name": words.shown(peer.name)}
    if not refusal:
        try:
            chosen.perform(peer, person(request).email, now)
        except (NotPossible, PeerGone):  # it ended between the look and the deed
            refusal = chosen.in_vain % name
    if refusal:
        messages.warning(request, refusal)
    else:
        messages.success(request, chosen.done % name)


def _rename(request: HttpRequest, account: Account, peer: Peer, now: datetime) -> HttpResponse:
    form = RenameForm(request.POST or None, initial={"name": peer.name})
    if request.method == "POST" and form.is_valid():
        _give_name(request, peer, form.cleaned_data["name"], now)
        return redirect("peer", account.number, peer.pk)
    context = {**frame(request, account, now), "peer": peer, "form": form}
    return render(request, "peer_rename.html", context)


def _give_name(request: HttpRequest, peer: Peer, name: str, now: datetime) -> None:
    try:
        lifecycle.rename_peer(peer, name, actor=person(request).email, now=now)
    except NotPossible:
        ended = _("%(name)s is no longer connected: it keeps its name.")
        messages.warning(request, ended % {"name": words.shown(peer.name)})
    else:
        messages.success(request, _("The new name is %(name)s.") % {"name": words.shown(name)})
