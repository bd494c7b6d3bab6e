"""Whether a record travels, and if not, why not: the same judgement for all that ask."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from clients.agent.act import privacy
from clients.agent.act.conditions import word
from clients.agent.act.records import LINKS, PARENT, Row
from clients.agent.act.rules import Rules

SENTENCES = {
    "travels": "It is in the sync set: it is on the phones, or gets there with the next sync.",
    "kind-off": "Records of this kind do not travel: add the kind to kinds in the rules file.",
    "private": "It is private in Act!, and private records never leave.",
    "limited": "Its access is limited to some people in Act!, and such records never leave.",
    "privacy-unknown": "Act! does not say whether it is private, so it stays.",
    "contact-type": "It is no contact of a type that travels: see contact_types in the rules file.",
    "sync-set": "It is outside of the sync set: see [[sync_set]] in the rules file.",
    "window": "Its day lies outside of the calendar window: see [calendar] in the rules file.",
    "no-link": "None of the records that it is linked to travels.",
    "no-parent": "The contact that it belongs to does not travel.",
}
"""Every reason, with its sentence: `review` counts by them, `explain` says them."""

_FOLLOWERS = ("opportunity", "activity", "note", "history")


@dataclass(frozen=True)
class Verdict:
    """`reason` is a key of SENTENCES; `rule` is what of the rules file was not met, or ""."""

    travels: bool
    reason: str
    rule: str = ""

    @property
    def sentence(self) -> str:
        said = SENTENCES[self.reason]
        return f"{said[:-1]} ({self.rule})." if self.rule else said


class Facts(Protocol):
    """What else has to be known to judge a record."""

    @property
    def now(self) -> datetime:
        """The moment around which the calendar window lies, with an offset."""

    def is_in(self, kind: str, id: str) -> bool:
        """Whether that record travels; False for one that is not known."""

    def groups_of(self, contact_id: str) -> Collection[str]:
        """The names of the groups that a contact is in."""

    def access(self, kind: str, id: str) -> Mapping[str, object] | None:
        """The answer of the record's `/access` route, None where it was not asked."""


def judge(kind: str, row: Row, rules: Rules, facts: Facts) -> Verdict:
    """Judge one record. Linked records have to be judged before those that follow them.

    The order is that of kinds: contacts, companies and groups, then opportunities, then the rest.
    Raises BadRecord for an activity without a time.
    """
    if kind not in rules.kinds:
        return Verdict(False, "kind-off")
    standing = privacy.standing(kind, row, facts.access(kind, str(row.get("id"))))
    if standing != "public":
        return Verdict(False, "privacy-unknown" if standing == "unknown" else standing)
    if kind == "contact":
        return _contact(row, rules, facts)
    if kind == "secondary_contact":
        return _following(facts.is_in("contact", str(row.get(PARENT))), "no-parent")
    if kind == "activity" and not rules.window.contains(row, facts.now, rules.zone):
        days = f"{rules.window.back_days} days back, {rules.window.ahead_days} ahead"
        return Verdict(False, "window", days)
    if kind in _FOLLOWERS:
        return _following(_is_led(row, facts), "no-link")
    return Verdict(True, "travels")


def _contact(row: Row, rules: Rules, facts: Facts) -> Verdict:
    # An older build may not say the type; then it is what nearly all are.
    if word(row.get("contactType") or "Contact") not in rules.contact_types:
        return Verdict(False, "contact-type")
    if rules.sync_set is None:
        return Verdict(True, "travels")
    groups = facts.groups_of(str(row.get("id"))) if rules.wants_groups() else ()
    unmet = rules.sync_set.unmet(row, groups)
    return Verdict(False, "sync-set", unmet) if unmet else Verdict(True, "travels")


def _is_led(row: Row, facts: Facts) -> bool:
    return any(
        facts.is_in(kind, str(link.get("id")))
        for member, kind in LINKS.items()
        for link in row.get(member) or []
        if isinstance(link, dict)
    )


def _following(led: bool, reason: str) -> Verdict:
    return Verdict(True, "travels") if led else Verdict(False, reason)
