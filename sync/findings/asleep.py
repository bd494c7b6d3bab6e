"""Programs that have gone silent."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.hours import OfficeHours
from accounts.models import Peer
from sync.findings import words
from sync.findings.facts import AccountFacts, PeerFacts
from sync.findings.finding import INFO, Button, Evidence, Said
from sync.findings.sessions import Gap, Sleep
from sync.models import WakeUp

SLEEPS_SHOWN = 3


def server(facts: AccountFacts, now: datetime) -> Iterator[Said]:
    """The server's grace after its expected contact is over."""
    peer = facts.server
    if peer is None or peer.presence(now) != "asleep" or peer.contacts.last_contact is None:
        return
    silent = {"span": words.span(now - peer.contacts.last_contact)}
    alarming = _is_alarming(facts.hours, peer, now)
    yield Said(
        title=_("The Act! server is silent"),
        sentence=_(
            "Your Act! server has been silent for %(span)s; the PC is probably asleep."
        ) % silent
        if alarming
        else _("Your Act! server has been silent for %(span)s, outside the office hours.") % silent,
        because=_(
            "The PC in the office reports every %(interval)s while it is awake. Until it is back, "
            "nothing new leaves the office, and what your devices send waits here."
        ) % {"interval": words.span(_rhythm(peer))},
        remedy=_(
            "Wake the PC and check that the agent runs. To keep it awake, open Settings › System "
            "› Power on it and set “When plugged in, put my device to sleep after” to “Never”."
        )
        if alarming
        else _("You need not do anything: it is expected back when the office opens."),
        evidence=(
            *_contact(peer, expected(facts.hours, peer, now), now),
            *(_gap(gap, now) for gap in facts.server_gaps),
        ),
        peer=peer,
        severity="" if alarming else INFO,
    )  # fmt: skip


def _is_alarming(hours: OfficeHours | None, peer: PeerFacts, now: datetime) -> bool:
    """Whether the grace is over within the office hours."""
    due = expected(hours, peer, now)
    return due is None or now > due + peer.contacts.grace


def expected(hours: OfficeHours | None, peer: PeerFacts, now: datetime) -> datetime | None:
    """When a program was, or is, expected.

    A PC that was off overnight is expected when the office opens, not soon after its last contact.
    """
    due = peer.contacts.expected
    if hours is None or due is None or due > now or peer.role == Peer.Role.DEVICE:
        return due
    opened = hours.opened(now)
    return max(due, opened) if opened else hours.opens_next(now)


def _gap(gap: Gap, now: datetime) -> Evidence:
    times = f"{words.moment(gap.since, now)} – {words.moment(gap.until, now)}"
    return Evidence(_("Silent before"), f"{times} ({words.span(gap.until - gap.since)})")


def slept(facts: AccountFacts, now: datetime) -> Iterator[Said]:
    """The server slept in the last 24 hours, and what moved when it woke came late by that."""
    peer = facts.server
    if peer is None:
        return
    late = [sleep for sleep in peer.slept if _made_late(facts.hours, peer, sleep)]
    if late:
        yield _slept(peer, late, now)


def _made_late(hours: OfficeHours | None, peer: PeerFacts, sleep: Sleep) -> bool:
    length = hours.within(sleep.since, sleep.until) if hours else sleep.until - sleep.since
    return length > peer.contacts.interval and sleep.sent + sleep.received > 0


def _slept(peer: PeerFacts, late: Sequence[Sleep], now: datetime) -> Said:
    newest = late[0]
    moved = newest.sent + newest.received
    return Said(
        title=_("The Act! server slept"),
        sentence=ngettext(
            "Your Act! server slept from %(since)s until %(until)s: %(count)s record came late.",
            "Your Act! server slept from %(since)s until %(until)s: %(count)s records came late.",
            moved,
        )
        % {
            "since": words.moment(newest.since, now),
            "until": words.moment(newest.until, now),
            "count": words.number(moved),
        },
        because=_("While the PC in the office sleeps nothing leaves it and nothing reaches it."),
        remedy=_(
            "You need not do anything for these. To keep the PC awake, open Settings › System › "
            "Power on it and set “When plugged in, put my device to sleep after” to “Never”."
        ),
        evidence=tuple(fact for sleep in late[:SLEEPS_SHOWN] for fact in _sleep(sleep, now)),
        peer=peer,
    )


def _sleep(sleep: Sleep, now: datetime) -> Iterator[Evidence]:
    times = f"{words.moment(sleep.since, now)} – {words.moment(sleep.until, now)}"
    yield Evidence(_("Asleep"), f"{times} ({words.span(sleep.until - sleep.since)})")
    if sleep.sent:
        yield Evidence(_("Left the office late"), words.records(sleep.sent))
    if sleep.received:
        yield Evidence(_("Reached the office late"), words.changes(sleep.received))


def devices(facts: AccountFacts, now: datetime) -> Iterator[Said]:
    """Changes wait for a device that is asleep."""
    for peer in facts.devices:
        if _sleeps(peer, now):
            yield _device(peer, now)


