"""Every finding: its code, its severity, its place in the order."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from sync.findings import account, asleep, delivery, programs, refused, shared, syncing, waiting
from sync.findings.facts import AccountFacts
from sync.findings.finding import CRITICAL, INFO, SEVERITIES, WARNING, Finding, Said

Unit = Callable[[AccountFacts, datetime], Iterator[Said]]


class Entry(NamedTuple):
    """A unit of findings under its code."""

    code: str
    severity: str
    find: Unit


# The order of this table is the order on the page, within a severity; the four causes that the
# field knows come first.
CATALOGUE = (
    Entry("account-inactive", CRITICAL, account.inactive),
    Entry("server-asleep", CRITICAL, asleep.server),
    Entry("server-slept", INFO, asleep.slept),
    Entry("device-asleep", WARNING, asleep.devices),
    Entry("wake-up-impossible", WARNING, asleep.unreachable),
    Entry("shared-mailbox", CRITICAL, shared.mailbox),
    Entry("sync-failing", CRITICAL, syncing.failing),
    Entry("edits-refused", WARNING, refused.edits),
    Entry("subscription-ending", INFO, account.ending),
    Entry("never-synced", WARNING, syncing.never),
    Entry("records-refused", WARNING, refused.records),
    Entry("batch-failed", CRITICAL, delivery.failed),
    Entry("mailbox-slow", WARNING, delivery.slow),
    Entry("device-stuck", WARNING, waiting.stuck),
    Entry("resync-needed", WARNING, delivery.resync),
    Entry("waiting-long", WARNING, waiting.long),
    Entry("mailbox-full", CRITICAL, account.full),
    Entry("clock-wrong", WARNING, programs.clock),
    Entry("client-outdated", WARNING, programs.outdated),
    Entry("peer-revoked", WARNING, programs.revoked),
)
_PLACES = {entry.code: place for place, entry in enumerate(CATALOGUE)}


def findings(facts: AccountFacts, now: datetime) -> list[Finding]:
    """What is wrong, worst first: an inactive account, then by severity, then by the table."""
    found = [
        Finding(entry.code, said.severity or entry.severity, said)
        for entry in CATALOGUE
        for said in entry.find(facts, now)
    ]
    return sorted(found, key=_rank)


def rank(found: Sequence[Finding]) -> int:
    """A place by trouble for what `findings` found: 0 is the worst there is, the last is well."""
    if not found:
        return len(SEVERITIES) * len(_PLACES) + 1
    inactive, severity = _rank(found[0])
    return inactive + severity * len(_PLACES) + _PLACES[found[0].code]


def _rank(finding: Finding) -> tuple[bool, int]:
    return (finding.code != "account-inactive", SEVERITIES.index(finding.severity))
