"""What was sent and not taken."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Peer
from mailbox.standing import Refusals
from mailbox.undone import Held, UndoneEdit
from sync.findings import words
from sync.findings.facts import AccountFacts, PeerFacts
from sync.findings.finding import Evidence, Said

SHOWN = 5


def edits(facts: AccountFacts, now: datetime) -> Iterator[Said]:
    """Edits from a phone ended as conflict, rejected or expired in the last seven days."""
    total = facts.mailbox.undone_total
    if not total:
        return
    shown = facts.mailbox.undone[:SHOWN]
    told = (fact for edit in shown for fact in _edit(facts, edit, now))
    yield Said(
        title=ngettext(
            "%(count)s edit was not taken over", "%(count)s edits were not taken over", total
        )
        % {"count": words.number(total)},
        sentence=ngettext(
            "%(count)s edit from a phone was not taken over by the office.",
            "%(count)s edits from phones were not taken over by the office.",
            total,
        )
        % {"count": words.number(total)},
        because=_(
            "The office holds the version that counts, and it goes to all devices. This note "
            "ends seven days after the last such edit."
        ),
        remedy=_("Look at the record in Act!; if the edit is still right, make it once more."),
        evidence=(*told, *_more(total - len(shown))),
    )


def _more(left_out: int) -> Iterator[Evidence]:
    if left_out > 0:
        yield Evidence(_("And more"), words.number(left_out))


def _edit(facts: AccountFacts, edit: UndoneEdit, now: datetime) -> Iterator[Evidence]:
    peer = facts.peer(edit.peer_id)
    state = {
        "conflict": _("changed in the office meanwhile"),
        "rejected": _("refused by the office"),
        "expired": _("never collected by the office"),
    }[edit.state]
    name = words.shown(peer.name) if peer else "–"
    parts = [f"{edit.kind} {words.shown(edit.record_id)}", state]
    # Of a conflict the office's program can tell no more than that.
    if edit.detail and edit.state != "conflict":
        parts.append(words.shown(edit.detail))
    yield Evidence(name, " · ".join(parts), edit.at)
    yield Evidence(_("The office holds"), _held(edit.held, now))


def _held(held: Held | None, now: datetime) -> str:
    """What stands in the mailbox under the record's id; a new record may have got another one."""
    if held is None:
        return _("no record of this id")
    told = {"version": held.version, "since": words.moment(held.taken_at, now)}
    if held.op == "delete":
        return _("a deletion (version %(version)s, sent %(since)s)") % told
    return _("version %(version)s, sent %(since)s") % told


def records(facts: AccountFacts, now: datetime) -> Iterator[Said]:
    """The newest push of a live peer held changes that were refused."""
    for refusals in facts.mailbox.refused:
        peer = facts.peer(refusals.peer_id)
        if peer is not None and peer.is_live and not _is_behind(peer, refusals):
            yield _refused(facts, refusals)


def _is_behind(peer: PeerFacts, refusals: Refusals) -> bool:
    """Whether a sync that sent something has begun since: whoever corrects a record does so."""
    return peer.last_push is not None and peer.last_push.started_at > refusals.at


def _refused(facts: AccountFacts, refusals: Refusals) -> Said:
    peer = facts.peer(refusals.peer_id)
    name = words.shown(peer.name) if peer else "–"
    total = refusals.changes
    return Said(
        title=_("Records of %(name)s were refused") % {"name": name},
        sentence=ngettext(
            "%(count)s record of %(name)s was refused in its last push.",
            "%(count)s records of %(name)s were refused in its last push.",
            total,
        )
        % {"count": words.number(total), "name": name},
        because=_("A record that breaks the rules is left out alone; all others have arrived."),
        remedy=_("Correct these records on the device; the next sync sends them again.")
        if peer is not None and peer.role == Peer.Role.DEVICE
        else _("Correct these records in Act!; the next sync sends them again."),
        evidence=(
            Evidence(_("Last push"), at=refusals.at),
            *(Evidence(_("Refused"), words.refusal(*change)) for change in refusals.some),
            *_more(total - len(refusals.some)),
        ),
        peer=peer,
    )