def _sleeps(peer: PeerFacts, now: datetime) -> bool:
    """Whether a device is asleep while something waits for it."""
    asleep = peer.presence(now) == "asleep"
    return bool(peer.waiting.total) and asleep and not peer.is_erasing


def _device(peer: PeerFacts, now: datetime) -> Said:
    name, total, since = words.shown(peer.name), peer.waiting.total, peer.waiting.since or now
    return Said(
        title=_("%(name)s is asleep and collects nothing") % {"name": name},
        sentence=ngettext(
            "%(name)s is asleep: %(count)s record waits since %(since)s.",
            "%(name)s is asleep: %(count)s records wait since %(since)s.",
            total,
        )
        % {"name": name, "count": words.number(total), "since": words.moment(since, now)},
        because=_(
            "Phones put an app into deep sleep when it was not opened for a while, to save the "
            "battery. It then collects nothing until it is opened or woken."
        ),
        remedy=_("Open the app on %(name)s: it collects at once what waits.") % {"name": name},
        evidence=(
            Evidence(_("Waiting"), words.records(total)),
            Evidence(_("Waiting since"), at=since),
            *_contact(peer, peer.contacts.expected, now),
            *_woken(peer),
        ),
        peer=peer,
        button=Button("wake-up", peer.id) if peer.wake_up and peer.wake_up.works else None,
    )


def outcome(peer: PeerFacts) -> str:
    """What became of the last wake-up, in words."""
    if peer.wake_up is None or peer.wake_up.sent_at is None:
        return ""
    heard = peer.contacts.last_contact
    result = WakeUp.Result
    if peer.wake_up.result in (result.ACCEPTED, result.UNANSWERED):
        if heard is not None and heard >= peer.wake_up.sent_at:
            return _("it has called since")
        if peer.wake_up.result == result.ACCEPTED:
            return _("on its way, no call since")
        return _("the push service did not answer")
    if peer.wake_up.result == result.UNREACHED:
        return _("the push service could not be reached")
    if peer.wake_up.result == result.GONE:
        return _("the push service no longer knows this device")
    return _("the push service refused it (%(status)s)") % {"status": peer.wake_up.status}


def _woken(peer: PeerFacts) -> Iterator[Evidence]:
    if peer.wake_up and peer.wake_up.sent_at:
        yield Evidence(_("Last wake-up"), outcome(peer), peer.wake_up.sent_at)
    if peer.wake_up and peer.wake_up.next_at:
        yield Evidence(_("Next wake-up"), at=peer.wake_up.next_at)


def unreachable(facts: AccountFacts, now: datetime) -> Iterator[Said]:
    """Changes wait for a device that is asleep and that no wake-up reaches."""
    for peer in facts.devices:
        if peer.wake_up and not peer.wake_up.works and _sleeps(peer, now):
            yield _unreachable(peer)


def _unreachable(peer: PeerFacts) -> Said:
    name = {"name": words.shown(peer.name)}
    gone = _is_gone(peer)
    return Said(
        title=_("%(name)s cannot be woken") % name,
        sentence=(
            _("%(name)s cannot be woken: the push service no longer knows it.")
            if gone
            else _("%(name)s cannot be woken: it allows no notifications.")
        )
        % name,
        because=_(
            "A wake-up is a notification without content that tells the app to collect. Until it "
            "gets through again, what waits stays until the app is opened."
        )
        if gone
        else _(
            "A wake-up is a notification without content that tells the app to collect. Without "
            "the permission what waits stays until the app is opened."
        ),
        remedy=(
            _(
                "Open the app on %(name)s once: it collects what waits and can be woken from then "
                "on. If this note stays, choose the app in Settings › Apps and allow notifications."
            )
            if gone
            else _(
                "On %(name)s open Settings › Apps, choose the app, and allow notifications; then "
                "open the app once."
            )
        )
        % name,
        evidence=(
            Evidence(_("Waiting"), words.records(peer.waiting.total)),
            Evidence(_("Last contact"), at=peer.contacts.last_contact),
            *_woken(peer),
        ),
        peer=peer,
    )


def _is_gone(peer: PeerFacts) -> bool:
    """Whether it could be woken until its push service knew it no more."""
    wake_up = peer.wake_up
    return wake_up is not None and not wake_up.works and wake_up.result == WakeUp.Result.GONE


def _contact(peer: PeerFacts, due: datetime | None, now: datetime) -> tuple[Evidence, ...]:
    return (
        Evidence(_("Last contact"), at=peer.contacts.last_contact),
        Evidence(_("Next expected") if due and due > now else _("Was expected"), at=due),
        Evidence("Most recent sync", *_time_or_never(peer.contacts.last_sync)),
    )


def _time_or_never(at: datetime | None) -> tuple[str, datetime | None]:
    return ("", at) if at else (_("never"), None)


def _rhythm(peer: PeerFacts) -> timedelta:
    if peer.contacts.next_contact_in is None:
        return peer.contacts.interval
    return timedelta(seconds=peer.contacts.next_contact_in)
