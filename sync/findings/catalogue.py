"""Every finding: its code, its severity, its place in the order."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

from sync.findings import account, asleep, delivery, refused, shared, syncing
from sync.findings.facts import AccountFacts
from sync.findings.finding import Finding, Said

CRITICAL, WARNING, INFO = "critical", "warning", "info"
SEVERITIES = (CRITICAL, WARNING, INFO)

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
    Entry("device-asleep", WARNING, asleep.devices),
    Entry("shared-mailbox", CRITICAL, shared.mailbox),
    Entry("sync-failing", CRITICAL, syncing.failing),
    Entry("edits-refused", WARNING, refused.edits),
    Entry("never-synced", WARNING, syncing.never),
    Entry("records-refused", WARNING, refused.records),
    Entry("batch-failed", CRITICAL, delivery.failed),
    Entry("mailbox-slow", WARNING, delivery.slow),
    Entry("resync-needed", WARNING, delivery.resync),
)


def findings(facts: AccountFacts, now: datetime) -> list[Finding]:
    """What is wrong, worst first: an inactive account, then by severity, then by the table."""
    found = [
        Finding(entry.code, entry.severity, said)
        for entry in CATALOGUE
        for said in entry.find(facts, now)
    ]
    return sorted(found, key=_rank)


def _rank(finding: Finding) -> tuple[bool, int]:
    return (finding.code != "account-inactive", SEVERITIES.index(finding.severity))
