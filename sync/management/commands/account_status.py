from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.utils import translation

from accounts.hours import OfficeHours
from sync.findings.catalogue import findings
from sync.findings.facts import AccountFacts, PeerFacts, gather
from sync.findings.finding import Finding
from sync.findings.sentence import verdict
from sync.findings.words import shown
from sync.management.operator import OperatorCommand, account_of, moment


class Command(OperatorCommand):
    help = "Tell how an account stands: its servers and devices, what waits, and what is wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("account")
        parser.add_argument("--at", metavar="ISO", help="as if it were then (tests)")
        parser.add_argument(
            "--language",
            default="en",
            choices=[code for code, _ in settings.LANGUAGES],
            help="of the sentences",
        )

    def run(self, **options: Any) -> dict[str, Any]:
        account, now = account_of(options["account"]), moment(options["at"])
        facts = gather(account, now=now)
        with translation.override(options["language"]):
            found = findings(facts, now)
            said = verdict(facts, found, now)
            return {
                "account": _account(facts),
                "peers": [_peer(peer, now) for peer in facts.peers],
                "findings": [_finding(finding) for finding in found],
                "sentence": said.sentence,
                "worst": said.code or None,
                "at": now,
            }

    def words(self, answer: dict[str, Any]) -> list[str]:
        account = answer["account"]
        lines = [
            f"{account['number']} {shown(account['name'])} ({account['state']})",
            answer["sentence"],
        ]
        for peer in answer["peers"]:
            standing = peer["presence"] if peer["state"] == "active" else peer["state"]
            lines.append(
                f"  {peer['role']} {shown(peer['name'])}: {standing},"
                f" last sync {_minute(peer['last_sync'])}, waiting {peer['waiting']}"
            )
        for finding in answer["findings"]:
            lines += [f"  {finding['severity']} {finding['code']}: {finding['sentence']}",
                      f"    {finding['remedy']}"]  # fmt: skip
        return lines


def _minute(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if at else "never"


def _account(facts: AccountFacts) -> dict[str, Any]:
    return {
        "number": facts.number,
        "name": facts.name,
        "state": facts.state,
        "ends_at": facts.ends_at,
        "records": facts.mailbox.records,
        "keep_copy": facts.mailbox.keep_copy,
        "storage_days": facts.mailbox.storage_days,
        "office_hours": _hours(facts.hours) if facts.hours else None,
    }


def _hours(hours: OfficeHours) -> dict[str, Any]:
    return {
        "days": list(hours.days),
        "opens": hours.opens.isoformat("minutes"),
        "closes": hours.closes.isoformat("minutes"),
        "zone": hours.zone,
    }


def _peer(peer: PeerFacts, now: datetime) -> dict[str, Any]:
    attempt = peer.last_attempt
    return {
        "peer": peer.id,
        "role": peer.role,
        "name": peer.name,
        "state": peer.state,
        "presence": peer.presence(now),
        "last_contact": peer.contacts.last_contact,
        "next_expected": peer.contacts.expected,
        "last_sync": peer.contacts.last_sync,
        "last_attempt": attempt.at if attempt else None,
        "last_attempt_result": attempt.result if attempt else None,
        "last_attempt_error": (attempt.error_code or None) if attempt else None,
        "waiting": peer.waiting.total,
        "by_kind": peer.waiting.by_kind,
        "oldest": peer.waiting.oldest,
        "since": peer.waiting.since,
        "resync": peer.waiting.mark or None,
        "pending": peer.pending,
        "pending_at": peer.pending_at,
        "unapplied": peer.received.changes,
        "client_version": peer.client_version,
        "wake_up": peer.wake_up._asdict() if peer.wake_up else None,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    said = finding.said
    return {
        "code": finding.code,
        "severity": finding.severity,
        "peer": said.peer.id if said.peer else None,
        "sentence": said.sentence,
        "remedy": said.remedy,
        "button": said.button.act if said.button else None,
        "evidence": [{"label": e.label, "value": e.value, "at": e.at} for e in said.evidence],
    }
