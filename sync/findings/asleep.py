"""Programs that have gone silent."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sync.findings import words
from sync.findings.facts import AccountFacts, PeerFacts
from sync.findings.finding import Evidence, Said


def server(facts: AccountFacts, now: datetime) -> Iterator[Said]:
    """The server's grace after its expected contact is over."""
    peer = facts.server
    if peer is None or peer.presence(now) != "asleep" or peer.contacts.last_contact is None:
        return
    silent = words.span(now - peer.contacts.last_contact)
    gaps = tuple(
        Evidence(
            _("Silent before"),
            f"{words.moment(gap.since, now)} – {words.moment(gap.until, now)}"
            f" ({words.span(gap.until - gap.since)})",
        )
        for gap in facts.server_gaps
    )
    yield Said(
        title=_("The Act! server is silent"),
        sentence=_(
            "Your Act! server has been silent for %(span)s; the PC is probably asleep."
        ) % {"span": silent},
        because=_(
            "The PC in the office reports every %(interval)s while it is awake. Until it is back, "
            "nothing new leaves the office, and what your devices send waits here."
        ) % {"interval": words.span(_rhythm(peer))},
        remedy=_(
            "Wake the PC and check that the agent runs. To keep it awake, open Settings › System "
            "› Power on it and set “When plugged in, put my device to sleep after” to “Never”."
        ),
        evidence=(*_contact(peer), *gaps),
        peer=peer,
    )  # fmt: skip


def devices(facts: AccountFacts, now: datetime) -> Iterator[Said]:
    """Changes wait for a device that is asleep."""
    for peer in facts.devices:
        if peer.waiting.total and peer.presence(now) == "asleep" and not peer.is_erasing:
            yield _device(peer, now)


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
            *_contact(peer),
        ),
        peer=peer,
    )


def _contact(peer: PeerFacts) -> tuple[Evidence, ...]:
    return (
        Evidence(_("Last contact"), at=peer.contacts.last_contact),
        Evidence(_("Was expected"), at=peer.contacts.expected),
        Evidence("Most recent sync", *_time_or_never(peer.contacts.last_sync)),
    )


def _time_or_never(at: datetime | None) -> tuple[str, datetime | None]:
    return ("", at) if at else (_("never"), None)


def _rhythm(peer: PeerFacts) -> timedelta:
    if peer.contacts.next_contact_in is None:
        return peer.contacts.interval
    return timedelta(seconds=peer.contacts.next_contact_in)
